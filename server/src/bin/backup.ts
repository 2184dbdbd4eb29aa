/** `fedhybnn-coordinator backup | restore`. */
import { type Command, Option } from 'commander';
import { backUp } from '../backup/backup.js';
import { restore } from '../backup/restore.js';
import { databaseOption, dataOption, jsonOption, print } from './options.js';

/** @param version of this program, for the backup's list */
export function addBackupCommands(program: Command, version: string): void {
  program
    .command('backup')
    .description('copies all state to a new folder, beside a running coordinator or without one')
    .addOption(
      new Option('--out <folder>', 'folder to make').env('FEDHYBNN_OUT').makeOptionMandatory(),
    )
    .addOption(dataOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(async ({ out, data, database, json }) => {
      const { tasks, files, createdAt } = await backUp({ data, database }, out, version);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      if (json) print(JSON.stringify({ out, createdAt, tasks, files: files.length, bytes }));
      else print(`${files.length} files (${bytes} bytes) are in ${out}. ${asList(tasks)}`);
    });

  program
    .command('restore')
    .description('makes a backup the state of a coordinator, in a database of either kind')
    .addOption(
      new Option('--from <folder>', 'folder that backup wrote')
        .env('FEDHYBNN_FROM')
        .makeOptionMandatory(),
    )
    .addOption(dataOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(async ({ from, data, database, json }) => {
      const reports = await restore(from, { data, database });
      const tasks = reports.map(({ task, rounds, forgotten, model }) => ({
        ...{ id: task, round: rounds + forgotten, model },
      }));
      if (json) print(JSON.stringify({ data, tasks }));
      else print(`${data} is restored and verified. ${asList(tasks)}`);
    });
}

function asList(tasks: readonly { readonly id: string; readonly round: number }[]): string {
  return tasks.map(({ id, round }) => `${id}: ${round} rounds.`).join(' ');
}
