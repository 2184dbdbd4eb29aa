/** The participant's samples: pixels, latent bits and labels, and which of them are held out. */
import { BitMatrix, type Extractor, type LabeledBits } from '@fedhybnn/shared';
import type { Reading, TaskInfo } from './messages.js';

/** Of every so many samples of a label one is held out, to measure the accuracy. */
const HELD_OUT_EVERY = 5;
const SHOWN = 24;

export interface StoredSamples {
  readonly builtIn: boolean;
  /** [count][height · width · channels]. */
  readonly pixels: Uint8Array;
  readonly labels: Uint16Array;
  /** [count][row bytes], as of {@link BitMatrix}. */
  readonly bits: Uint8Array;
}

export class SampleSet {
  private pixels: Uint8Array[] = [];
  private bits: Uint8Array[] = [];
  private labels: number[] = [];
  private builtIn = false;
  private latest: Reading['latest'] = { count: 0, ms: 0, unreadable: 0 };

  constructor(
    private readonly task: TaskInfo,
    private readonly extractor: Extractor,
  ) {}

  get count(): number {
    return this.labels.length;
  }

  /**
   * Takes samples in and turns them into latent bits.
   * @param pixels [count][height · width · channels]
   * @param started when reading began, by `performance.now()`
   */
  async add(
    pixels: Uint8Array,
    labels: ArrayLike<number>,
    options: { readonly started: number; readonly builtIn?: boolean; readonly unreadable?: number },
    onProgress?: (done: number) => void,
  ): Promise<Reading> {
    const { width, height, channels } = this.task.input;
    const size = width * height * channels;
    const count = labels.length;
    const images = { count, width, height, channels, pixels };
    const matrix = await this.extractor.extract(images, onProgress);
    for (let i = 0; i < count; i++) {
      this.pixels.push(pixels.slice(i * size, (i + 1) * size));
      this.bits.push(matrix.row(i).slice());
      this.labels.push(labels[i]);
    }
    this.builtIn ||= options.builtIn ?? false;
    const ms = performance.now() - options.started;
    this.latest = { count, ms, unreadable: options.unreadable ?? 0 };
    return this.reading();
  }

  remove(index: number): Reading {
    for (const list of [this.pixels, this.bits, this.labels]) list.splice(index, 1);
    return this.reading();
  }

  removeAll(): Reading {
    this.restore({
      builtIn: false,
      pixels: new Uint8Array(),
      labels: new Uint16Array(),
      bits: new Uint8Array(),
    });
    this.latest = { count: 0, ms: 0, unreadable: 0 };
    return this.reading();
  }

  reading(): Reading {
    const byLabel = new Array<number>(this.task.labels.length).fill(0);
    for (const label of this.labels) byLabel[label]++;
    const first = Math.max(0, this.count - SHOWN);
    const newest = this.labels
      .slice(first)
      .map((label, i) => ({ index: first + i, label, pixels: this.pixels[first + i] }))
      .reverse();
    const { count, latest, builtIn } = this;
    return { count, byLabel, heldOut: this.parts().heldOut.length, latest, newest, builtIn };
  }

  training(): LabeledBits {
    return this.take(this.parts().training);
  }

  heldOut(): LabeledBits {
    return this.take(this.parts().heldOut);
  }

  store(): StoredSamples {
    const { builtIn } = this;
    const labels = Uint16Array.from(this.labels);
    return { builtIn, labels, pixels: joined(this.pixels), bits: joined(this.bits) };
  }

  /** Takes the place of what was there. @returns false, and is empty, where sizes contradict. */
  restore({ builtIn, pixels, labels, bits }: StoredSamples): boolean {
    const { width, height, channels } = this.task.input;
    const count = labels.length;
    const rowBytes = BitMatrix.create(1, this.extractor.bits).rowBytes;
    const size = width * height * channels;
    const known = labels.every((label) => label < this.task.labels.length);
    const fits = pixels.length === count * size && bits.length === count * rowBytes && known;
    const rows = (bytes: Uint8Array, length: number) =>
      Array.from({ length: fits ? count : 0 }, (_, i) => bytes.slice(i * length, (i + 1) * length));
    this.pixels = rows(pixels, size);
    this.bits = rows(bits, rowBytes);
    this.labels = fits ? [...labels] : [];
    this.builtIn = fits && builtIn;
    this.latest = { count: this.count, ms: 0, unreadable: 0 };
    return fits;
  }

  private parts(): { readonly training: number[]; readonly heldOut: number[] } {
    const seen = new Map<number, number>();
    const training: number[] = [];
    const heldOut: number[] = [];
    this.labels.forEach((label, i) => {
      const nth = (seen.get(label) ?? 0) + 1;
      seen.set(label, nth);
      (nth % HELD_OUT_EVERY === 0 ? heldOut : training).push(i);
    });
    return { training, heldOut };
  }

  private take(indices: readonly number[]): LabeledBits {
    const bits = BitMatrix.create(indices.length, this.extractor.bits);
    indices.forEach((index, i) => {
      bits.row(i).set(this.bits[index]);
    });
    return { bits, labels: Int32Array.from(indices, (index) => this.labels[index]) };
  }
}

function joined(rows: readonly Uint8Array[]): Uint8Array {
  const length = rows[0]?.length ?? 0;
  const whole = new Uint8Array(rows.length * length);
  rows.forEach((row, i) => {
    whole.set(row, i * length);
  });
  return whole;
}
