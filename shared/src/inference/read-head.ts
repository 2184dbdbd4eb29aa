/** Reads the file of an exported head: `head-file.ts` has the layout. */
import { crc32c } from '../codec/crc32c.js';
import { bitRowBytes } from '../kernels/kernels.js';
import { FederationError } from '../protocol/errors.js';
import { HEAD_MAGIC, HEAD_VERSION, type HeadMetadata } from './head-file.js';

/** A layer as it stands in the file; the arrays are views of it. */
export interface FileLayer {
  readonly inputs: number;
  readonly neurons: number;
  readonly planes: number;
  /** [neurons], little-endian i32. */
  readonly thresholds: DataView;
  /** [neurons], little-endian f32. */
  readonly scales: DataView | undefined;
  /** [planes][neurons][bitRowBytes(inputs)]. */
  readonly weights: Uint8Array;
}

/** Larger heads do not fit a device's memory, and a file that asks for one is broken. */
const LARGEST = 1 << 20;

/** @throws FederationError `file-corrupt` naming what is wrong */
export function readHead(file: Uint8Array): { metadata: HeadMetadata; layers: FileLayer[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length - 4;
  check(length >= 16 && length % 16 === 0, 'its length is not that of a whole file');
  check(view.getUint32(0, true) === HEAD_MAGIC, 'it does not begin with FHBI');
  check(
    view.getUint16(4, true) === HEAD_VERSION,
    `its version is ${view.getUint16(4, true)}, not ${HEAD_VERSION}`,
  );
  check(view.getUint32(length, true) === crc32c(file.subarray(0, length)), 'its checksum is wrong');

  let offset = 16;
  const take = (bytes: number): number => {
    const start = offset;
    // Not by `& ~15`: a declared size may be beyond 32 bits.
    offset += 16 * Math.ceil(bytes / 16);
    check(offset <= length, 'it ends too early');
    return start;
  };
  const text = view.getUint32(8, true);
  check(text <= length, 'it ends too early');
  const metadata = readMetadata(file.subarray(take(text), 16 + text));

  const layers: FileLayer[] = [];
  const count = view.getUint16(6, true);
  check(count > 0, 'it has no layers');
  let before = 0;
  for (let l = 0; l < count; l++) {
    const header = take(16);
    const [inputs, neurons, planes, scaled] = [0, 4, 8, 12].map((at) =>
      view.getUint32(header + at, true),
    );
    const fits = l === 0 || inputs === before;
    const sane = inputs > 0 && inputs <= LARGEST && neurons > 0 && neurons <= LARGEST;
    const known = (planes === 1 || planes === 2) && scaled <= (l + 1 === count ? 1 : 0);
    check(fits && sane && known, `layer ${l} does not fit the one before it`);
    const part = (bytes: number) => new DataView(view.buffer, view.byteOffset + take(bytes), bytes);
    const thresholds = part(4 * neurons);
    const scales = scaled ? part(4 * neurons) : undefined;
    check(scales === undefined || arePositive(scales), 'a factor of an output is not positive');
    const bytes = planes * neurons * bitRowBytes(inputs);
    const start = take(bytes);
    const weights = file.subarray(start, start + bytes);
    layers.push({ inputs, neurons, planes, thresholds, scales, weights });
    before = neurons;
  }
  check(offset === length, 'something follows its last layer');
  // One output decides between two labels.
  const expected = before === 1 ? 2 : before;
  check(metadata.labels.length === expected, 'it has not a label for each output');
  return { metadata, layers };
}

function arePositive(scales: DataView): boolean {
  for (let at = 0; at < scales.byteLength; at += 4) {
    const scale = scales.getFloat32(at, true);
    if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return false;
  }
  return true;
}

function readMetadata(text: Uint8Array): HeadMetadata {
  let value: Partial<HeadMetadata> | null = null;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    // Said below.
  }
  const isString = (field: unknown) => typeof field === 'string';
  const strings = (list: unknown) => Array.isArray(list) && list.every(isString);
  const mayBeString = (field: unknown) => field === undefined || isString(field);
  check(
    isString(value?.title) &&
      strings(value?.labels) &&
      mayBeString(value?.extractor) &&
      mayBeString(value?.source),
    'its metadata are no metadata',
  );
  return value as HeadMetadata;
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) {
    throw new FederationError('file-corrupt', `head file: ${otherwise}; export or fetch it again`);
  }
}
