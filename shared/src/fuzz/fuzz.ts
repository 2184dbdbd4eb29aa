/** Feeds hostile inputs to decoders until one of them does what it must not. */
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { type AllocationMeter, meterAllocations } from './allocation-meter.js';
import { hostileInput } from './mutate.js';
import type { FuzzTarget } from './target.js';

export interface FuzzOptions {
  /** How many inputs in all; the targets take turns. */
  readonly inputs: number;
  readonly seed: number;
  /** Milliseconds on any clock; without it, nothing is timed. */
  readonly now?: () => number;
  /** An input that takes longer, again and again, is a violation. Default 1000 ms. */
  readonly slowestMs?: number;
  /** Called every 2¹⁶ inputs. */
  readonly onProgress?: (done: number, targets: readonly TargetCounts[]) => void;
}

export interface TargetCounts {
  readonly target: string;
  accepted: number;
  refused: number;
  /** Of the slowest input, the best of some runs, milliseconds; 0 where nothing is timed. */
  slowestMs: number;
  /** The most bytes of buffers that one input asked for. */
  mostAllocated: number;
}

/** What an input did that no input may do. */
export interface Violation {
  readonly target: string;
  /** Hexadecimal. */
  readonly input: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly targets: readonly TargetCounts[];
  readonly violation: Violation | undefined;
}

/** Beyond a target's workspace, bytes that may be allocated for each byte of input. */
const ALLOCATED_PER_BYTE = 64;
const WORKSPACE = 65_536;

/**
 * Stops at the first violation: an error that is no `FederationError`, a message that is not one line,
 * an allocation out of proportion to the input, an input that takes too long. The same seed, targets
 * and number give the same inputs.
 */
export async function fuzz(
  targets: readonly FuzzTarget[],
  { inputs, seed, now = () => 0, slowestMs = 1000, onProgress }: FuzzOptions,
): Promise<FuzzReport> {
  const randoms = targets.map(({ name }) => new Random(deriveSeed(seed, 'fuzz', name)));
  const counts = targets.map(
    ({ name }): TargetCounts => ({
      ...{ target: name, accepted: 0, refused: 0, slowestMs: 0, mostAllocated: 0 },
    }),
  );
  const meter = meterAllocations();
  try {
    for (let done = 0; done < inputs; done++) {
      const t = done % targets.length;
      const target = targets[t];
      const input = hostileInput(target, randoms[t]);
      const start = now();
      let problem = await feed(target, input, counts[t], meter);
      let elapsed = now() - start;
      if (elapsed > counts[t].slowestMs) {
        elapsed = Math.min(elapsed, await fastestOf(target, input, now));
        counts[t].slowestMs = Math.max(counts[t].slowestMs, elapsed);
      }
      if (elapsed > slowestMs) problem ??= new Error(`it takes more than ${slowestMs} ms`);
      if (problem !== undefined) {
        const { message, stack } = problem;
        const violation = { target: target.name, input: hexOf(input), message, stack };
        return { inputs: done + 1, targets: counts, violation };
      }
      if ((done + 1) % 65_536 === 0) onProgress?.(done + 1, counts);
    }
  } finally {
    meter.stop();
  }
  return { inputs, targets: counts, violation: undefined };
}

/** Returns what is wrong, if anything. */
async function feed(
  target: FuzzTarget,
  input: Uint8Array,
  counts: TargetCounts,
  meter: AllocationMeter,
): Promise<Error | undefined> {
  meter.take();
  try {
    const running = target.run(input);
    if (running !== undefined) await running;
    counts.accepted++;
  } catch (error) {
    if (!(error instanceof FederationError)) {
      return error instanceof Error ? error : new Error(String(error));
    }
    if (/[\r\n]/.test(error.message)) return new Error(`not one line: ${error.message}`);
    counts.refused++;
  }
  const allocated = meter.take();
  counts.mostAllocated = Math.max(counts.mostAllocated, allocated);
  const most = (target.workspace ?? WORKSPACE) + ALLOCATED_PER_BYTE * input.length;
  if (allocated <= most) return undefined;
  return new Error(`${allocated} bytes asked for by ${input.length} bytes of input`);
}

/** The machine may have been busy, or collecting garbage: what counts is the best of three runs. */
async function fastestOf(
  target: FuzzTarget,
  input: Uint8Array,
  now: () => number,
): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3; turn++) {
    const start = now();
    try {
      await target.run(input);
    } catch {
      // A refusal takes its time, too.
    }
    fastest = Math.min(fastest, now() - start);
  }
  return fastest;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
