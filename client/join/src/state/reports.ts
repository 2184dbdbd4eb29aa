/** From the engine's reports to what is shown. */
import { batch } from '@preact/signals';
import type { EngineReport } from '../engine/engine-client.js';
import type { PlainSessionEvent } from '../engine/messages.js';
import {
  heldOut,
  type Point,
  points,
  progress,
  readingNow,
  type Training,
  task,
  training,
  tuning,
} from './store.js';

export function onReports(reports: readonly EngineReport[]): void {
  batch(() => reports.forEach(onReport));
}

function onReport(report: EngineReport): void {
  switch (report.type) {
    case 'reading':
      readingNow.value = { done: report.done, of: report.of };
      break;
    case 'fine-tuning':
      tuning.value = { epoch: report.epoch, epochs: report.epochs };
      break;
    case 'progress':
      progress.value = report.progress;
      break;
    case 'measured': {
      const { round, correct, total } = report.measured;
      heldOut.value = report.measured;
      addPoint({ round, own: correct / total });
      break;
    }
    case 'session':
      onSession(report.event);
  }
}

function onSession(event: PlainSessionEvent): void {
  if (event.type === 'published') {
    const { round, accuracy } = event;
    addPoint({ round, central: accuracy ?? undefined });
    if (task.value) task.value = { ...task.value, round, accuracy };
    const over = Math.max(training.value.over, round);
    training.value = { ...training.value, over };
    if (training.value.state === 'others') wait();
  } else {
    training.value = { ...training.value, ...changed(event) };
    if (event.type === 'waiting' || event.type === 'online') wait();
    const isOver = event.type === 'ended' && event.why === 'federation-ended';
    if (isOver && task.value) task.value = { ...task.value, ended: true };
  }
}

/** There is nothing to do: until the others of its round have answered, or until the next round. */
function wait(): void {
  const { counted, over } = training.value;
  training.value = { ...training.value, state: counted > over ? 'others' : 'waiting' };
}

/** What an event changes of the training. */
function changed(event: PlainSessionEvent): Partial<Training> {
  switch (event.type) {
    case 'joined':
      return { state: 'joining', needed: 0, error: undefined };
    case 'waiting':
      return { error: undefined };
    case 'online':
      return { over: event.round, error: undefined };
    case 'gathering':
      return { needed: Math.max(0, event.needed - event.ready) };
    case 'round':
      return { state: 'training', round: event.round, epoch: 0, needed: 0, error: undefined };
    case 'epoch':
      return { state: 'training', epoch: event.epoch, epochs: event.epochs };
    case 'uploading':
      return { state: 'sending', bytes: event.bytes };
    case 'accepted':
      return { state: 'accepted', round: event.round, counted: event.round };
    case 'offline':
      return { state: 'offline', needed: 0, error: event.error };
    case 'ended':
      if (event.why === 'failed') return { state: 'failed', error: event.error };
      return { state: event.why === 'stopped' ? 'paused' : 'ended', error: undefined };
    default:
      return {};
  }
}

/** Puts a round's accuracy beside what is known of it. */
function addPoint(point: Point): void {
  const known = points.value;
  const at = known.findIndex(({ round }) => round >= point.round);
  if (at < 0) points.value = [...known, point];
  else if (known[at].round === point.round) {
    const { own = known[at].own, central = known[at].central } = point;
    points.value = known.with(at, { round: point.round, own, central });
  } else points.value = known.toSpliced(at, 0, point);
}
