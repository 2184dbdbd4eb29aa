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

export async function followFederation(follow: Follow): Promise<void> {
  const { url, task, print, signal, failed } = follow;
  const parameters = parameterCount(task);
  const start = performance.now();
  let latest: PublishedRound | undefined;
  let up = 0;
  let down = 0;
  let resumed = true;
  print(
    `${parameters.toLocaleString('en')} parameters, ${task.federation.rounds} rounds, goal ${task.federation.goal} updates a round`,
  );
  print(`${'round'.padStart(7)}  accuracy   up/round   down/round   up bpp   down bpp`);
  while (!signal.aborted) {
    const reply = await Promise.race([newRounds(url, task.id, latest?.round ?? 0, signal), failed]);
    for (const round of reply.rounds) {
      if (resumed && reply.rounds.length > 1 && round !== reply.rounds.at(-1)) {
        latest = round;
        continue;
      }
      latest = round;
      up += round.uplinkBytes;
      down += round.downlinkBytes * round.counted;
      print(line(round, task, parameters));
    }
    resumed = false;
    if (reply.phase === 'ENDED') break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if (latest === undefined || signal.aborted) return;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  print(
    `Federation ended after ${latest.round} rounds (${seconds} s here): ${percent(latest.accuracy)} on the test images; ${megabytes(up)} up and ${megabytes(down)} down since this start, all clients together.`,
  );
  print(`A 32-bit federation would have moved ${megabytes(32 * up)} up. Model ${latest.model}`);
}

async function newRounds(url: string, task: string, after: number, signal: AbortSignal) {
  try {
    const [state, rounds] = await Promise.all(
      [`${url}/v1/tasks/${task}`, `${url}/v1/tasks/${task}/rounds?after=${after}`].map(
        async (address) => (await fetch(address, { signal })).json(),
      ),
    );
    const { phase, latest } = parse(taskReplySchema, state, 'the coordinator’s answer');
    const published = parse(roundsReplySchema, rounds, 'the coordinator’s answer').rounds;
    // The two answers are not of one instant: the end is reached when both say so.
    const complete = (published.at(-1)?.round ?? after) >= latest.round;
    return { phase: complete ? phase : 'OPEN', rounds: published };
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
