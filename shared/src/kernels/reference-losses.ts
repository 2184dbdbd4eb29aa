/**
 * The specification of the losses with a scale for each output, as `reference.ts` is that of all
 * kernels: every f32 operation in its order.
 */
import type { GrowingMemory } from './growing-memory.js';
import { bitRowBytes, type Kernels, laneStride, type TargetLoss } from './kernels.js';
import { exp32, log32 } from './math32.js';

const f = Math.fround;

/** Loss of one output, and its slope by y. */
type Term = (y: number) => { readonly loss: number; readonly slope: number };

type Losses = Pick<Kernels, 'scaledSoftmaxCrossEntropy' | 'sigmoidCrossEntropy' | 'squaredHinge'>;

export function createReferenceLosses(memory: GrowingMemory): Losses {
  return {
    scaledSoftmaxCrossEntropy: scaledSoftmaxCrossEntropy(memory),
    sigmoidCrossEntropy: targetLoss(memory, softplus),
    squaredHinge: targetLoss(memory, squaredMargin),
  };
}

/** ln(1 + eʸ) and σ(y), from e^−|y|: nothing overflows, and small slopes keep their digits. */
const softplus: Term = (y) => {
  const e = exp32(-Math.abs(y));
  const whole = f(1 + e);
  return { loss: f(Math.max(y, 0) + log32(whole)), slope: f((y >= 0 ? 1 : e) / whole) };
};

/** max(0, 1 + y)², and twice the margin. */
const squaredMargin: Term = (y) => {
  const margin = Math.max(f(1 + y), 0);
  return { loss: f(margin * margin), slope: 2 * margin };
};

/** Σ over outputs of term(y), y = x where the target is no and −x where it is yes. */
function targetLoss(memory: GrowingMemory, term: Term): TargetLoss {
  return (z, scales, targets, outputs, batch, gradient) => {
    const { i32, f32 } = memory;
    const stride = laneStride(batch);
    const rowBytes = bitRowBytes(batch);
    let total = 0;
    for (let b = 0; b < batch; b++) {
      let sum = 0;
      for (let n = 0; n < outputs; n++) {
        const scale = f32[(scales >> 2) + n];
        const sign = memory.bit(targets + n * rowBytes, b) ? -1 : 1;
        const { loss, slope } = term(sign * f(scale * i32[(z >> 2) + n * stride + b]));
        sum = f(sum + loss);
        f32[(gradient >> 2) + n * stride + b] = sign * f(slope * f(scale / batch));
      }
      total = f(total + sum);
    }
    return f(total / batch);
  };
}

function scaledSoftmaxCrossEntropy(memory: GrowingMemory): Kernels['scaledSoftmaxCrossEntropy'] {
  return (z, scales, labels, classes, batch, gradient) => {
    const { i32, f32 } = memory;
    const stride = laneStride(batch);
    let total = 0;
    for (let b = 0; b < batch; b++) {
      const label = i32[(labels >> 2) + b];
      const logits = Array.from({ length: classes }, (_, c) =>
        f(f32[(scales >> 2) + c] * i32[(z >> 2) + c * stride + b]),
      );
      const top = Math.max(...logits);
      const exponentials = logits.map((logit) => exp32(f(logit - top)));
      const sum = exponentials.reduce((partial, e) => f(partial + e), 0);
      total = f(total + f(log32(sum) - f(logits[label] - top)));
      exponentials.forEach((e, c) => {
        const slope = f(f(e / sum) - Number(c === label));
        f32[(gradient >> 2) + c * stride + b] = f(slope * f(f32[(scales >> 2) + c] / batch));
      });
    }
    return f(total / batch);
  };
}
