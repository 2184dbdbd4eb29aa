/**
 * The IDX format of the MNIST family (LeCun, Cortes, Burges: yann.lecun.com/exdb/mnist), unsigned
 * bytes only. All numbers are big-endian:
 *
 * | bytes | meaning |
 * |---|---|
 * | 0–1 | 0 |
 * | 2 | element type; 0x08 is unsigned byte |
 * | 3 | number of dimensions |
 * | 4 … | one u32 a dimension |
 * | then | the elements, the last dimension fastest |
 */
import { FederationError, type ImageBatch } from '@fedhybnn/shared';

const UNSIGNED_BYTE = 0x08;
/** No image side is longer; guards the product of the dimensions. */
const LARGEST_SIDE = 4096;

/**
 * Gray images, [count][rows][columns]. The pixels are a view of `bytes`, not a copy.
 * @param file names the file in errors
 * @throws FederationError `file-corrupt` naming the field
 */
export function parseIdxImages(bytes: Uint8Array, file: string): ImageBatch {
  const [count, height, width] = readDimensions(bytes, 3, file);
  for (const [name, side] of [
    ['rows', height],
    ['columns', width],
  ] as const) {
    if (side < 1 || side > LARGEST_SIDE) {
      throw corrupt(file, `field "${name}" is ${side}, outside 1…${LARGEST_SIDE}`);
    }
  }
  const pixels = readElements(bytes, [count, height, width], file);
  return { count, width, height, channels: 1, pixels };
}

/**
 * Labels, one byte each.
 * @param file names the file in errors
 * @throws FederationError `file-corrupt` naming the field
 */
export function parseIdxLabels(bytes: Uint8Array, file: string): Int32Array {
  const dimensions = readDimensions(bytes, 1, file);
  return Int32Array.from(readElements(bytes, dimensions, file));
}

function readDimensions(bytes: Uint8Array, dimensions: number, file: string): number[] {
  const headerBytes = 4 + 4 * dimensions;
  if (bytes.length < headerBytes) {
    throw corrupt(file, `${bytes.length} bytes are fewer than its ${headerBytes}-byte header`);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new FederationError('file-corrupt', `${file}: still compressed; unpack it with gunzip`);
  }
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw corrupt(
      file,
      'field "magic" does not start with two zero bytes, so it is not an IDX file',
    );
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw corrupt(file, `field "type" is ${bytes[2]}, but only unsigned bytes (8) are read`);
  }
  if (bytes[3] !== dimensions) {
    throw corrupt(file, `field "dimensions" is ${bytes[3]}, but ${dimensions} were expected`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d, false));
}

function readElements(bytes: Uint8Array, dimensions: readonly number[], file: string): Uint8Array {
  const headerBytes = 4 + 4 * dimensions.length;
  // Exact below 2⁵³: at most 2³² samples of 2²⁴ elements are refused by the length first.
  const elements = dimensions.reduce((product, side) => product * side, 1);
  const present = bytes.length - headerBytes;
  if (present !== elements) {
    throw corrupt(
      file,
      `field "data" holds ${present} bytes, but ${dimensions.join(' × ')} = ${elements} are declared`,
    );
  }
  return bytes.subarray(headerBytes);
}

function corrupt(file: string, what: string): FederationError {
  return new FederationError('file-corrupt', `${file}: ${what}; get the file again`);
}
