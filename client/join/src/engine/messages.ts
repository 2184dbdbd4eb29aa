/**
 * What the page and its engine, a worker, say to each other. The engine holds the samples, the
 * session and the model; the page shows them. Every command is answered once.
 */
import type { SessionEvent, TrafficCount } from '@fedhybnn/client';
import type { ErrorBody } from '@fedhybnn/shared';

/** A line drawn by a finger: x, y, x, y, …, each in [0, 1] of the pad. */
export type Stroke = readonly number[];

/** A column that a table's extractor takes. */
export interface Column {
  readonly name: string;
  /** What there may be to choose from; nothing for numbers. */
  readonly categories: readonly string[] | undefined;
}

/** A picture to read, by its strokes or as a file. */
export type Picture = { readonly strokes: readonly Stroke[] } | { readonly file: Blob };

/** What a prediction is asked for: a picture, or a row of a table, a text for each column. */
export type Question = Picture | { readonly row: readonly string[] };

/** A federation as the page shows it. */
export interface TaskInfo {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly labels: readonly string[];
  readonly input: {
    readonly kind: 'image' | 'table';
    readonly width: number;
    readonly height: number;
    readonly channels: number;
  };
  /** Of a table, in the extractor's order. */
  readonly columns: readonly Column[];
  /** Every label is one character: pictures are centered as handwritten characters are. */
  readonly glyphs: boolean;
  /** What this page cannot do with the task, if anything. */
  readonly unsupported: 'multi-label' | undefined;
  /** Who runs the coordinator, as they say. */
  readonly runBy: string | undefined;
  readonly privacy: 'plain';
  /** The coordinator did not answer: this is what an earlier visit kept. */
  readonly offline: boolean;
  readonly ended: boolean;
  readonly paused: boolean;
  /** Whoever joins needs a join code. */
  readonly byCode: boolean;
  readonly round: number;
  readonly rounds: number;
  /** Central accuracy of the latest model, or null if it is not measured. */
  readonly accuracy: number | null;
  /** Devices connected now. */
  readonly ready: number;
  readonly latentBits: number;
  readonly parameters: number;
  /** Largest update and step, in bytes. */
  readonly updateBytes: number;
  readonly stepBytes: number;
  /** XNOR-popcount multiply-accumulates of one sample. */
  readonly binaryMacs: number;
  /** There is a built-in sample that fits. */
  readonly sample: boolean;
  /** A trained model can be tried and downloaded. */
  readonly exportable: boolean;
}

export interface TaskName {
  readonly id: string;
  readonly title: string;
}

/** What an earlier visit left on this device. */
export interface EarlierVisit {
  readonly reading: Reading | undefined;
  /** Training was neither paused nor stopped: it goes on. */
  readonly running: boolean;
}

export type Opened =
  | {
      readonly task: TaskInfo;
      readonly earlier: EarlierVisit;
      /** Something stored could not be read and was deleted. */
      readonly repaired: boolean;
    }
  | { readonly tasks: readonly TaskName[] };

/** What has been read so far, and the last thing read. */
export interface Reading {
  readonly count: number;
  readonly byLabel: readonly number[];
  /** Kept aside to measure the accuracy. */
  readonly heldOut: number;
  readonly latest: {
    readonly count: number;
    readonly ms: number;
    /** Files that could not be read. */
    readonly unreadable: readonly Unreadable[];
    /** Of a table: the column that was taken for the label. */
    readonly labelColumn?: string | undefined;
  };
  /** The newest pictures, newest first; none of a table. */
  readonly newest: readonly Thumbnail[];
  readonly builtIn: boolean;
}

export interface Unreadable {
  readonly name: string;
  readonly why: 'no-picture' | 'too-large';
}

export interface Thumbnail {
  /** Number of the sample in the set. */
  readonly index: number;
  readonly label: number;
  readonly pixels: Uint8Array;
}

export interface Prediction {
  readonly label: number;
  /** Of each label; they sum to 1. */
  readonly probabilities: readonly number[];
  /** Of one prediction by the binary head, repeated until it could be timed. */
  readonly microseconds: number;
  /** From the picture to its latent bits. */
  readonly extractionMs: number;
  /** The latent bits, packed, least significant first. */
  readonly bits: Uint8Array;
  /** The picture as the network sees it; nothing for a row of a table. */
  readonly pixels: Uint8Array | undefined;
  /** Rounds that the model has seen. */
  readonly round: number;
  readonly model: ModelName;
}

/** The federation's model, or that one fine-tuned on the participant's samples. */
export type ModelName = 'shared' | 'personal';

/** The personal model against the shared one that it was made from, on the held-out samples. */
export interface Comparison {
  readonly round: number;
  readonly shared: number;
  readonly personal: number;
  /** Held-out samples; without any, the counts are of the training samples. */
  readonly total: number;
  readonly heldOut: boolean;
  readonly ms: number;
}

/** What a head is made of, as pictures. */
export interface WeightPicture {
  /** The first layer: a row a neuron, a column a latent bit. */
  readonly neurons: number;
  readonly inputs: number;
  /** 255 for +1, 0 for −1, 128 for 0; [neurons][inputs]. */
  readonly weights: Uint8Array;
  /**
   * How much each latent bit speaks for each output, if all layers were linear: their product, as
   * shares of the largest value in [−127, 127]; [outputs][inputs].
   */
  readonly evidence: Int8Array;
  /** Of all layers that are trained. */
  readonly parameters: number;
  /** Of the head's file. */
  readonly fileBytes: number;
}

export interface Commands {
  open: [{ readonly url: string }, Opened];
  addBuiltIn: [undefined, Reading];
  addDrawing: [{ readonly strokes: readonly Stroke[]; readonly label: number }, Reading];
  addFiles: [
    { readonly files: readonly { readonly file: Blob; readonly label: number }[] },
    Reading,
  ];
  /** Rows of a CSV file, whose first line names the columns. */
  addTable: [{ readonly file: File }, Reading];
  relabel: [{ readonly index: number; readonly label: number }, Reading];
  remove: [{ readonly index: number }, Reading];
  removeAll: [undefined, Reading];
  /** The join code counts where this device joins for the first time. */
  start: [{ readonly keep: boolean; readonly joinCode: string | undefined }, undefined];
  pause: [undefined, undefined];
  /** The page is seen or online again: what waits for a connection tries at once. */
  hurry: [undefined, undefined];
  /** The network is gone: the connection is given up, before its socket notices. */
  reconnect: [undefined, undefined];
  predict: [{ readonly question: Question; readonly model: ModelName }, Prediction];
  /** One of the participant's own rows, for a first try. */
  ownRow: [undefined, readonly string[] | undefined];
  weights: [{ readonly model: ModelName }, WeightPicture];
  /** Fine-tunes the model on the participant's samples. */
  personalize: [undefined, Comparison];
  exportHead: [{ readonly model: ModelName }, Uint8Array];
  erase: [undefined, undefined];
}

export type CommandName = keyof Commands;

export interface Call {
  readonly id: number;
  readonly name: CommandName;
  readonly input: unknown;
}

/** How training goes; sent whenever something changed. */
export interface Progress {
  readonly traffic: TrafficCount;
  /** Rounds whose updates of this device were committed. */
  readonly contributed: number;
  /** Models received after the first. */
  readonly followed: number;
  readonly samplesPerSecond: number;
  /** Such as `relaxed (…)`. */
  readonly kernels: string;
}

/** Right answers on the held-out samples, by the model after a round. */
export interface Measured {
  readonly round: number;
  readonly correct: number;
  readonly total: number;
}

/** Session events as they cross to the page: errors without their causes. */
export type PlainSessionEvent =
  | Exclude<SessionEvent, { type: 'offline' | 'ended' }>
  | { readonly type: 'offline'; readonly retryInMs: number; readonly error: ErrorBody }
  | {
      readonly type: 'ended';
      readonly why: 'federation-ended' | 'stopped' | 'failed';
      readonly error?: ErrorBody;
    };

export type Report =
  | { readonly type: 'answer'; readonly id: number; readonly output: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorBody }
  | { readonly type: 'reading'; readonly done: number; readonly of: number }
  | { readonly type: 'fine-tuning'; readonly epoch: number; readonly epochs: number }
  | { readonly type: 'session'; readonly event: PlainSessionEvent }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'measured'; readonly measured: Measured };
