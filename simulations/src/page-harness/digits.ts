/** Handwritten digits as the federations of these tests learn them: 28×28 pixels, a bit each. */
import { loadMnist, requireImages, takeShard } from '@fedhybnn/client/node';
import {
  encodeBitsFile,
  type LabeledBits,
  loadExtractor,
  mnistTask,
  type Task,
  type TaskOptions,
} from '@fedhybnn/shared';
import { readExtractorFile } from '../run/extractor-source.js';

/** Parts into which the test images are cut, of 500 each: the first measures, the others train. */
const PARTS = 20;
const CLASSES = 10;

export interface Digits {
  readonly extractor: Uint8Array;
  /** The coordinator's own labeled set. */
  readonly evaluation: Uint8Array;
  /** What a headless client trains on: 500 samples, of 19 different parts. */
  part(number: number): Promise<LabeledBits>;
  task(options: DigitsTaskOptions): Task;
}

export type DigitsTaskOptions = Pick<TaskOptions, 'id' | 'hidden' | 'rule' | 'training'> &
  TaskOptions['federation'];

/** @param name of the extractor; `pixels` takes no time */
export async function loadDigits(name = 'pixels'): Promise<Digits> {
  const extractor = await readExtractorFile(name);
  const { extract, ...identity } = await opened(extractor);
  const images = requireImages(await loadMnist({ split: 'test' }));
  const bitsOf = async (part: number): Promise<LabeledBits> => {
    const shard = takeShard(images, part, PARTS);
    return { bits: await extract(shard.images), labels: shard.labels };
  };
  return {
    extractor,
    evaluation: encodeBitsFile(await bitsOf(1), CLASSES),
    part: (number) => bitsOf(2 + ((number - 1) % (PARTS - 1))),
    task: ({ id = 'digits', hidden = [64], rule = 'sign-vote', training, ...federation }) =>
      mnistTask({
        ...{ id, hidden, rule, extractor: identity },
        ...(training && { training }),
        // A round begins when everybody is there, and waits for them: no clock decides a test.
        federation: {
          minimum: federation.goal,
          gatherMs: 60_000,
          deadlineMs: 60_000,
          ...federation,
        },
      }),
  };
}

async function opened(file: Uint8Array) {
  const extractor = await loadExtractor(file, { patches: 'portable' });
  const { sha256, kind, bits } = extractor;
  return { sha256, kind, bits, extract: extractor.extract.bind(extractor) };
}
