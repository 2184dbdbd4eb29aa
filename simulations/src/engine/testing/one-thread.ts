/** A federation played in the calling thread, without anything of Node: for pages and measurements. */
import { InlineTrainer } from '@fedhybnn/client';
import { createEvaluator, sha256Hex } from '@fedhybnn/shared';
import { VirtualFederation } from '../federation.js';
import type { Simulation, SimulationResult } from '../simulation.js';

export async function simulateInOneThread(simulation: Simulation): Promise<SimulationResult> {
  const judge = await createEvaluator(simulation.task);
  const { rootSet } = simulation.task.federation.robust ?? {};
  return new VirtualFederation(simulation, {
    trainer: new InlineTrainer(),
    evaluation: { evaluate: async (model) => judge.evaluate(model, simulation.test) },
    judge: rootSet === undefined ? undefined : judge,
    sha256: sha256Hex,
  }).play();
}
