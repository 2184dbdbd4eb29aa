/** A federation under attack: what its attackers hold, what they send, and how far they get. */
import { type Extractor, FederationError, type Task } from '@fedhybnn/shared';
import type { Simulation } from '../engine/simulation.js';
import { type AttackSpec, chooseAttackers } from './attack.js';
import { attackSuccess, type LabeledImages, plantTrigger } from './backdoor.js';
import { createAttack } from './forge.js';
import { flipLabels } from './label-flip.js';
import { type HeldSamples, sharedHand } from './poison.js';

/** The images behind the latent bits: what a backdoor needs. */
export interface ImageSource {
  readonly training: LabeledImages;
  readonly test: LabeledImages;
  readonly extractor: Extractor;
}

/** The parts of a simulation that an attack replaces or adds to. */
export type UnderAttack = HeldSamples & Required<Pick<Simulation, 'attack' | 'observers'>>;

/**
 * @param seed of the run: who attacks, and all that attackers draw
 * @param images absent where samples are no images
 * @throws FederationError `bad-request` where the samples do not bear the attack
 */
export async function underAttack(
  spec: AttackSpec,
  task: Task,
  samples: HeldSamples,
  seed: number,
  images?: ImageSource,
): Promise<UnderAttack> {
  const { clients } = samples.partition;
  const attackers = chooseAttackers(spec, clients, seed);
  const attack = createAttack(spec, clients, seed);
  switch (spec.kind) {
    case 'label-flip': {
      const flipped = await flipLabels(samples, attackers, task.labels.length);
      return { ...flipped, attack, observers: [] };
    }
    case 'sybil': {
      const partition = sharedHand(samples.partition, attackers);
      return { ...samples, partition, attack, observers: [] };
    }
    case 'backdoor': {
      if (images === undefined) throw noImages();
      const { training, test, extractor } = images;
      const planted = await plantTrigger(samples, attackers, training, extractor, seed);
      return { ...planted, attack, observers: [await attackSuccess(task, test, extractor)] };
    }
    default:
      return { ...samples, attack, observers: [] };
  }
}

function noImages(): FederationError {
  return new FederationError(
    'bad-request',
    '--attack backdoor: puts a trigger on images, and these samples are none; choose another attack',
  );
}
