/** Personalization as part of a run. */
import { join } from 'node:path';
import { type GlobalModel, initialRate, type LabeledBits, type Task } from '@fedhybnn/shared';
import { writeWhole } from '../run/write-whole.js';
import type { HoldingOut } from './held-out.js';
import type { PersonalOptions } from './options.js';
import { personalize } from './personalize.js';
import { type PersonalSummary, personalSummary } from './summary.js';

interface Personal {
  readonly task: Task;
  readonly model: GlobalModel;
  readonly training: LabeledBits;
  readonly partition: HoldingOut;
}

type Options = PersonalOptions & { readonly seed: number; readonly out?: string };

/** Fine-tunes as the options say; each client's result is kept in `personal.json` of the run's folder. */
export async function personalizeRun(
  { task, model, training, partition }: Personal,
  { personalize: clients, personalizeEpochs: epochs, personalizeRate, seed, out }: Options,
): Promise<{ readonly personal?: PersonalSummary }> {
  if (clients === undefined) return {};
  const learningRate = personalizeRate ?? initialRate(task.training.optimizer) / 10;
  const results = await personalize(
    { task, model, training, partition, round: Math.max(1, model.round) },
    { clients, epochs, learningRate, seed },
  );
  if (out !== undefined) {
    const settings = { epochs, learningRate };
    const text = `${JSON.stringify({ settings, clients: results })}\n`;
    await writeWhole(join(out, 'personal.json'), new TextEncoder().encode(text));
  }
  const personal = personalSummary(results);
  return personal === undefined ? {} : { personal };
}
