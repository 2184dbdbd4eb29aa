/** Carries out the page's commands, one after another where they touch the samples or the session. */
import type { TrafficCount } from '@fedhybnn/client';
import { FederationError, type GlobalModel, type ImageBatch, type Table } from '@fedhybnn/shared';
import { type Federation, latestModel, openFederation } from './federation.js';
import { loadBuiltIn } from './images/built-in.js';
import { readPicture, UnreadablePicture } from './images/read-picture.js';
import { Memory } from './memory.js';
import type {
  Commands,
  Comparison,
  EarlierVisit,
  Opened,
  Prediction,
  Reading,
  Report,
  TaskInfo,
  Unreadable,
  WeightPicture,
} from './messages.js';
import { keepOffline } from './offline-copy.js';
import { SampleSet } from './samples.js';
import type { Totals, TrainingRun } from './training-run.js';
import type { Trial } from './trial.js';

/** A function for each command. */
export type Handlers = {
  readonly [Name in keyof Commands]: (
    input: Commands[Name][0],
  ) => Promise<Commands[Name][1]> | Commands[Name][1];
};

/** What there is once a federation has been opened. */
interface Open {
  readonly federation: Federation;
  readonly memory: Memory;
  readonly samples: SampleSet;
  readonly trial: () => Promise<Trial>;
}

const NOTHING: Totals = {
  traffic: { sent: 0, received: 0, updates: 0, models: 0 },
  ...{ contributed: 0, followed: 0 },
};

export class Engine implements Handlers {
  private opened: Open | undefined;
  private run: TrainingRun | undefined;
  /** The latest model that this device has seen. */
  private lastModel: GlobalModel | undefined;
  private totals = NOTHING;
  private turns = 0;

  constructor(private readonly send: (report: Report) => void) {}

  async open({ url }: Commands['open'][0]): Promise<Opened> {
    await this.endRun();
    const federation = await openFederation(url);
    if (!('info' in federation)) return { tasks: federation };
    const { info: task, extractor } = federation;
    if (task.unsupported) {
      return { task, earlier: { reading: undefined, running: false }, repaired: false };
    }
    const { hash } = federation.description;
    this.lastModel = federation.keptModel;
    const traffic = plus(this.totals.traffic, federation.http.traffic);
    this.totals = { ...this.totals, traffic };
    if (this.opened?.federation.description.hash === hash && this.opened.samples.count > 0) {
      // Opened again, such as after a loss of the network: what was read stays.
      this.opened = { ...this.opened, federation };
      const { memory, samples } = this.opened;
      const running = (await memory.visit())?.running ?? false;
      return { task, earlier: { reading: samples.reading(), running }, repaired: false };
    }
    const memory = await Memory.open(hash);
    const samples = new SampleSet(task, extractor);
    this.opened = { federation, memory, samples, trial: trialOf(federation) };
    const earlier = await this.restore(this.opened);
    return { task, earlier, repaired: memory.repaired };
  }

  async addBuiltIn(): Promise<Reading> {
    const { federation, samples } = this.there();
    const started = performance.now();
    const { labels, pixels } = await loadBuiltIn(federation.info);
    const onProgress = (done: number) =>
      this.send({ type: 'reading', done: Math.round(done * labels.length), of: labels.length });
    const images = imagesOf(federation.info, pixels);
    return samples.add(images, labels, { started, builtIn: true, onProgress });
  }

  async addDrawing({ strokes, label }: Commands['addDrawing'][0]): Promise<Reading> {
    const { federation, samples } = this.there();
    const started = performance.now();
    const pixels = await readPicture({ strokes }, federation.info);
    return samples.add(imagesOf(federation.info, pixels), [label], { started });
  }

  async addFiles({ files }: Commands['addFiles'][0]): Promise<Reading> {
    const { federation, samples } = this.there();
    const started = performance.now();
    const pictures: Uint8Array[] = [];
    const labels: number[] = [];
    const unreadable: Unreadable[] = [];
    let read = 0;
    for (const { file, label } of files) {
      try {
        pictures.push(await readPicture({ file }, federation.info));
        labels.push(label);
      } catch (thrown) {
        if (!(thrown instanceof UnreadablePicture)) throw thrown;
        unreadable.push(thrown.unreadable);
      }
      this.send({ type: 'reading', done: ++read, of: files.length });
    }
    const images = imagesOf(federation.info, concatenated(pictures));
    return samples.add(images, labels, { started, unreadable });
  }

  async addTable({ file }: Commands['addTable'][0]): Promise<Reading> {
    const { federation, samples } = this.there();
    const started = performance.now();
    const { readTable } = await import('./tables/read-table.js');
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { table, labels, labelColumn } = readTable(bytes, file.name, federation.info);
    return samples.add(table, labels, { started, labelColumn });
  }

  relabel({ index, label }: Commands['relabel'][0]): Reading {
    return this.there().samples.relabel(index, label);
  }

  remove({ index }: Commands['remove'][0]): Reading {
    return this.there().samples.remove(index);
  }

  removeAll(): Reading {
    return this.there().samples.removeAll();
  }

  async start({ keep, joinCode }: Commands['start'][0]): Promise<undefined> {
    const { federation, samples, memory } = this.there();
    await this.endRun();
    const { builtIn } = samples.reading();
    await memory.keepSamples(keep ? samples.store() : undefined);
    await memory.keepVisit({ running: true, builtIn });
    const { send, totals: before } = this;
    // Only now: who just looks at the page need not load what trains.
    const { TrainingRun } = await import('./training-run.js');
    this.run = await TrainingRun.start({
      ...{ federation, samples, memory, send, before, joinCode },
      keepModel: (model) => this.keepModel(model),
    });
  }

  async pause(): Promise<undefined> {
    const { memory, samples } = this.there();
    await this.endRun();
    await memory.keepVisit({ running: false, builtIn: samples.reading().builtIn });
  }

  hurry(): undefined {
    this.run?.hurry();
  }

  reconnect(): undefined {
    this.run?.reconnect();
  }

  async predict({ question, model: name }: Commands['predict'][0]): Promise<Prediction> {
    const { federation, trial } = this.there();
    const samples =
      'row' in question
        ? oneRow(federation.info, question.row)
        : imagesOf(federation.info, await readPicture(question, federation.info));
    return (await trial()).predict(name, await this.sharedModel(), samples);
  }

  ownRow(): readonly string[] | undefined {
    return this.there().samples.someRow(this.turns++);
  }

  async weights({ model: name }: Commands['weights'][0]): Promise<WeightPicture> {
    return (await this.there().trial()).weights(name, await this.sharedModel());
  }

  async personalize(): Promise<Comparison> {
    const { samples, trial } = this.there();
    return (await trial()).personalize(await this.sharedModel(), samples, (epoch, epochs) =>
      this.send({ type: 'fine-tuning', epoch, epochs }),
    );
  }

  async exportHead({ model: name }: Commands['exportHead'][0]): Promise<Uint8Array> {
    return (await this.there().trial()).file(name, await this.sharedModel());
  }

  async erase(): Promise<undefined> {
    const opened = this.there();
    await this.endRun();
    await opened.memory.erase();
    opened.samples.removeAll();
    // The personal model goes with it.
    this.opened = { ...opened, trial: trialOf(opened.federation) };
  }

  private async restore({ memory, samples }: Open): Promise<EarlierVisit> {
    const visit = await memory.visit();
    const stored = await memory.samples();
    if (stored !== undefined) {
      if (!samples.restore(stored)) memory.repaired = true;
    } else if (visit?.builtIn && visit.running) {
      // Without a network they are not there; the page opens all the same.
      await this.addBuiltIn().catch(ignoreUnreachable);
    }
    const reading = samples.count > 0 ? samples.reading() : undefined;
    return { reading, running: (visit?.running ?? false) && reading !== undefined };
  }

  private async endRun(): Promise<void> {
    const { run } = this;
    if (run === undefined) return;
    this.run = undefined;
    await run.stop();
    this.totals = run.totals;
    if (run.model) await this.keepModel(run.model);
  }

  /** The model that the device holds, or the coordinator's latest before it has trained. */
  private async sharedModel(): Promise<GlobalModel> {
    const { federation } = this.there();
    const model = this.run?.model ?? this.lastModel ?? (await latestModel(federation));
    if (model.round !== this.lastModel?.round) await this.keepModel(model);
    return model;
  }

  private async keepModel(model: GlobalModel): Promise<void> {
    this.lastModel = model;
    const { description, extractorFile: extractor } = this.there().federation;
    await keepOffline({ description, extractor, model });
  }

  private there(): Open {
    if (this.opened !== undefined) return this.opened;
    throw new FederationError('internal', 'no federation has been opened in this page yet');
  }
}

function plus(a: TrafficCount, b: TrafficCount): TrafficCount {
  return {
    sent: a.sent + b.sent,
    received: a.received + b.received,
    updates: a.updates + b.updates,
    models: a.models + b.models,
  };
}

function imagesOf({ input }: TaskInfo, pixels: Uint8Array): ImageBatch {
  const { width, height, channels } = input;
  return { count: pixels.length / (width * height * channels), width, height, channels, pixels };
}

function oneRow({ columns }: TaskInfo, row: readonly string[]): Table {
  const filled = columns.map(({ name }, i) => ({ name, values: [row[i] ?? ''] }));
  return { source: 'the form', count: 1, lines: Uint32Array.of(1), columns: filled };
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts[0]?.length ?? 0;
  const whole = new Uint8Array(parts.length * size);
  parts.forEach((part, i) => {
    whole.set(part, i * size);
  });
  return whole;
}

/** Made when something is tried first: who just looks at the page need not load it. */
function trialOf(federation: Federation): () => Promise<Trial> {
  let made: Promise<Trial> | undefined;
  return () => {
    made ??= import('./trial.js').then(({ Trial }) => new Trial(federation));
    return made;
  };
}

function ignoreUnreachable(thrown: unknown): undefined {
  if (thrown instanceof FederationError && thrown.code === 'coordinator-unreachable') return;
  throw thrown;
}
