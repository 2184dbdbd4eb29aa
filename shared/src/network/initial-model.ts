/** The model of round 0, which every participant can make from the task alone. */
import { powerOfTwo } from '../kernels/math.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { ruleFor } from '../rules/registry.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { parameterCount } from './head.js';

/** Latents uniform in ±initialRange, drawn in parameter order from the task's seed. */
export function initialModel(task: Task): GlobalModel {
  const { fraction } = ruleFor(task.federation.rule);
  const parameters = parameterCount(task);
  const random = new Random(deriveSeed(task.federation.seed, 'initial-model'));
  const latents = fraction === 15 ? new Int16Array(parameters) : new Int32Array(parameters);
  const scale = task.federation.initialRange * powerOfTwo(fraction);
  const limit = fraction === 15 ? 32_767 : 1 << fraction;
  for (let i = 0; i < parameters; i++) {
    const value = Math.round((2 * random.unit() - 1) * scale);
    latents[i] = Math.max(-limit, Math.min(limit, value));
  }
  return { round: 0, fraction, latents };
}
