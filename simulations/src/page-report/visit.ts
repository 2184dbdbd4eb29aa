/** One visit of the join page by a phone of some speed: to the first view, and through a training. */
import type { CDPSession } from 'playwright-core';
import type { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import type { JoinPage } from '../page-harness/join-page.js';
import type { Phones } from '../page-harness/phones.js';
import { type LineSpeed, SlowLine } from '../page-harness/slow-line.js';
import { hasEnded, watchTimes } from './in-page.js';

export interface PhoneSpeed {
  readonly name: string;
  /** How many times slower the main thread is than this machine's. */
  readonly cpu: number;
  /** Absent: as fast as this machine. */
  readonly line?: LineSpeed;
}

export interface VisitFigures {
  /** From the link to the first contents, and the largest. Milliseconds, as all times. */
  readonly firstPaintMs: number;
  readonly largestPaintMs: number;
  /** Until the first action was seen and nothing kept the main thread for 50 ms any more. */
  readonly interactiveMs: number;
  /** Sum of what long tasks took over 50 ms, until then. */
  readonly blockingMs: number;
  /** From the first tap to what it painted. */
  readonly tapMs: number;
  /** Bytes received until the first action was seen, and until training began, headers included. */
  readonly firstViewBytes: number;
  readonly trainingBytes: number;
  /** Tasks of more than 50 ms on the main thread while training, and the longest task. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** Processor time of the main thread in a round, on average: other programs hardly change it. */
  readonly workMs: number;
  readonly rounds: number;
  readonly consoleErrors: number;
}

export const LONG_TASK_MS = 50;
/** So long nothing may keep the main thread after the first view for it to count as interactive. */
const QUIET_MS = 2000;
/** For all rounds of a training over a slow line. */
const PATIENCE_MS = 300_000;
/** After the last question before the training. */
const SETTLED_MS = 1000;
/** How often it is asked whether the training has ended. */
const ASK_MS = 250;

export async function visit(
  coordinator: DigitsCoordinator,
  phones: Phones,
  speed: PhoneSpeed,
  rounds: number,
): Promise<VisitFigures> {
  const task = await coordinator.create({
    ...{ rounds, goal: 1, hidden: [512], training: { epochs: 1 } },
  });
  const line = await SlowLine.open(coordinator.port, speed.line);
  const phone = await phones.take();
  try {
    const { page } = phone;
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Emulation.setCPUThrottlingRate', { rate: speed.cpu });
    await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.addInitScript(watchTimes, phone.messages.what.next);
    await page.goto(`${line.url}/${task.id}`, { waitUntil: 'commit' });
    await page.waitForFunction(() => globalThis.fedhybnnTimes?.shown !== undefined);
    const firstViewBytes = line.received;
    await page.waitForTimeout(QUIET_MS);
    const first = await page.evaluate(() => globalThis.fedhybnnTimes);
    await phone.chooseData();
    const { tap } = await page.evaluate(() => globalThis.fedhybnnTimes);
    await phone.takeSample();
    const trainingBytes = line.received;
    const worked = await mainThreadMs(devTools);
    const begin = await trainUnwatched(phone);
    const work = (await mainThreadMs(devTools)) - worked;
    const { longTasks } = await page.evaluate(() => globalThis.fedhybnnTimes);
    const durations = longTasks.filter(([at]) => at >= begin).map(([, duration]) => duration);
    const { shown = 0, firstPaint = 0, largestPaint = 0 } = first;
    const before = first.longTasks.map(([begin, duration]) => ({
      end: begin + duration,
      duration,
    }));
    return {
      firstPaintMs: firstPaint,
      largestPaintMs: largestPaint,
      interactiveMs: Math.max(shown, ...before.map(({ end }) => end)),
      blockingMs: before.reduce((sum, { duration }) => sum + duration - LONG_TASK_MS, 0),
      tapMs: tap,
      firstViewBytes,
      trainingBytes,
      longTasks: durations.length,
      longestTaskMs: Math.max(0, ...durations),
      workMs: work / rounds,
      rounds,
      consoleErrors: (await phones.putAway()).length,
    };
  } finally {
    await phones.putAway();
    await line.close();
  }
}

/**
 * Trains to the end. Nobody asks the page meanwhile for what it shows, by roles or by words: on a slow
 * main thread such a question is itself a task of 50 to 200 ms.
 * @returns when it began, by the page's `performance.now()`
 */
async function trainUnwatched(phone: JoinPage): Promise<number> {
  const { page } = phone;
  const start = phone.button(phone.messages.data.start);
  await start.scrollIntoViewIfNeeded();
  const box = await start.boundingBox();
  if (box === null) throw new Error('there is no button that starts the training');
  await page.waitForTimeout(SETTLED_MS);
  const begin = await page.evaluate(() => performance.now());
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction(hasEnded, undefined, { polling: ASK_MS, timeout: PATIENCE_MS });
  return begin;
}

/** Processor time that the main thread has taken so far. */
async function mainThreadMs(devTools: CDPSession): Promise<number> {
  const { metrics } = await devTools.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
}
