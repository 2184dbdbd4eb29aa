/**
 * The built-in sample: 600 training images of MNIST in one file, `samples/digits.gz`: u16 count,
 * width, height (little-endian), a label a byte, then the pixels; packed by gzip.
 */
import { FederationError } from '@fedhybnn/shared';
import type { TaskInfo } from '../messages.js';

export interface LabeledImages {
  readonly labels: Uint8Array;
  /** [count][width · height]. */
  readonly pixels: Uint8Array;
}

const HEADER_BYTES = 6;

/** Whether the sample is what a task learns. */
export function fitsBuiltIn({ input, labels }: Pick<TaskInfo, 'input' | 'labels'>): boolean {
  const { kind, width, height, channels } = input;
  const digits = labels.length === 10 && labels.every((label, i) => label === String(i));
  return digits && kind === 'image' && width === 28 && height === 28 && channels === 1;
}

/** @throws FederationError `coordinator-unreachable` or `file-corrupt` */
export async function loadBuiltIn(task: TaskInfo): Promise<LabeledImages> {
  const url = `${import.meta.env.BASE_URL}samples/digits.gz`;
  const response = await fetch(url).catch((cause) => {
    throw unreachable(url, cause);
  });
  if (!response.ok || response.body === null) throw unreachable(url, response.status);
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const [count, width, height] = [0, 2, 4].map((at) => view.getUint16(at, true));
  const { input } = task;
  const expected = HEADER_BYTES + count * (1 + width * height);
  if (width !== input.width || height !== input.height || bytes.length !== expected) {
    throw new FederationError('file-corrupt', `${url}: is not the sample of this page; reload it`);
  }
  const pixels = HEADER_BYTES + count;
  return { labels: bytes.subarray(HEADER_BYTES, pixels), pixels: bytes.subarray(pixels) };
}

function unreachable(url: string, cause: unknown): FederationError {
  return new FederationError(
    'coordinator-unreachable',
    `${url}: cannot be fetched; check the network`,
    { cause },
  );
}
