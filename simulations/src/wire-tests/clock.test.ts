/** Clocks that are set while clients train: theirs and the coordinator's, which share a process here. */
import { afterEach, expect, it, vi } from 'vitest';
import { TinyCoordinator } from './tiny-coordinator.js';
import { tinyTask } from './tiny-federation.js';

const DAY_MS = 86_400_000;
let coordinator: TinyCoordinator | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await coordinator?.remove();
  coordinator = undefined;
});

/** The final model; before round r, the clock is set `days[r]` days ahead. */
async function played(days: Readonly<Record<number, number>>): Promise<string> {
  const task = tinyTask({ rounds: 5, deadlineMs: 600_000 });
  const began = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: began });
  coordinator = await TinyCoordinator.start(task);
  const onEvent = (event: { type: string; round?: number }) => {
    const ahead = event.type === 'published' ? days[(event.round ?? 0) + 1] : undefined;
    if (ahead !== undefined) vi.setSystemTime(began + ahead * DAY_MS);
  };
  // Whoever waited for an answer on a dead connection would wait longer than this test may.
  const answerMs = 600_000;
  const clients = [await coordinator.join('a', { onEvent, answerMs })];
  for (const name of ['b', 'c']) clients.push(await coordinator.join(name, { answerMs }));
  const summaries = await Promise.all(clients.map(({ session }) => session.finished));
  expect(summaries.map(({ contributed }) => contributed)).toEqual([5, 5, 5]);
  await coordinator.remove();
  coordinator = undefined;
  vi.useRealTimers();
  return summaries[0].model.sha256;
}

it('that jump by days, forward and back, change nothing of what is learned', async () => {
  // Beyond the tokens' day and the heartbeat's minute: clients connect again with new tokens.
  const disturbed = await played({ 2: 3, 3: -2, 4: 40, 5: 0 });
  expect(disturbed).toBe(await played({}));
});
