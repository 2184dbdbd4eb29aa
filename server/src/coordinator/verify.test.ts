import { mkdtempSync, rmSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCoordinator } from '../start.js';
import { tinyExtractor, tinyTask, until, votingClient } from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

let folder: string;
let data: string;

/** Three rounds of three clients, played once; every test spoils a copy. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-verify-'));
  const played = join(folder, 'played');
  const running = await startCoordinator({ data: played, port: 0 });
  const task = tinyTask();
  await running.createTask(task, { extractor: tinyExtractor });
  const clients = await Promise.all(
    ['a', 'b', 'c'].map((id) => votingClient(running.url, task, id)),
  );
  await until(() => running.allEnded(), 'the end');
  for (const { socket } of clients) socket.disconnect();
  await running.close();
  // The driver closes its files some time later: a copy that it does not know stays as it is.
  const database = new Database(join(played, 'coordinator.db'));
  const pristine = join(folder, 'pristine');
  await cp(played, pristine, { recursive: true, filter: (path) => !/coordinator\./.test(path) });
  database.exec(`vacuum into '${join(pristine, 'coordinator.db')}'`);
  database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  data = join(folder, 'copy');
  await cp(join(folder, 'pristine'), data, { recursive: true });
});
afterEach(() => rm(data, { recursive: true, force: true }));

const broken = (message: RegExp) =>
  expect(verifyFolder(data)).rejects.toMatchObject({
    code: 'journal-broken',
    message: expect.stringMatching(message),
  });

const sql = (text: string) => {
  const database = new Database(join(data, 'coordinator.db'));
  database.exec(text);
  database.close();
};

function selected(text: string): string {
  const database = new Database(join(data, 'coordinator.db'));
  const row = database.prepare(text).get([]) as { value: string };
  database.close();
  return row.value;
}

describe('verify', () => {
  it('finds nothing where nothing was changed', async () => {
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 3, forgotten: 0, updates: 9 }]);
  });
});

describe('verify finds what breaks I1, every acked update is counted once:', () => {
  it('a changed byte in a stored update', async () => {
    sql("UPDATE updates SET frame = zeroblob(length(frame)) WHERE round = 2 AND client = 'b'");
    await broken(/task tiny, round 2: the update of b is not what was acked \(I1, every acked/);
  });

  it('an update that was stored and not counted', async () => {
    sql('UPDATE journal SET counted = 2 WHERE round = 1');
    await broken(/round 1: 3 updates are stored, but 2 were counted \(I1/);
  });

  it('an update of a round that never began', async () => {
    sql("UPDATE tasks SET phase = 'WAITING'");
    sql(
      "INSERT INTO updates (task, round, client, digest, frame) SELECT task, 7, client, digest, frame FROM updates WHERE round = 1 AND client = 'a'",
    );
    await broken(/round 7: an update is stored, but the round has not begun \(I1/);
  });
});

describe('verify finds what breaks I2, nothing else is counted:', () => {
  it('an update that is gone', async () => {
    sql("DELETE FROM updates WHERE round = 1 AND client = 'a'");
    await broken(/round 1: 2 updates are stored, but 3 were counted \(I2/);
  });

  it('an update of a client who was never chosen', async () => {
    sql("UPDATE updates SET client = 'z' WHERE round = 3 AND client = 'a'");
    await broken(/round 3: z was counted, but never chosen \(I2/);
  });
});

describe('verify finds what breaks I3, a model equals its replay:', () => {
  it('a changed model, step and tally in the journal', async () => {
    const first = (column: string) => `(SELECT ${column} FROM journal WHERE round = 1)`;
    for (const column of ['model', 'step', 'tally']) {
      const before = selected(`SELECT ${column} AS value FROM journal WHERE round = 2`);
      sql(`UPDATE journal SET ${column} = ${first(column)} WHERE round = 2`);
      await broken(new RegExp(`round 2: the replayed ${column} is not the published one \\(I3`));
      sql(`UPDATE journal SET ${column} = '${before}' WHERE round = 2`);
    }
  });

  it('byte counts and an accuracy that were not measured', async () => {
    sql('UPDATE journal SET uplink_bytes = uplink_bytes + 1 WHERE round = 1');
    await broken(/round 1: the published byte counts .*\(I3/);
    sql('UPDATE journal SET uplink_bytes = uplink_bytes - 1, accuracy = 0.99 WHERE round = 1');
    await broken(/round 1: the published accuracy is not the one of the model \(I3/);
  });

  it('a changed and a lost file', async () => {
    const step = selected('SELECT step AS value FROM journal WHERE round = 3');
    const path = join(data, 'files', step.slice(0, 2), step);
    const bytes = await readFile(path);
    bytes[100] ^= 1;
    await writeFile(path, bytes);
    await broken(/round 3: file .* does not have the contents that its name says.*\(I3/);
    await rm(path);
    await broken(/round 3: file .* is not in the store/);
  });

  it('a round that is marked as forgotten before it was published', async () => {
    sql('UPDATE tasks SET replay_from = 4');
    await broken(/round 3: forgotten, but not published \(I3/);
  });
});

describe('verify finds what breaks I4, the hash chain verifies:', () => {
  it('a changed chain hash', async () => {
    sql("UPDATE journal SET chain = replace(chain, substr(chain, 1, 1), '_') WHERE round = 2");
    await broken(/round 2: the hash chain does not fit \(I4/);
  });

  it('a digest and a frame that were exchanged together, of clients who were chosen', async () => {
    sql("UPDATE updates SET client = 'x' WHERE round = 2 AND client = 'a'");
    sql("UPDATE updates SET client = 'a' WHERE round = 2 AND client = 'b'");
    sql("UPDATE updates SET client = 'b' WHERE round = 2 AND client = 'x'");
    await broken(/round 2: the hash chain does not fit \(I4/);
  });

  it('a changed task document', async () => {
    sql('UPDATE tasks SET document = replace(document, \'"rounds":3\', \'"rounds":4\')');
    await broken(/round 0: the task document does not have its hash \(I4/);
  });
});

describe('verify finds what breaks I5, models follow one another:', () => {
  it('a round that is missing', async () => {
    sql('DELETE FROM journal WHERE round = 2');
    await broken(/round 2: missing; the journal goes on with 3 \(I5/);
  });

  it('a round that was played on another model', async () => {
    sql('UPDATE attempts SET base = (SELECT base FROM attempts WHERE round = 1) WHERE round = 3');
    await broken(/round 3: attempt 1 was played on another model .*\(I5/);
  });
});

describe('verify finds what breaks I7, the same seed gives the same bytes:', () => {
  it('another initial model', async () => {
    sql('UPDATE tasks SET initial_model = (SELECT model FROM journal WHERE round = 1)');
    await broken(/round 0: the initial model is not the one of the task \(I7/);
  });
});
