/** The coders of integers, without a frame around them. */
import { decodeIntegers, encodeIntegers, integersBytes } from '../codec/integer-coder.js';
import { packedBytes, packIntegers, unpackIntegers } from '../codec/packed-integers.js';
import { expectSame, expectThat, type FuzzTarget } from './target.js';

const LIMITS_OF_VALUES = [1, 2, 3, 5, 100, 2000];

/** The first two bytes choose how large and how many the values are. */
const entropyCoded: FuzzTarget = {
  name: 'decodeIntegers',
  corpus: LIMITS_OF_VALUES.flatMap((limit, choice) =>
    [0, 1, 9, 200].map((count) => {
      const sparse = Int32Array.from({ length: count }, (_, i) => (i % 7 === 0 ? -limit : 0));
      return Uint8Array.of(choice, count, ...encodeIntegers(sparse, limit));
    }),
  ),
  fields: [0, 1, 2],
  run(bytes) {
    if (bytes.length < 2) return;
    const limit = LIMITS_OF_VALUES[bytes[0] % LIMITS_OF_VALUES.length];
    const count = bytes[1];
    const values = decodeIntegers(bytes.subarray(2), count, limit);
    expectThat(values.length === count, 'another number of values');
    expectThat(
      values.every((value) => Math.abs(value) <= limit),
      'a value is out of range',
    );
    // Not canonical: what an encoder would pack may come coded. The values must survive.
    const again = encodeIntegers(values, limit);
    expectThat(again.length <= integersBytes(count, limit), 'longer than the most');
    const twice = decodeIntegers(again, count, limit);
    expectThat(
      values.every((value, i) => value === twice[i]),
      'other values',
    );
  },
};

/** The first three bytes choose the width, the sign and the number of values. */
const packed: FuzzTarget = {
  name: 'unpackIntegers',
  corpus: [1, 5, 8, 17, 32].flatMap((bits) =>
    [false, true].map((signed) => {
      const format = { bits, signed };
      const bytes = new Uint8Array(3 + packedBytes(9, format));
      bytes.set([bits - 1, signed ? 1 : 0, 9]);
      packIntegers(Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0), format, bytes.subarray(3));
      return bytes;
    }),
  ),
  fields: [0, 1, 2],
  run(bytes) {
    if (bytes.length < 3) return;
    const format = { bits: 1 + (bytes[0] & 31), signed: (bytes[1] & 1) === 1 };
    const count = bytes[2];
    // As in a frame, whose length is checked before.
    const size = packedBytes(count, format);
    const payload = new Uint8Array(size);
    payload.set(bytes.subarray(3, 3 + size));
    const values = new Float64Array(count);
    unpackIntegers(payload, format, values, 'value');
    const again = new Uint8Array(size);
    packIntegers(values, format, again);
    expectSame(again, payload, 'packed integers');
  },
};

export function integerTargets(): FuzzTarget[] {
  return [entropyCoded, packed];
}
