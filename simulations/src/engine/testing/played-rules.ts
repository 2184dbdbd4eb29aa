/** The same small federations for every machine that plays them. */
import type { Simulation, SimulationResult } from '../simulation.js';
import { tinySimulation } from './tiny-simulation.js';

/** What must not depend on where a federation is played. */
export interface PlayedRule {
  readonly rule: string;
  readonly hashes: readonly string[];
  readonly accuracies: readonly (number | null)[];
  readonly simulatedMs: readonly (number | undefined)[];
}

const RULES = ['sign-vote', 'block-vote', 'flip-vote', 'fedavg', 'fedavg-fp32'] as const;

export async function playedRules(
  play: (simulation: Simulation) => Promise<SimulationResult>,
): Promise<PlayedRule[]> {
  const played: PlayedRule[] = [];
  for (const rule of RULES) {
    const { rounds } = await play({
      ...tinySimulation({ rounds: 3, overSelect: 1.6, spec: 'dirichlet' }, rule),
      behavior: { answer: ({ client }) => ({ kind: 'update', afterMs: 7 * ((client * 5) % 12) }) },
    });
    played.push({
      rule,
      hashes: rounds.map(({ modelHash }) => modelHash),
      accuracies: rounds.map(({ accuracy }) => accuracy),
      simulatedMs: rounds.map(({ simulatedMs }) => simulatedMs),
    });
  }
  return played;
}
