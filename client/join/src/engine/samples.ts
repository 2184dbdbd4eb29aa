/** The participant's samples: what was read, latent bits and labels, and which of them are held out. */
import { BitMatrix, type Extractor, type LabeledBits, type Samples } from '@fedhybnn/shared';
import type { Reading, TaskInfo } from './messages.js';

/** Of every so many samples of a label one is held out, to measure the accuracy. */
const HELD_OUT_EVERY = 5;
const SHOWN = 24;

/** A sample as it was read: the pixels of an image, or the texts of a row. */
export type Raw = Uint8Array | readonly string[];

export interface StoredSamples {
  readonly builtIn: boolean;
  readonly raw: readonly Raw[];
  readonly labels: Uint16Array;
  /** [count][row bytes], as of {@link BitMatrix}. */
  readonly bits: Uint8Array;
}

export interface AddOptions {
  /** When reading began, by `performance.now()`. */
  readonly started: number;
  readonly builtIn?: boolean;
  readonly unreadable?: Reading['latest']['unreadable'];
  readonly labelColumn?: string;
  readonly onProgress?: (done: number) => void;
}

const NOTHING: Reading['latest'] = { count: 0, ms: 0, unreadable: [] };

export class SampleSet {
  private raw: Raw[] = [];
  private bits: Uint8Array[] = [];
  private labels: number[] = [];
  private builtIn = false;
  private latest = NOTHING;

  constructor(
    private readonly task: Pick<TaskInfo, 'input' | 'labels' | 'columns'>,
    private readonly extractor: Extractor,
  ) {}

  get count(): number {
    return this.labels.length;
  }

  /** Takes samples in and turns them into latent bits. */
  async add(samples: Samples, labels: ArrayLike<number>, options: AddOptions): Promise<Reading> {
    const { started, builtIn = false, unreadable = [], labelColumn, onProgress } = options;
    const matrix = await this.extractor.extract(samples, onProgress);
    for (let i = 0; i < samples.count; i++) {
      this.raw.push(rawOf(samples, i));
      this.bits.push(matrix.row(i).slice());
      this.labels.push(labels[i]);
    }
    this.builtIn ||= builtIn;
    const ms = performance.now() - started;
    this.latest = { count: samples.count, ms, unreadable, labelColumn };
    return this.reading();
  }

  relabel(index: number, label: number): Reading {
    if (index in this.labels && label in this.task.labels) this.labels[index] = label;
    return this.reading();
  }

  remove(index: number): Reading {
    for (const list of [this.raw, this.bits, this.labels]) list.splice(index, 1);
    return this.reading();
  }

  removeAll(): Reading {
    const nothing = { raw: [], labels: new Uint16Array(), bits: new Uint8Array() };
    this.restore({ builtIn: false, ...nothing });
    this.latest = NOTHING;
    return this.reading();
  }

  reading(): Reading {
    const byLabel = new Array<number>(this.task.labels.length).fill(0);
    for (const label of this.labels) byLabel[label]++;
    const first = Math.max(0, this.count - SHOWN);
    const newest = this.raw
      .slice(first)
      .flatMap((pixels, i) =>
        pixels instanceof Uint8Array
          ? [{ index: first + i, label: this.labels[first + i], pixels }]
          : [],
      )
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

  /** A row of a table that was held out, or any; a different one each time. */
  someRow(turn: number): readonly string[] | undefined {
    const { heldOut, training } = this.parts();
    const among = heldOut.length > 0 ? heldOut : training;
    const row = this.raw[among[turn % Math.max(1, among.length)]];
    return row instanceof Uint8Array ? undefined : row;
  }

  store(): StoredSamples {
    const { builtIn, raw } = this;
    const labels = Uint16Array.from(this.labels);
    return { builtIn, labels, raw: [...raw], bits: joined(this.bits) };
  }

  /** Takes the place of what was there. @returns false, and is empty, where sizes contradict. */
  restore({ builtIn, raw, labels, bits }: StoredSamples): boolean {
    const count = labels.length;
    const rowBytes = BitMatrix.create(1, this.extractor.bits).rowBytes;
    const known = labels.every((label) => label < this.task.labels.length);
    const whole = raw.length === count && raw.every((sample) => this.isWhole(sample));
    const fits = known && whole && bits.length === count * rowBytes;
    this.raw = fits ? [...raw] : [];
    this.bits = Array.from({ length: fits ? count : 0 }, (_, i) =>
      bits.slice(i * rowBytes, (i + 1) * rowBytes),
    );
    this.labels = fits ? [...labels] : [];
    this.builtIn = fits && builtIn;
    this.latest = { ...NOTHING, count: this.count };
    return fits;
  }

  private isWhole(sample: Raw): boolean {
    const { kind, width, height, channels } = this.task.input;
    const length = kind === 'image' ? width * height * channels : this.task.columns.length;
    return sample instanceof Uint8Array === (kind === 'image') && sample.length === length;
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

function rawOf(samples: Samples, i: number): Raw {
  if ('columns' in samples) return samples.columns.map(({ values }) => values[i]);
  const { width, height, channels, pixels } = samples;
  const size = width * height * channels;
  return pixels.slice(i * size, (i + 1) * size);
}

function joined(rows: readonly Uint8Array[]): Uint8Array {
  const length = rows[0]?.length ?? 0;
  const whole = new Uint8Array(rows.length * length);
  rows.forEach((row, i) => {
    whole.set(row, i * length);
  });
  return whole;
}
