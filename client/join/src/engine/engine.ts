/** Carries out the page's commands, one after another where they touch the samples or the session. */
import type { TrafficCount } from '@fedhybnn/client';
import { type Extractor, FederationError } from '@fedhybnn/shared';
import { type Federation, latestModel, openExtractor, openFederation } from './federation.js';
import { loadBuiltIn } from './images/built-in.js';
import { readPicture } from './images/read-picture.js';
import { Memory } from './memory.js';
import type { Commands, EarlierVisit, Opened, Prediction, Reading, Report } from './messages.js';
import type { Predictor } from './predictor.js';
import { SampleSet } from './samples.js';
import type { TrainingRun } from './training-run.js';

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
  readonly extractor: Extractor;
  readonly samples: SampleSet;
}

const NO_TRAFFIC: TrafficCount = { sent: 0, received: 0, updates: 0, models: 0 };

export class Engine implements Handlers {
  private opened: Open | undefined;
  private run: TrainingRun | undefined;
  private predictor: Predictor | undefined;
  private traffic = NO_TRAFFIC;

  constructor(private readonly send: (report: Report) => void) {}

  async open({ url }: Commands['open'][0]): Promise<Opened> {
    const federation = await openFederation(url);
    if (!('info' in federation)) return { tasks: federation };
    const { info: task } = federation;
    if (task.unsupported) {
      return { task, earlier: { reading: undefined, running: false }, repaired: false };
    }
    const memory = await Memory.open(federation.description.hash);
    const extractor = await openExtractor(federation);
    const samples = new SampleSet(task, extractor);
    this.opened = { federation, memory, extractor, samples };
    const earlier = await this.restore(this.opened);
    return { task, earlier, repaired: memory.repaired };
  }

  async addBuiltIn(): Promise<Reading> {
    const { federation, samples } = this.there();
    const started = performance.now();
    const { labels, pixels } = await loadBuiltIn(federation.info);
    return samples.add(pixels, labels, { started, builtIn: true }, (done) =>
      this.send({ type: 'reading', done: Math.round(done * labels.length), of: labels.length }),
    );
  }

  async addDrawing({ strokes, label }: Commands['addDrawing'][0]): Promise<Reading> {
    const { federation, samples } = this.there();
    const started = performance.now();
    return samples.add(await readPicture({ strokes }, federation.info), [label], { started });
  }

  async addFiles({ files }: Commands['addFiles'][0]): Promise<Reading> {
    const { federation, samples } = this.there();
    const { width, height, channels } = federation.info.input;
    const started = performance.now();
    const pixels = new Uint8Array(files.length * width * height * channels);
    const labels: number[] = [];
    let read = 0;
    for (const { file, label } of files) {
      const picture = await readPicture({ file }, federation.info).catch(ignoreUnreadable);
      if (picture !== undefined) {
        pixels.set(picture, labels.length * picture.length);
        labels.push(label);
      }
      this.send({ type: 'reading', done: ++read, of: files.length });
    }
    const used = pixels.subarray(0, labels.length * width * height * channels);
    return samples.add(used, labels, { started, unreadable: files.length - labels.length });
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
    const { send, traffic: before } = this;
    // Only now: who just looks at the page need not load what trains.
    const { TrainingRun } = await import('./training-run.js');
    this.run = await TrainingRun.start({
      ...{ federation, samples, memory, send, before, joinCode },
    });
  }

  async pause(): Promise<undefined> {
    const { memory, samples } = this.there();
    await this.endRun();
    await memory.keepVisit({ running: false, builtIn: samples.reading().builtIn });
  }

  stop(): Promise<undefined> {
    return this.pause();
  }

  wake(): undefined {}

  async predict(picture: Commands['predict'][0]): Promise<Prediction> {
    const { federation, extractor } = this.there();
    const pixels = await readPicture(picture, federation.info);
    return (await this.currentPredictor()).predict(extractor, pixels);
  }

  async exportHead(): Promise<Uint8Array> {
    return (await this.currentPredictor()).file;
  }

  async erase(): Promise<undefined> {
    const { memory, samples } = this.there();
    await this.endRun();
    await memory.erase();
    samples.removeAll();
  }

  private async restore({ memory, samples }: Open): Promise<EarlierVisit> {
    const visit = await memory.visit();
    const stored = await memory.samples();
    if (stored !== undefined) {
      if (!samples.restore(stored)) memory.repaired = true;
    } else if (visit?.builtIn && visit.running) {
      await this.addBuiltIn();
    }
    const reading = samples.count > 0 ? samples.reading() : undefined;
    return { reading, running: (visit?.running ?? false) && reading !== undefined };
  }

  private async endRun(): Promise<void> {
    const { run } = this;
    if (run === undefined) return;
    this.run = undefined;
    await run.stop();
    this.traffic = run.traffic;
    this.lastModel = run.model ?? this.lastModel;
  }

  private lastModel: TrainingRun['model'];

  /** Of the model that the device holds, or the coordinator's latest before it has trained. */
  private async currentPredictor(): Promise<Predictor> {
    const { federation } = this.there();
    const model = this.run?.model ?? this.lastModel ?? (await latestModel(federation));
    this.lastModel = model;
    if (this.predictor?.round !== model.round) {
      const { Predictor } = await import('./predictor.js');
      this.predictor = await Predictor.create(federation.description.task, model);
    }
    return this.predictor;
  }

  private there(): Open {
    if (this.opened !== undefined) return this.opened;
    throw new FederationError('internal', 'no federation has been opened in this page yet');
  }
}

function ignoreUnreadable(thrown: unknown): undefined {
  if (thrown instanceof FederationError && thrown.code === 'file-corrupt') return undefined;
  throw thrown;
}
