/**
 * Event files as TensorBoard reads them: TFRecords of `Event` messages (tensorflow/core/util/event.proto,
 * summary.proto). A record is
 *
 *   length (u64 LE) · masked CRC-32C of it (u32 LE) · message · masked CRC-32C of it (u32 LE)
 *
 * with mask(c) = rotate right by 15, plus 0xa282ead8 (tensorflow/tsl/lib/hash/crc32c.h). Of `Event`
 * are written: wall_time = 1 (double), step = 2 (int64), file_version = 3 (string), summary = 5; of
 * `Summary`: value = 1; of `Value`: tag = 1 (string), simple_value = 2 (float).
 */
import { crc32c } from '@fedhybnn/shared';

/** What the first record of a file says. */
const VERSION = 'brain.Event:2';

export interface ScalarEvent {
  /** In seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
}

/** The record that a file begins with. */
export function headerRecord(wallTime: number): Uint8Array {
  return record(concat(double(1, wallTime), text(3, VERSION)));
}

export function scalarRecord({ wallTime, step, scalars }: ScalarEvent): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytes(1, concat(text(1, tag), float(2, value))),
  );
  return record(concat(double(1, wallTime), integer(2, step), bytes(5, concat(...values))));
}

/** A TFRecord. */
function record(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(12 + message.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, masked(crc32c(framed.subarray(0, 8))), true);
  framed.set(message, 12);
  view.setUint32(12 + message.length, masked(crc32c(message)), true);
  return framed;
}

function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Protocol-buffer fields: wire types 0 varint, 1 of 64 bits, 2 with a length, 5 of 32 bits. */
function key(field: number, type: 0 | 1 | 2 | 5): Uint8Array {
  return varint((field << 3) | type);
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...out, rest);
}

function integer(field: number, value: number): Uint8Array {
  return concat(key(field, 0), varint(value));
}

function double(field: number, value: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(8));
  data.setFloat64(0, value, true);
  return concat(key(field, 1), new Uint8Array(data.buffer));
}

function float(field: number, value: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(4));
  data.setFloat32(0, value, true);
  return concat(key(field, 5), new Uint8Array(data.buffer));
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return concat(key(field, 2), varint(value.length), value);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
