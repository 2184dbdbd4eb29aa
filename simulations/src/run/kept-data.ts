/**
 * What a run reads before its first round, kept for the next run that needs the same: the runs of a
 * grid share data set and extractor for the most part. Bounded: of each kind the last two used.
 */
import type { Dataset, DatasetSplit } from '@fedhybnn/client/node';
import type { BitMatrix, Extractor } from '@fedhybnn/shared';
import { type DatasetSource, loadBothSplits, sourceKey } from '../datasets/source.js';
import { type ExtractorChoice, extractorFileFor } from './fit-extractor.js';
import { latentBits, type Notes } from './latent-samples.js';

/** Data sets and extractors that are kept; of bits, both splits of as many. */
const KEPT = 2;

export class KeptData {
  private readonly datasets = new Recent<Readonly<Record<DatasetSplit, Dataset>>>(KEPT);
  private readonly extractors = new Recent<Uint8Array>(KEPT);
  private readonly bits = new Recent<BitMatrix>(2 * KEPT);

  /** As {@link loadBothSplits}. Nobody writes to what it gives. */
  bothSplits(source: DatasetSource): Promise<Readonly<Record<DatasetSplit, Dataset>>> {
    return this.datasets.get(sourceKey(source), () => loadBothSplits(source));
  }

  /** As {@link extractorFileFor}. */
  extractorFile(choice: ExtractorChoice, training: Dataset): Promise<Uint8Array> {
    const { extractor, categorical, thresholds, seed } = choice;
    const key = JSON.stringify([extractor, categorical, thresholds, seed, training.sha256]);
    return this.extractors.get(key, () => extractorFileFor(choice, training));
  }

  /** As {@link latentBits}. */
  latentBits(
    extractor: Extractor,
    dataset: Dataset,
    split: DatasetSplit,
    progress: Notes,
  ): Promise<BitMatrix> {
    return this.bits.get(`${extractor.sha256} ${dataset.sha256}`, () =>
      latentBits(extractor, dataset, split, progress),
    );
  }
}

/** The values that were asked for last. */
class Recent<T> {
  private readonly values = new Map<string, Promise<T>>();

  constructor(private readonly most: number) {}

  get(key: string, make: () => Promise<T>): Promise<T> {
    const value = this.values.get(key) ?? make();
    // The last in the order of the map is the last that was used.
    this.values.delete(key);
    this.values.set(key, value);
    // What failed is tried again.
    value.catch(() => {
      if (this.values.get(key) === value) this.values.delete(key);
    });
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.most) break;
      this.values.delete(oldest);
    }
    return value;
  }
}
