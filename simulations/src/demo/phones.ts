/**
 * The demo's second federation, open for phones as long as the demo runs. Three headless clients wait
 * in it; a round begins only when a fourth participant is there, so that it idles without a phone.
 */
import { FederationError, mnistTask, type Task } from '@fedhybnn/shared';
import { renderUnicodeCompact } from 'uqr';
import { joinAddresses } from './addresses.js';

export const COMPANIONS = 3;
/** More devices than ever stand in one room take part in a round. */
const MOST = 50;

/** Its task, on the extractor of the first. */
export function phoneTask(extractor: Task['extractor']): Task {
  const task = mnistTask({
    id: 'digits',
    extractor,
    rule: 'sign-vote',
    federation: {
      rounds: 2_000,
      goal: MOST,
      minimum: COMPANIONS + 1,
      // Everybody who is there takes part; whoever comes while a round runs is in the next one.
      gatherMs: 300,
      deadlineMs: 10_000,
      seed: 2,
    },
  });
  return { ...task, title: 'Handwritten digits, with your phone' };
}

/** How to join with a phone: the address, and a code to scan where others can reach it. */
export function invitation(port: number, task: Task): string[] {
  const { local, network } = joinAddresses(port, task.id);
  if (network === undefined) return [`Join with a browser on this machine: ${local}`];
  return [
    `Join with a phone in the same network: ${network}`,
    renderUnicodeCompact(network, { border: 2 }),
  ];
}

/** Resolves when the coordinator knows a task, or at the signal. */
export async function taskKnown(url: string, id: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 300 && !signal.aborted; attempt++) {
    const reply = await fetch(`${url}/v1/tasks/${id}`, { signal }).catch(() => undefined);
    if (reply?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (signal.aborted) return;
  throw new FederationError('unknown-task', `the coordinator did not find the task ${id}`);
}
