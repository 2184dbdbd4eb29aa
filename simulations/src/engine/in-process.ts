/**
 * A federation without sockets in Node: virtual clients trained by a pool of threads. Gives the same
 * models as the same federation over sockets.
 */
import { createHash } from 'node:crypto';
import { NodePool } from '@fedhybnn/client/node';
import { createEvaluator } from '@fedhybnn/shared';
import { VirtualFederation } from './federation.js';
import type { Simulation, SimulationResult } from './simulation.js';

/** Plays a whole federation. Deterministic: same simulation, same bytes, any number of workers. */
export async function simulateInProcess(simulation: Simulation): Promise<SimulationResult> {
  const evaluator = await createEvaluator(simulation.task);
  const trainer = new NodePool({ workers: simulation.workers });
  try {
    return await new VirtualFederation(simulation, { trainer, evaluator, sha256 }).play();
  } finally {
    await trainer.close();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
