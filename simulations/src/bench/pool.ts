/** Many clients trained by two threads against one: what a second core is worth. */
import { NodePool } from '@fedhybnn/client/node';
import { BitMatrix, initialModel, mnistTask, roundSeed } from '@fedhybnn/shared';
import type { BenchCase } from './cases.js';
import type { Work } from './measure.js';
import { fixedLabels, fixedSigns } from './network-shape.js';

const CLIENTS = 16;
const SAMPLES = 600;
const BITS = 512;

const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
  hidden: [256],
  federation: { rounds: 10, goal: CLIENTS },
});

export function poolCase(): BenchCase {
  const pools = [new NodePool({ workers: 2 }), new NodePool({ workers: 1 })];
  const [two, one] = pools;
  return {
    name: `pool-${CLIENTS}-clients`,
    contenders: [['portable', () => poolWork(two)]],
    peers: [['one-thread', () => poolWork(one)]],
    close: async () => {
      for (const pool of pools) await pool.close();
    },
  };
}

/** One round of {@link CLIENTS} clients. */
async function poolWork(pool: NodePool): Promise<Work> {
  const total = CLIENTS * SAMPLES;
  const data = {
    bits: BitMatrix.fromSigns(total, BITS, fixedSigns(total * BITS)),
    labels: fixedLabels(total, 10),
  };
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, c) =>
      pool.prepare(
        task,
        data,
        Uint32Array.from({ length: SAMPLES }, (_, i) => c * SAMPLES + i),
      ),
    ),
  );
  const global = initialModel(task);
  const seed = roundSeed(task, 1);
  return async () => {
    await Promise.all(
      clients.map((client, c) =>
        client.train({ global, round: 1, roundSeed: seed, client: `client-${c}` }),
      ),
    );
  };
}
