/** The networks that are timed: the same sizes and the same arithmetic for everybody. */

export interface NetworkShape {
  /** Inputs, hidden layers, classes. */
  readonly sizes: readonly number[];
  readonly batch: number;
}

/** Step size of plain SGD: small, so that a network trained on one batch again and again lives on. */
export const LEARNING_RATE = 1e-3;

/** A fixed stream of numbers in [0, 1): what is timed must not depend on chance. */
export function* fixedNumbers(): Generator<number, never> {
  let state = 12345;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** `length` numbers of {−1, +1}. */
export function fixedSigns(length: number): Float32Array {
  const numbers = fixedNumbers();
  return Float32Array.from({ length }, () => (numbers.next().value < 0.5 ? -1 : 1));
}

/** `length` numbers in ±0.1, as latents start. */
export function fixedLatents(length: number): Float32Array {
  const numbers = fixedNumbers();
  return Float32Array.from({ length }, () => 0.2 * numbers.next().value - 0.1);
}

/** `length` labels in [0, classes). */
export function fixedLabels(length: number, classes: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i % classes);
}
