/** What the page shows, as signals. Only `actions.ts` and `reports.ts` write them. */
import { computed, signal } from '@preact/signals';
import type { EngineError } from '../engine/engine-client.js';
import type {
  Comparison,
  EarlierVisit,
  Measured,
  ModelName,
  Prediction,
  Progress,
  Question,
  Reading,
  TaskInfo,
  TaskName,
  WeightPicture,
} from '../engine/messages.js';
import type { Concern } from './concerns.js';

export type View = 'what' | 'data' | 'train' | 'try';
export const VIEWS: readonly View[] = ['what', 'data', 'train', 'try'];

export type TrainingState =
  | 'idle'
  | 'joining'
  | 'waiting'
  | 'training'
  | 'sending'
  | 'accepted'
  /** Counted; the round goes on until the others have answered. */
  | 'others'
  | 'offline'
  | 'paused'
  | 'ended'
  | 'failed';

export interface Training {
  readonly state: TrainingState;
  readonly round: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Of the update under way. */
  readonly bytes: number;
  /** Clients that the next round still needs. */
  readonly needed: number;
  /** The last round in which this device counted, and the last that is known to be over. */
  readonly counted: number;
  readonly over: number;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

export const IDLE: Training = {
  ...{ state: 'idle', round: 0, epoch: 0, epochs: 0, bytes: 0 },
  ...{ needed: 0, counted: 0, over: 0, error: undefined },
};

/** A round's accuracies, as far as they are known. */
export interface Point {
  readonly round: number;
  readonly own?: number | undefined;
  readonly central?: number | undefined;
}

export const view = signal<View>('what');
export const task = signal<TaskInfo | undefined>(undefined);
/** The choice, where an address means several federations. */
export const tasks = signal<readonly TaskName[] | undefined>(undefined);
/** Why nothing can be shown, or why the last action failed. */
export const failure = signal<EngineError | undefined>(undefined);
export const earlier = signal<EarlierVisit | undefined>(undefined);
/** Something stored was unreadable. */
export const repaired = signal(false);
export const erased = signal(false);

export const reading = signal<Reading | undefined>(undefined);
/** Reading under way. */
export const readingNow = signal<{ readonly done: number; readonly of: number } | undefined>(
  undefined,
);
/** Join code of the address, or as it was typed. */
export const joinCode = signal('');
/** The participant lets the samples be kept. */
export const keep = signal(false);

export const training = signal<Training>(IDLE);
export const progress = signal<Progress | undefined>(undefined);
export const points = signal<readonly Point[]>([]);
export const heldOut = signal<Measured | undefined>(undefined);

/** The model that is tried. */
export const modelName = signal<ModelName>('shared');
/** What was asked last. */
export const question = signal<Question | undefined>(undefined);
export const prediction = signal<Prediction | undefined>(undefined);
export const weights = signal<WeightPicture | undefined>(undefined);
/** The personal model, once it has been made. */
export const comparison = signal<Comparison | undefined>(undefined);
/** Fine-tuning under way. */
export const tuning = signal<{ readonly epoch: number; readonly epochs: number } | undefined>(
  undefined,
);

/** Training waits for an answer: does the participant want it in spite of these? */
export const asking = signal<readonly Concern[]>([]);
/** A newer version of this page is ready. */
export const newVersion = signal(false);

/** The page is connected or tries to be. */
export const running = computed(
  () => !['idle', 'paused', 'ended', 'failed'].includes(training.value.state),
);
/** No code was given, or the given one was refused: nothing but another one helps. */
export const asksForCode = computed(
  () => training.value.error?.code.startsWith('join-code') ?? false,
);
export const paused = computed(() => training.value.state === 'paused');
/** What keeps it from training, or has ended it. */
export const trouble = computed(() => {
  const { state, error } = training.value;
  return state === 'failed' || state === 'offline' ? error : undefined;
});
export const sampleCount = computed(() => reading.value?.count ?? 0);

/** Accuracy at the first and the last round that it is known of. */
export const change = computed(() => {
  const key = (heldOut.value?.total ?? 0) > 0 ? 'own' : 'central';
  const values = points.value.flatMap((point) => point[key] ?? []);
  if (values.length === 0) return undefined;
  return { key, first: values[0], last: values[values.length - 1] } as const;
});
