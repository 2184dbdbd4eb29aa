/** What a participant can do. */
import { batch } from '@preact/signals';
import { EngineClient, EngineError } from '../engine/engine-client.js';
import type { ModelName, Question, Reading, Stroke } from '../engine/messages.js';
import { keepAwake } from './awake.js';
import { concerns } from './concerns.js';
import { onReports } from './reports.js';
import {
  asking,
  asksForCode,
  comparison,
  earlier,
  erased,
  failure,
  heldOut,
  IDLE,
  joinCode,
  keep,
  modelName,
  points,
  prediction,
  progress,
  question,
  reading,
  readingNow,
  repaired,
  running,
  task,
  tasks,
  training,
  tuning,
  VIEWS,
  type View,
  view,
  weights,
} from './store.js';

let engine: EngineClient | undefined;

/** How long a coordinator that does not answer is left alone. Milliseconds. */
const AGAIN_MS = 10_000;
let again: ReturnType<typeof setTimeout> | undefined;

/**
 * Starts the page: asks the coordinator what the address means, and again as long as it does not
 * answer.
 */
export async function open(): Promise<void> {
  clearTimeout(again);
  engine ??= new EngineClient(onReports);
  const { url, code } = readAddress(location.href);
  const asked = engine;
  await attempt(async () => {
    const opened = await asked.call('open', { url });
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
    const there = 'task' in opened ? opened : undefined;
    if (there?.earlier.running && !there.task.ended && !there.task.offline) await start();
  });
  const unreachable = !task.value && failure.value?.code === 'coordinator-unreachable';
  if (task.value?.offline || unreachable) again = setTimeout(() => void open(), AGAIN_MS);
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
export const addTable = (file: File) => read((there) => there.call('addTable', { file }));
export const relabel = (index: number, label: number) =>
  read((there) => there.call('relabel', { index, label }));
export const remove = (index: number) => read((there) => there.call('remove', { index }));
export const removeAll = () => read((there) => there.call('removeAll'));

/** The participant has been asked and wants to train in spite of all concerns. */
let agreed = false;

/** Trains, or asks first whether to do so. */
export async function start(): Promise<void> {
  const against = agreed ? [] : await concerns();
  if (against.length > 0) {
    asking.value = against;
    return;
  }
  batch(() => {
    erased.value = false;
    // What asked for a code stays until it is known whether this one is right.
    const error = asksForCode.value ? training.value.error : undefined;
    training.value = { ...training.value, state: 'joining', error };
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

/** The answer to what {@link asking} asks. */
export async function answer(wanted: boolean): Promise<void> {
  asking.value = [];
  if (!wanted) return;
  agreed = true;
  await start();
}

/** The battery has become low while the page is open. */
export async function onLowBattery(): Promise<void> {
  if (!running.value || agreed) return;
  await pause();
  asking.value = ['low-battery'];
}

/** Ends training for good, as far as this visit goes: back to the data. */
export async function stop(): Promise<void> {
  await pause();
  show('data');
}

/** The page is visible or online again. */
export function hurry(): void {
  if (task.value?.offline || (!task.value && failure.value)) void open();
  else void attempt(async () => engine?.call('hurry'));
}

/** The browser says that there is no network. */
export function reconnect(): void {
  void attempt(async () => engine?.call('reconnect'));
}

export async function predict(asked: Question): Promise<void> {
  question.value = asked;
  await attempt(async () => {
    const given = await engine?.call('predict', { question: asked, model: modelName.value });
    // Meanwhile the pad may have been cleared, or drawn on.
    if (given && question.value === asked) prediction.value = given;
  });
}

export function clearQuestion(): void {
  question.value = undefined;
  prediction.value = undefined;
}

/** One of the participant's own rows, to try with. */
export async function ownRow(): Promise<readonly string[] | undefined> {
  let row: readonly string[] | undefined;
  await attempt(async () => {
    row = await engine?.call('ownRow');
  });
  return row;
}

export async function showWeights(): Promise<void> {
  await attempt(async () => {
    weights.value = await engine?.call('weights', { model: modelName.value });
  });
}

/** Asks the other model the same question. */
export async function chooseModel(name: ModelName): Promise<void> {
  modelName.value = name;
  if (weights.value) await showWeights();
  if (question.value) await predict(question.value);
}

export async function personalize(): Promise<void> {
  tuning.value = { epoch: 0, epochs: 1 };
  await attempt(async () => {
    comparison.value = await engine?.call('personalize');
  });
  tuning.value = undefined;
  if (comparison.value) await chooseModel('personal');
}

/** The head of the model that is tried, as a file. */
export async function download(): Promise<void> {
  const name = modelName.value;
  await attempt(async () => {
    const file = await engine?.call('exportHead', { model: name });
    if (file === undefined) return;
    const round = name === 'personal' ? comparison.value?.round : task.value?.round;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([file as Uint8Array<ArrayBuffer>]));
    link.download = `${task.value?.id ?? 'model'}-round-${round ?? 0}${name === 'personal' ? '-mine' : ''}.fhh`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

export async function erase(): Promise<void> {
  keepAwake(false);
  await command((there) => there.call('erase'));
  batch(() => {
    for (const each of [reading, progress, heldOut, earlier, comparison]) each.value = undefined;
    modelName.value = 'shared';
    clearQuestion();
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
