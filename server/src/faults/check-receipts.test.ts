import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../store/embedded-store.js';
import type { VotingClient } from '../testing/tiny-federation.js';
import { brokenPromises } from './check-receipts.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'fedhybnn-receipts-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const frame = Uint8Array.from([1, 2, 3]);
const digest = sha256Hex(frame);

/** A client that sent and was promised what is given, by round. */
function client(receipts: [number, string][], frames: [number, Uint8Array][]): VotingClient {
  const promised = receipts.map(
    ([round, named]) => [round, { sequence: 1, digest: named }] as const,
  );
  return {
    id: 'a',
    receipts: new Map(promised),
    frames: new Map(frames),
  } as unknown as VotingClient;
}

async function stored(rounds: readonly number[]): Promise<void> {
  const store = await openEmbeddedStore(data);
  await store.createTask({
    ...{ id: 'tiny', document: '{}', hash: 'a'.repeat(64), initialModel: 'b'.repeat(64) },
    ...{ evaluation: null, phase: 'WAITING', replayFrom: 0, admission: 'open' },
  });
  const updates = rounds.map((round) => ({ task: 'tiny', round, client: 'a', digest, frame }));
  await store.commitUpdates(updates);
  await store.close();
}
const broken = (who: VotingClient) => brokenPromises({ data }, 'tiny', [who], 1);

describe('what a kill may not break', () => {
  it('is fine where every receipt is for what is stored, acked or not', async () => {
    await stored([1, 2]);
    expect(
      await broken(
        client(
          [[1, digest]],
          [
            [1, frame],
            [2, frame],
          ],
        ),
      ),
    ).toEqual([]);
  });

  it('is an acked update that is lost, or is another', async () => {
    await stored([1, 3]);
    const lost = client(
      [
        [1, digest],
        [2, digest],
        [4, digest],
      ],
      [
        [1, frame],
        [3, frame],
      ],
    );
    expect((await broken(lost)).map((text) => text.slice(0, 2))).toEqual(['I1', 'I1']);
    const other = client(
      [[1, 'f'.repeat(64)]],
      [
        [1, frame],
        [3, frame],
      ],
    );
    expect((await broken(other)).map((text) => text.slice(0, 2))).toEqual(['I1']);
  });

  it('is an update that nobody sent', async () => {
    await stored([1]);
    expect(await broken(client([], []))).toEqual([expect.stringMatching(/^I2/)]);
  });
});
