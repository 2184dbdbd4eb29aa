/** From what a participant holds to what its head is trained on. */
import {
  type BitMatrix,
  checkLabeledBits,
  type Extractor,
  FederationError,
  type ImageBatch,
  type LabeledBits,
  loadExtractor,
  type Task,
} from '@fedhybnn/shared';
import type { CoordinatorHttp } from './coordinator-http.js';
import type { SessionListener } from './events.js';

/** A participant's data. They never leave this process. */
export type SessionData =
  | {
      readonly kind: 'bits';
      readonly data: LabeledBits;
      /** This client's rows, where many clients share one copy; default all. */
      readonly samples?: Uint32Array | undefined;
    }
  | {
      /** Turned into latent bits by the task's extractor, here. */
      readonly kind: 'images';
      readonly images: ImageBatch;
      /** One label an image, an index into the task's labels. */
      readonly labels: Int32Array;
    }
  | {
      readonly kind: 'images';
      readonly images: ImageBatch;
      /** For a multi-label task: [images][labels]. */
      readonly targets: BitMatrix;
    };

/** The extractor of a task, from the coordinator. Dispose of it after use. */
export async function fetchExtractor(http: CoordinatorHttp, task: Task): Promise<Extractor> {
  const { sha256, kind, bits } = task.extractor;
  const extractor = await loadExtractor(await http.file(sha256));
  if (extractor.kind === kind && extractor.bits === bits) return extractor;
  extractor.dispose();
  throw new FederationError(
    'file-corrupt',
    `extractor ${sha256}: makes ${extractor.bits} bits by ${extractor.kind}, but task ${task.id} expects ${bits} by ${kind}; tell the operator of the coordinator`,
  );
}

/**
 * The data as latent bits, checked against the task.
 * @param openExtractor called for images only
 * @throws FederationError `bad-request` naming what does not fit
 */
export async function toLatentBits(
  task: Task,
  given: SessionData,
  openExtractor: () => Promise<Extractor>,
  emit: SessionListener,
): Promise<{ readonly data: LabeledBits; readonly samples: Uint32Array | undefined }> {
  if (given.kind === 'bits') {
    checkLabeledBits(task, given.data);
    return { data: given.data, samples: given.samples };
  }
  const start = performance.now();
  const extractor = await openExtractor();
  try {
    const bits = await extractor.extract(given.images, (done) =>
      emit({ type: 'extracting', done }),
    );
    const data =
      'targets' in given ? { bits, targets: given.targets } : { bits, labels: given.labels };
    checkLabeledBits(task, data);
    emit({ type: 'extracted', samples: bits.rows, ms: Math.round(performance.now() - start) });
    return { data, samples: undefined };
  } finally {
    extractor.dispose();
  }
}
