/** Everything that crosses the wire as JSON, and what people type. */
import * as z from 'zod/mini';
import * as admin from '../protocol/admin.js';
import { formatJoinCode, joinCodeFrom, normalizeJoinCode } from '../protocol/join-code.js';
import * as live from '../protocol/live.js';
import * as messages from '../protocol/messages.js';
import { parseJson } from '../protocol/parse.js';
import { mnistTask } from '../task/built-in.js';
import { parseDictionaryTask } from '../task/dictionary-task.js';
import { canonicalJson } from '../task/hash.js';
import { taskSchema } from '../task/task.js';
import { JSON_TOKENS } from './json-tokens.js';
import {
  ADMIN_MESSAGES,
  CLIENT_MESSAGES,
  DICTIONARY_TASK,
  LIVE_MESSAGES,
} from './message-samples.js';
import { anyAccepts, expectThat, type FuzzTarget } from './target.js';

type Schema = z.ZodMiniType<unknown>;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** What is accepted must be accepted again, as the same value, after a trip through JSON. */
function parseTwice(schema: Schema, json: string): void {
  const value = parseJson(schema, json, 'message');
  const again = parseJson(schema, JSON.stringify(value), 'message, again');
  expectThat(canonicalJson(again) === canonicalJson(value), 'another value after a trip');
}

function schemaTarget(name: string, schema: Schema, samples: readonly unknown[]): FuzzTarget {
  return {
    name,
    corpus: samples.map(bytesOf),
    tokens: JSON_TOKENS,
    run: (bytes) => parseTwice(schema, text(bytes)),
  };
}

/** All schemas of a module that have a sample; those without one are named in the test. */
function groupTarget(
  name: string,
  schemas: Readonly<Record<string, unknown>>,
  samples: Readonly<Record<string, unknown>>,
): FuzzTarget {
  const pairs = Object.entries(samples).map(
    ([schema, sample]) => [schemas[schema] as Schema, sample] as const,
  );
  return {
    name,
    corpus: pairs.map(([, sample]) => bytesOf(sample)),
    tokens: JSON_TOKENS,
    run(bytes) {
      const json = text(bytes);
      anyAccepts(
        pairs.map(
          ([schema]) =>
            () =>
              parseTwice(schema, json),
        ),
      );
    },
  };
}

const tasks = [
  mnistTask({
    extractor: { sha256: 'ab'.repeat(32), kind: 'patches', bits: 512 },
    federation: { rounds: 10, goal: 5 },
  }),
];

const joinCode: FuzzTarget = {
  name: 'normalizeJoinCode',
  corpus: [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), new Uint8Array(10)].map((random) =>
    new TextEncoder().encode(joinCodeFrom(random)),
  ),
  tokens: ['-', '–', ' ', 'O', 'l', 'i', 'ß', 'ſ', 'İ', 'ﬀ', 'U', '\n', '\u0000', '０', '𝔘'],
  run(bytes) {
    const code = normalizeJoinCode(text(bytes));
    if (code === null) return;
    expectThat(/^[0-9A-HJKMNP-TV-Z]{16}$/.test(code), 'a code of other characters');
    expectThat(normalizeJoinCode(formatJoinCode(code)) === code, 'a code that is not its own');
  },
};

const dictionaryTask: FuzzTarget = {
  name: 'parseDictionaryTask',
  corpus: [bytesOf(DICTIONARY_TASK)],
  tokens: JSON_TOKENS,
  run(bytes) {
    const value = parseJson(z.unknown(), text(bytes), 'task');
    const task = parseDictionaryTask(value, 'task');
    const again = parseDictionaryTask(JSON.parse(JSON.stringify(task)), 'task, again');
    expectThat(canonicalJson(again) === canonicalJson(task), 'another task after a trip');
  },
};

export function messageTargets(): FuzzTarget[] {
  const { joinRequestSchema, updateHeaderSchema, handshakeSchema } = CLIENT_MESSAGES;
  return [
    schemaTarget('joinRequestSchema', messages.joinRequestSchema, [joinRequestSchema]),
    schemaTarget('updateHeaderSchema', messages.updateHeaderSchema, [updateHeaderSchema]),
    schemaTarget('handshakeSchema', messages.handshakeSchema, [handshakeSchema]),
    schemaTarget('taskSchema', taskSchema, tasks),
    dictionaryTask,
    groupTarget('messages of clients and coordinator', { ...messages }, CLIENT_MESSAGES),
    groupTarget('messages of operators', { ...admin }, ADMIN_MESSAGES),
    groupTarget('messages about running federations', { ...live }, LIVE_MESSAGES),
    joinCode,
  ];
}
