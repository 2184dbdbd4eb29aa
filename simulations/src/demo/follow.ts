/** Prints a federation's published rounds as they come, until it ends. */
import {
  FederationError,
  type PublishedRound,
  parameterCount,
  parse,
  roundsReplySchema,
  type Task,
  taskReplySchema,
} from '@fedhybnn/shared';

export interface Follow {
  readonly url: string;
  readonly task: Task;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  /** Rejects when the federation cannot go on. */
  readonly failed: Promise<never>;
}

const POLL_MS = 250;

/** Resolves when the federation has ended, or at the signal. */
export async function followFederation(follow: Follow): Promise<void> {
  const { url, task, print, signal, failed } = follow;
  const { rounds, goal } = task.federation;
  const parameters = parameterCount(task);
  const before = await federationProgress(url, task.id, 0, signal);
  const played: PublishedRound[] = [...before.rounds];
  const resumed = played.at(-1);
  print(`${parameters.toLocaleString('en')} parameters, ${rounds} rounds of ${goal} updates.`);
  if (resumed !== undefined && before.phase !== 'ENDED')
    print(`Going on after round ${resumed.round} of an earlier start:`);
  print(`${'round'.padStart(7)}  accuracy   up/round   down/round   up bpp   down bpp`);
  if (resumed !== undefined) print(line(resumed, task, parameters));
  const start = performance.now();
  for (let phase = before.phase; phase !== 'ENDED' && !signal.aborted; ) {
    const after = played.at(-1)?.round ?? 0;
    const news = await Promise.race([federationProgress(url, task.id, after, signal), failed]);
    for (const round of news.rounds) print(line(round, task, parameters));
    played.push(...news.rounds);
    phase = news.phase;
    if (phase !== 'ENDED') await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if (!signal.aborted) printTotals(played, parameters, performance.now() - start, print);
}

function printTotals(
  played: readonly PublishedRound[],
  parameters: number,
  ms: number,
  print: (line: string) => void,
): void {
  const last = played.at(-1);
  if (last === undefined) return;
  const sum = (pick: (round: PublishedRound) => number) =>
    played.reduce((total, round) => total + pick(round), 0);
  const updates = sum(({ counted }) => counted);
  const up = sum(({ uplinkBytes }) => uplinkBytes);
  const down = sum(({ downlinkBytes, counted }) => downlinkBytes * counted);
  print(
    `The federation has ended after ${last.round} rounds (${(ms / 1000).toFixed(1)} s of this start): ${percent(last.accuracy)} of the test images are read right.`,
  );
  print(
    `All clients together: ${megabytes(up)} up, ${megabytes(down)} down. In 32-bit numbers it would have been ${megabytes(4 * parameters * updates)} each way.`,
  );
  print(`Model ${last.model}`);
}

/** The phase, and the rounds published after a number. */
export async function federationProgress(
  url: string,
  task: string,
  after: number,
  signal: AbortSignal,
): Promise<{ phase: string; rounds: PublishedRound[] }> {
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${url}/v1/tasks/${task}${path}`, { signal })).json();
  try {
    // In this order: rounds that are published in between are told next time.
    const { phase, latest } = parse(taskReplySchema, await ask(''), 'the coordinator’s answer');
    const answer = await ask(`/rounds?after=${after}`);
    const { rounds } = parse(roundsReplySchema, answer, 'the coordinator’s answer');
    const complete = (rounds.at(-1)?.round ?? after) >= latest.round;
    return { phase: complete ? phase : 'OPEN', rounds };
  } catch (cause) {
    if (signal.aborted) return { phase: 'OPEN', rounds: [] };
    throw new FederationError('coordinator-unreachable', `no answer from ${url}`, { cause });
  }
}

function line(round: PublishedRound, task: Task, parameters: number): string {
  const upBpp = (8 * round.uplinkBytes) / Math.max(1, round.counted) / parameters;
  const downBpp = (8 * round.downlinkBytes) / parameters;
  return [
    `${round.round}/${task.federation.rounds}`.padStart(7),
    percent(round.accuracy).padStart(8),
    kilobytes(round.uplinkBytes).padStart(9),
    kilobytes(round.downlinkBytes * round.counted).padStart(11),
    upBpp.toFixed(3).padStart(7),
    downBpp.toFixed(3).padStart(9),
  ].join('  ');
}

const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(2)} %`);
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
