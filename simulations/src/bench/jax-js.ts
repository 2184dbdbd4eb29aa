/** The peer jax-js (`@jax-js/jax`) on its wasm backend, jit-compiled. */
import {
  blockUntilReady,
  defaultDevice,
  grad,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
} from '@jax-js/jax';
import type { Work } from './measure.js';
import {
  fixedLabels,
  fixedLatents,
  fixedSigns,
  LEARNING_RATE,
  type NetworkShape,
} from './network-shape.js';

let started: Promise<void> | undefined;

function start(): Promise<void> {
  started ??= init('wasm').then(() => {
    defaultDevice('wasm');
  });
  return started;
}

const matrix = (values: Float32Array, rows: number, cols: number): JaxArray =>
  np.array(values as Float32Array<ArrayBuffer>, { shape: [rows, cols] });

export async function jaxProduct(size: number): Promise<Work> {
  await start();
  const a = matrix(fixedSigns(size * size), size, size);
  const b = matrix(fixedSigns(size * size), size, size);
  const product = jit((x: JaxArray, y: JaxArray) => np.matmul(x, y));
  return async () => {
    (await blockUntilReady(product(a.ref, b.ref))).dispose();
  };
}

/** sign, as a constant to differentiation. */
const signOf = (x: JaxArray): JaxArray => np.where(np.greaterEqual(x, 0), 1, -1);

/** Straight-through: the value of sign, the gradient of the clipped identity. */
function binarySign(x: JaxArray): JaxArray {
  const clipped = np.clip(x.ref, -1, 1);
  return clipped.ref.add(lax.stopGradient(signOf(x).sub(clipped)));
}

/** Straight-through of a latent, whose clipping is the optimizer's. */
function weightSign(h: JaxArray): JaxArray {
  return h.ref.add(lax.stopGradient(signOf(h.ref).sub(h)));
}

export async function jaxInference({ sizes, batch }: NetworkShape): Promise<Work> {
  await start();
  const sample = matrix(fixedSigns(batch * sizes[0]), batch, sizes[0]);
  const weights = sizes
    .slice(1)
    .map((neurons, l) => matrix(fixedSigns(neurons * sizes[l]), sizes[l], neurons));
  const forward = jit((x: JaxArray, ws: JaxArray[]) => {
    let y = x;
    ws.forEach((w, l) => {
      y = np.matmul(y, w);
      if (l + 1 < ws.length) y = signOf(y);
    });
    return y;
  });
  return async () => {
    const logits = forward(
      sample.ref,
      weights.map((w) => w.ref),
    );
    (await blockUntilReady(logits)).dispose();
  };
}

export async function jaxTraining({ sizes, batch }: NetworkShape): Promise<Work> {
  await start();
  const classes = sizes[sizes.length - 1];
  const sample = matrix(fixedSigns(batch * sizes[0]), batch, sizes[0]);
  const labels = np.array(fixedLabels(batch, classes) as Int32Array<ArrayBuffer>, {
    dtype: np.int32,
  });
  const targets = nn.oneHot(labels, classes);
  const scales = sizes
    .slice(1)
    .map((_, l) => (l === sizes.length - 2 ? 3 : 1) / Math.sqrt(sizes[l]));
  const loss = (latents: JaxArray[], x: JaxArray, y: JaxArray): JaxArray => {
    let a = x;
    latents.forEach((latent, l) => {
      const z = np.matmul(a, weightSign(latent)).mul(scales[l]);
      a = l + 1 < latents.length ? binarySign(z) : z;
    });
    return nn
      .logSoftmax(a)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  const gradients = grad(loss);
  const step = jit((latents: JaxArray[], x: JaxArray, y: JaxArray): JaxArray[] => {
    const slopes = gradients(
      latents.map((latent) => latent.ref),
      x,
      y,
    );
    return latents.map((latent, l) => np.clip(latent.sub(slopes[l].mul(LEARNING_RATE)), -1, 1));
  });
  let latents = sizes
    .slice(1)
    .map((neurons, l) => matrix(fixedLatents(neurons * sizes[l]), sizes[l], neurons));
  return async () => {
    latents = await blockUntilReady(step(latents, sample.ref, targets.ref));
  };
}
