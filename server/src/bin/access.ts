/** `fedhybnn-coordinator operator | api-token | join-code | admission`. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import {
  addOperator,
  apiTokens,
  changePassword,
  createApiToken,
  joinCodes,
  newJoinCode,
  operators,
  removeApiToken,
  removeJoinCode,
  removeOperator,
  setAdmission,
} from '../access-commands.js';
import type { NewJoinCode } from '../security/join-codes.js';
import {
  databaseOption,
  dataOption,
  inRange,
  jsonOption,
  print,
  unreadable,
  wholeInRange,
} from './options.js';

const passwordOption = () =>
  new Option(
    '--password-file <file>',
    'file whose first line is the password, - for standard input (default: one is drawn and shown once)',
  ).env('FEDHYBNN_PASSWORD_FILE');

const inPlace = (command: Command): Command =>
  command.addOption(dataOption()).addOption(databaseOption()).addOption(jsonOption());

export function addAccessCommands(program: Command): void {
  addOperatorCommands(
    program.command('operator').description('who may log in and operate this coordinator'),
  );
  addTokenCommands(
    program.command('api-token').description("keys with which programs act in an operator's name"),
  );
  inPlace(program.command('join-code'))
    .description('makes a code with which people join a task; it is shown once')
    .argument('<task>', 'name of the task')
    .option('--uses <n>', 'how many clients may join with it', wholeInRange(1, 1_000_000), 100)
    .option('--hours <n>', 'how long it lasts', inRange(0.01, 8760), 168)
    .option('--label <text>', 'a note for the operator', '')
    .addOption(
      new Option(
        '--url <address>',
        'how people reach the coordinator, such as https://fl.example.org: for the link and its QR code',
      ).env('FEDHYBNN_URL'),
    )
    .option('--list', 'list the codes of the task and their uses in place of making one')
    .option('--remove <id>', 'take a code back')
    .action(joinCode);
  inPlace(program.command('admission'))
    .description('says who may join a task; a running coordinator follows within seconds')
    .argument('<task>', 'name of the task')
    .argument('<mode>', 'open: everybody; code: those with a join code', oneOf('open', 'code'))
    .action(async (task, mode, { data, database, json }) => {
      await setAdmission({ data, database }, task, mode);
      print(json ? JSON.stringify({ task, admission: mode }) : `Task ${task} admits: ${mode}.`);
    });
}

function addOperatorCommands(operator: Command): void {
  const set = (name: string, description: string, work: typeof addOperator) =>
    inPlace(operator.command(name))
      .description(description)
      .argument('<name>', 'small letters, digits, dots and hyphens')
      .addOption(passwordOption())
      .action(async (who, { data, database, json, passwordFile }) => {
        const given = passwordFile === undefined ? undefined : await readPassword(passwordFile);
        const drawn = await work({ data, database }, who, given);
        if (json) print(JSON.stringify({ operator: who, password: drawn }));
        else if (drawn === null) print(`Operator ${who} has the password that you gave.`);
        else print(`Operator ${who}, password (shown this once): ${drawn}`);
      });
  set('add', 'a new operator', addOperator);
  set('password', 'a new password; it ends the sessions of the operator', changePassword);
  inPlace(operator.command('remove'))
    .description('removes an operator, with sessions and API tokens')
    .argument('<name>', 'name')
    .action(async (name, { data, database, json }) => {
      await removeOperator({ data, database }, name);
      print(json ? JSON.stringify({ removed: name }) : `Operator ${name} is removed.`);
    });
  inPlace(operator.command('list'))
    .description('lists the operators')
    .action(async ({ data, database, json }) => {
      const all = await operators({ data, database });
      for (const each of all) {
        print(json ? JSON.stringify(each) : `${each.name}  since ${day(each.createdAt)}`);
      }
      if (all.length === 0 && !json) print('No operator yet: fedhybnn-coordinator operator add');
    });
}

function addTokenCommands(token: Command): void {
  inPlace(token.command('create'))
    .description('makes a token; it is shown once')
    .argument('<operator>', 'in whose name it acts')
    .option('--label <text>', 'what it is for', '')
    .option('--days <n>', 'how long it lasts', inRange(0.01, 3650), 90)
    .action(async (operator, { data, database, json, label, days }) => {
      const made = await createApiToken({ data, database }, operator, label, days);
      print(
        json
          ? JSON.stringify(made)
          : `API token ${made.id} of ${operator}, until ${day(made.expiresAt)} (shown this once): ${made.token}`,
      );
    });
  inPlace(token.command('list'))
    .description('lists the tokens, without what is secret')
    .action(async ({ data, database, json }) => {
      for (const each of await apiTokens({ data, database })) {
        const { id, operator, label, expiresAt } = each;
        print(
          json ? JSON.stringify(each) : `${id}  ${operator}  until ${day(expiresAt)}  ${label}`,
        );
      }
    });
  inPlace(token.command('remove'))
    .description('takes a token back')
    .argument('<id>', 'id of the token, from the list')
    .action(async (id, { data, database, json }) => {
      await removeApiToken({ data, database }, id);
      print(json ? JSON.stringify({ removed: id }) : `API token ${id} is removed.`);
    });
}

interface JoinCodeOptions {
  readonly data: string;
  readonly database?: string;
  readonly json: boolean;
  readonly uses: number;
  readonly hours: number;
  readonly label: string;
  readonly url?: string;
  readonly list?: boolean;
  readonly remove?: string;
}

async function joinCode(task: string, options: JoinCodeOptions): Promise<void> {
  const { data, database, json, uses, hours, label, url, remove } = options;
  const place = { data, database };
  if (remove !== undefined) {
    await removeJoinCode(place, task, remove);
    print(json ? JSON.stringify({ removed: remove }) : `Join code ${remove} is removed.`);
    return;
  }
  if (options.list) {
    for (const code of await joinCodes(place, task)) {
      const { id, uses: used, maxUses, expiresAt } = code;
      const line = `${id}  ${used} of ${maxUses} uses  until ${day(expiresAt)}  ${code.label}`;
      print(json ? JSON.stringify(code) : line);
    }
    return;
  }
  const made = await newJoinCode(place, task, { uses, hours, label });
  const link = url === undefined ? null : new URL(made.path, url).href;
  print(json ? JSON.stringify({ ...made, link }) : describe(made, link).join('\n'));
}

function describe({ task, code, maxUses, expiresAt, path }: NewJoinCode, link: string | null) {
  const lines = [
    `Join code of task ${task}, for ${maxUses} clients, until ${day(expiresAt)} (shown this once): ${code}`,
  ];
  if (link === null) return [...lines, `Link: the coordinator's address and ${path}`];
  return [...lines, `Link: ${link}`, renderUnicodeCompact(link, { border: 2 })];
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function oneOf<Choice extends string>(...choices: Choice[]) {
  return (text: string): Choice => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`);
  };
}

async function readPassword(file: string): Promise<string> {
  try {
    const given = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
    return given.split(/\r?\n/)[0];
  } catch (cause) {
    throw unreadable('--password-file', file, cause);
  }
}
