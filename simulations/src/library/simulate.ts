/** The simulator as a function: {@link simulate}. */
import {
  checkHead,
  checkRobust,
  classificationTask,
  FederationError,
  type LabeledBits,
  parse,
  type RobustSettings,
  type Task,
  taskSchema,
} from '@fedhybnn/shared';
import { parseAttack, parseDefenses, underAttack } from '../attacks/index.js';
import { simulateInProcess } from '../engine/in-process.js';
import type { Simulation } from '../engine/simulation.js';
import { DealtPartition, type Partition, parsePartition, partition } from '../partitions/index.js';
import { startingModel } from '../run/starting-model.js';
import { type CustomRule, customRule } from './custom-rule.js';
import { labelNames, type PreparedSamples, prepareSamples } from './samples.js';
import type { PartitionFunction, Simulated, SimulateOptions } from './simulate-options.js';

/**
 * Plays a whole federation in this process: extracts latent bits, deals samples to virtual clients,
 * trains them on threads, aggregates, measures. Same options and seed, same model, bit for bit, with
 * any number of workers (as long as functions of one's own are deterministic).
 * @throws FederationError `bad-request` naming the option and what it may be
 */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const { clients = 100, seed = 1, workers = 2, attack, rule } = options;
  const samples = await prepareSamples(options.training, options.test, options.extractor, seed);
  const { training, test, extractorFile, extractor } = samples;
  try {
    const task = taskOf(options, samples);
    const { initial: given } = options;
    const initial = given && startingModel({ ...given, name: 'simulate: initial' }, task);
    const held = { training, partition: dealt(options.partition, training, clients, seed) };
    const simulation: Simulation = {
      ...{ task, extractorFile, test, workers, initial },
      ...(typeof attack === 'string'
        ? await underAttack(parseAttack(attack), task, held, seed, samples.images)
        : { ...held, attack }),
      ...(isCustom(rule) && { rule: customRule(rule) }),
      ...chosen(options, ['behavior', 'evaluateEvery', 'onRound', 'signal']),
    };
    const observers = [...(simulation.observers ?? []), ...(options.observers ?? [])];
    const result = await simulateInProcess({ ...simulation, observers });
    return { ...result, task, extractorFile };
  } finally {
    extractor.dispose();
  }
}

/** The task document, checked as one that comes from outside. */
function taskOf(options: SimulateOptions, samples: PreparedSamples): Task {
  const { clients = 100, rounds = 30, seed = 1, hidden, rule = 'block-vote' } = options;
  const cohort = options.cohort ?? Math.min(10, clients);
  if (cohort > clients) throw refused(`cohort ${cohort} of ${clients} clients`, 'at most all');
  const { extractor, input, training, test } = samples;
  const robust = defensesOf(options.robust);
  const multi = 'targets' in training;
  const task = classificationTask(
    {
      ...{ id: 'simulated', title: 'Simulated', description: 'A simulation', input },
      labels: [...(options.labels ?? labelNames(options.training) ?? numbered(training, test))],
      ...(multi && { classification: 'multi-label' }),
    },
    {
      extractor: { sha256: extractor.sha256, kind: extractor.kind, bits: extractor.bits },
      ...(hidden && { hidden }),
      // What clients of a rule of one's own train by.
      rule: isCustom(rule) ? 'fedavg' : rule,
      training: multi ? { loss: 'sigmoid-cross-entropy' } : {},
      federation: {
        ...{ rounds, seed, goal: cohort, minimum: cohort, ready: clients },
        ...{ gatherMs: 86_400_000, deadlineMs: 86_400_000 },
        ...(robust && { robust }),
      },
    },
  );
  const checked = parse(taskSchema, options.task?.(task) ?? task, 'task');
  checkHead(checked);
  if (!isCustom(rule)) checkRobust(checked);
  return checked;
}

/** Names of the labels, where they have none. */
function numbered(training: LabeledBits, test: LabeledBits): string[] {
  const count = 'targets' in training ? training.targets.cols : classes(training, test);
  return Array.from({ length: count }, (_, label) => String(label));
}

function classes(...sets: readonly LabeledBits[]): number {
  let most = 1;
  for (const set of sets) {
    if ('labels' in set) for (const label of set.labels) most = Math.max(most, label);
  }
  return most + 1;
}

function dealt(
  asked: SimulateOptions['partition'] = 'iid',
  training: LabeledBits,
  clients: number,
  seed: number,
): Partition {
  const labels = 'labels' in training ? training.labels : new Int32Array(training.bits.rows);
  if (typeof asked === 'string') return partition(parsePartition(asked), { labels }, clients, seed);
  if (typeof asked === 'function') return ownHands(asked, labels, clients, seed);
  if (asked.clients === clients) return asked;
  throw refused(`partition for ${asked.clients} clients`, `for ${clients}, as clients says`);
}

function ownHands(
  deal: PartitionFunction,
  labels: Int32Array,
  clients: number,
  seed: number,
): Partition {
  const hands = deal({ labels, clients, seed });
  if (hands.length !== clients) {
    throw refused(`partition with ${hands.length} hands`, `one for each of ${clients} clients`);
  }
  hands.forEach((hand, client) => {
    if (hand.length === 0) throw refused(`partition: client ${client} holds nothing`, 'a sample');
    for (let i = 0; i < hand.length; i++) {
      if (Number.isInteger(hand[i]) && hand[i] >= 0 && hand[i] < labels.length) continue;
      throw refused(
        `partition: client ${client} holds sample ${hand[i]}`,
        `a number below ${labels.length}`,
      );
    }
  });
  return DealtPartition.ofHands(hands);
}

function defensesOf(robust: SimulateOptions['robust']): RobustSettings | undefined {
  return typeof robust === 'string' ? parseDefenses(robust) : robust;
}

function isCustom(rule: SimulateOptions['rule']): rule is CustomRule {
  return typeof rule === 'object' && 'aggregate' in rule;
}

/** The options of these names that are given. */
function chosen<Name extends keyof SimulateOptions>(
  options: SimulateOptions,
  names: readonly Name[],
): Pick<SimulateOptions, Name> {
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  ) as Pick<SimulateOptions, Name>;
}

function refused(what: string, wanted: string): FederationError {
  return new FederationError('bad-request', `simulate: ${what}, but must be ${wanted}`);
}
