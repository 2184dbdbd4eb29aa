/**
 * A federation without sockets in Node: virtual clients trained by a pool of threads. Gives the same
 * models as the same federation over sockets.
 */
import { createHash } from 'node:crypto';
import { NodePool } from '@fedhybnn/client/node';
import { createEvaluator } from '@fedhybnn/shared';
import { BufferedFederation, type BufferedSettings } from './buffered/federation.js';
import { VirtualFederation } from './federation.js';
import type { Simulation, SimulationResult } from './simulation.js';

/**
 * Plays a whole federation. Deterministic: same simulation, same bytes, any number of workers.
 * @param buffered asynchronous steps of a buffer's updates, in place of rounds
 */
export async function simulateInProcess(
  simulation: Simulation,
  buffered?: BufferedSettings,
): Promise<SimulationResult> {
  const { task, test, workers } = simulation;
  const trainer = new NodePool({ workers });
  try {
    const evaluation = await trainer.prepareEvaluation(task, test);
    const { rootSet } = task.federation.robust ?? {};
    const judge = rootSet === undefined ? undefined : await createEvaluator(task);
    const machine = { trainer, evaluation, judge, sha256 };
    if (buffered !== undefined) {
      return await new BufferedFederation(simulation, buffered, machine).play();
    }
    return await new VirtualFederation(simulation, machine).play();
  } finally {
    await trainer.close();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
