/** What a participant can do. */
import { batch } from '@preact/signals';
import { EngineClient, EngineError } from '../engine/engine-client.js';
import type { Picture, Reading, Stroke } from '../engine/messages.js';
import { keepAwake } from './awake.js';
import { onReport } from './reports.js';
import {
  earlier,
  erased,
  failure,
  heldOut,
  IDLE,
  joinCode,
  keep,
  points,
  prediction,
  progress,
  reading,
  readingNow,
  repaired,
  task,
  tasks,
  training,
  VIEWS,
  type View,
  view,
} from './store.js';

let engine: EngineClient | undefined;

/** Starts the page: asks the coordinator what the address means. */
export async function open(): Promise<void> {
  engine ??= new EngineClient(onReport);
  const { url, code } = readAddress(location.href);
  const there = engine;
  await attempt(async () => {
    const opened = await there.call('open', { url });
    batch(() => {
      if (code !== undefined) joinCode.value = code;
      if ('tasks' in opened) {
        tasks.value = opened.tasks;
        return;
      }
      task.value = opened.task;
      earlier.value = opened.earlier;
      reading.value = opened.earlier.reading;
      keep.value = opened.earlier.reading !== undefined && !opened.earlier.reading.builtIn;
      repaired.value = opened.repaired;
      if (opened.task.accuracy !== null && opened.task.round > 0) {
        points.value = [{ round: opened.task.round, central: opened.task.accuracy }];
      }
    });
    if ('task' in opened && opened.earlier.running && !opened.task.ended) await start();
  });
}

/** The federation's address and the code, out of the page's own: `/mnist#code=…`, `/join/mnist`. */
export function readAddress(href: string): { url: string; code: string | undefined } {
  const { origin, pathname, searchParams, hash } = new URL(href);
  const name = searchParams.get('task') ?? pathname.replace(/^\/join(\/|$)|^\/|\/$/g, '');
  const code = new URLSearchParams(hash.slice(1)).get('code') ?? searchParams.get('code');
  return { url: `${origin}/${name}`, code: code ?? undefined };
}

export function show(next: View): void {
  if (view.value === next) return;
  history.pushState(null, '', `#${next}`);
  followHash();
}

/** Shows what the address's fragment names: also after the browser's back button. */
export function followHash(): void {
  const named = VIEWS.find((name) => location.hash === `#${name}`) ?? 'what';
  // Nothing to see there before training has begun.
  view.value = named === 'train' && training.value.state === 'idle' ? 'data' : named;
}

export const addBuiltIn = () => read((there) => there.call('addBuiltIn'));
export const addDrawing = (strokes: readonly Stroke[], label: number) =>
  read((there) => there.call('addDrawing', { strokes, label }));
export const addFiles = (files: readonly { readonly file: Blob; readonly label: number }[]) =>
  read((there) => there.call('addFiles', { files }));
export const remove = (index: number) => read((there) => there.call('remove', { index }));
export const removeAll = () => read((there) => there.call('removeAll'));

export async function start(): Promise<void> {
  batch(() => {
    erased.value = false;
    training.value = { ...training.value, state: 'joining', error: undefined };
  });
  show('train');
  keepAwake(true);
  await command((there) =>
    there.call('start', { keep: keep.value, joinCode: joinCode.value.trim() || undefined }),
  );
}

export async function pause(): Promise<void> {
  keepAwake(false);
  await command((there) => there.call('pause'));
  if (training.value.state !== 'ended') training.value = { ...training.value, state: 'paused' };
}

/** Ends training for good, as far as this visit goes: back to the data. */
export async function stop(): Promise<void> {
  await pause();
  show('data');
}

/** The page is visible again. */
export function wake(): void {
  void attempt(async () => engine?.call('wake'));
}

export async function predict(picture: Picture): Promise<void> {
  await attempt(async () => {
    const answer = await engine?.call('predict', picture);
    if (answer) prediction.value = answer;
  });
}

/** The trained head as a file. */
export async function download(): Promise<void> {
  await attempt(async () => {
    const file = await engine?.call('exportHead');
    if (file === undefined) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([file as Uint8Array<ArrayBuffer>]));
    link.download = `${task.value?.id ?? 'model'}-round-${task.value?.round ?? 0}.fhh`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

export async function erase(): Promise<void> {
  keepAwake(false);
  await command((there) => there.call('erase'));
  batch(() => {
    for (const each of [reading, prediction, progress, heldOut, earlier]) each.value = undefined;
    points.value = [];
    training.value = IDLE;
    keep.value = false;
    repaired.value = false;
    erased.value = true;
  });
}

async function read(work: (there: EngineClient) => Promise<Reading>): Promise<void> {
  await attempt(async () => {
    erased.value = false;
    readingNow.value = { done: 0, of: 0 };
    try {
      if (engine) reading.value = await work(engine);
    } finally {
      readingNow.value = undefined;
    }
  });
}

/** A command of the training: its failure is shown with the training. */
async function command(work: (there: EngineClient) => Promise<unknown>): Promise<void> {
  try {
    if (engine) await work(engine);
  } catch (thrown) {
    keepAwake(false);
    training.value = { ...training.value, state: 'failed', error: asEngineError(thrown) };
  }
}

async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    failure.value = undefined;
    await work();
  } catch (thrown) {
    failure.value = asEngineError(thrown);
  }
}

function asEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  return new EngineError('internal', thrown instanceof Error ? thrown.message : String(thrown));
}
