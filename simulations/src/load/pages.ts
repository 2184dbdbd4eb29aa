/** Pages and headless clients together in one federation: does anything stall? */
import { joinFederation, MemoryStorage, type Session } from '@fedhybnn/client';
import { NodePool } from '@fedhybnn/client/node';
import { verifyFolder } from '@fedhybnn/server';
import { type PublishedRound, parse, roundsReplySchema, type Task } from '@fedhybnn/shared';
import { type Digits, loadDigits } from '../page-harness/digits.js';
import type { JoinPage } from '../page-harness/join-page.js';
import { Phones } from '../page-harness/phones.js';
import { MeasuredCoordinator } from './measured-coordinator.js';
import { median } from './percentile.js';

export interface PagesOptions {
  /** Join pages, each in a phone of its own. */
  readonly pages: number;
  /** Headless clients beside them. */
  readonly headless: number;
  readonly pageRounds: number;
  readonly coordinator?: string | undefined;
  readonly folder?: string | undefined;
  readonly nodeArguments?: readonly string[];
  readonly note: (line: string) => void;
}

export interface PagesFigures {
  readonly pages: number;
  readonly headlessClients: number;
  readonly pageRounds: number;
  /** Fewest updates that were counted in a round: of everybody, where nothing stalls. */
  readonly leastCounted: number;
  /** Pages that say that the federation has ended, and errors on their consoles. */
  readonly pagesEnded: number;
  readonly pageErrors: number;
  /** From one published round to the next. */
  readonly roundMs: number;
  readonly longestRoundMs: number;
  readonly coordinatorCpuSeconds: number;
  readonly coordinatorRssMb: number;
}

/** As the demo's federations. */
const EXTRACTOR = 'patches-512';
/** Pages opened at a time: people do not scan a code all in one second. */
const TOGETHER = 5;
/** Longer than any round may take, and than all of them. */
const PATIENCE_MS = 600_000;

/** Everybody is waited for in every round: one that stalls would be seen at once. */
export async function measurePages(options: PagesOptions): Promise<PagesFigures> {
  const { pages, headless, pageRounds, coordinator: command, folder, nodeArguments } = options;
  const digits = await loadDigits(EXTRACTOR);
  const task = digits.task({
    ...{ id: 'pages', rounds: pageRounds, goal: pages + headless, hidden: [512] },
    ...{ gatherMs: PATIENCE_MS, deadlineMs: PATIENCE_MS },
  });
  const { extractor } = digits;
  const coordinator = await MeasuredCoordinator.start({
    ...{ task, extractor, command, folder, ...(nodeArguments && { nodeArguments }) },
  });
  const phones = await Phones.start();
  const trainer = new NodePool({ workers: 1 });
  const times: number[] = [];
  try {
    const url = `http://127.0.0.1:${coordinator.port}`;
    const sessions: Session[] = [];
    for (let i = 1; i <= headless; i++) {
      sessions.push(await joinHeadless(url, task, digits, trainer, i, times));
    }
    options.note(`  ${headless} headless clients are ready`);
    const opened = await openPages(phones, `${url}/${task.id}`, options);
    const ended = opened.map((phone) => phone.says(phone.messages.train.state.ended, PATIENCE_MS));
    const outcomes = await Promise.allSettled([...ended, ...sessions.map((each) => each.finished)]);
    const pagesEnded = outcomes.slice(0, pages).filter(({ status }) => status === 'fulfilled');
    const rounds = await publishedRounds(url, task);
    await verifyFolder(coordinator.dataFolder, task.id);
    const waits = times.slice(1).map((time, i) => time - times[i]);
    return {
      ...{ pages, headlessClients: headless, pageRounds: rounds.length },
      leastCounted: Math.min(...rounds.map(({ counted }) => counted)),
      pagesEnded: pagesEnded.length,
      pageErrors: opened.reduce((sum, { errors }) => sum + errors.length, 0),
      roundMs: median(waits),
      longestRoundMs: Math.max(...waits),
      coordinatorCpuSeconds: await coordinator.cpuSeconds(),
      coordinatorRssMb: await coordinator.rssMb(),
    };
  } finally {
    await phones.putAway();
    await phones.close();
    await trainer.close();
    await coordinator.stop();
  }
}

/** @param times when rounds were published, as the first of them hears it */
async function joinHeadless(
  url: string,
  task: Task,
  digits: Digits,
  trainer: NodePool,
  number: number,
  times: number[],
): Promise<Session> {
  return joinFederation({
    url: `${url}/${task.id}`,
    client: `headless-${number}`,
    data: { kind: 'bits', data: await digits.part(number) },
    trainer,
    storage: new MemoryStorage(),
    onEvent: ({ type }) => {
      if (number === 1 && type === 'published') times.push(performance.now());
    },
  });
}

/** Takes as many phones to training as asked, some at a time. */
async function openPages(
  phones: Phones,
  link: string,
  { pages, note }: PagesOptions,
): Promise<JoinPage[]> {
  const opened: JoinPage[] = [];
  while (opened.length < pages) {
    const count = Math.min(TOGETHER, pages - opened.length);
    const some = await Promise.all(Array.from({ length: count }, () => phones.take()));
    await Promise.all(some.map((phone) => phone.train(link)));
    opened.push(...some);
    note(`  ${opened.length} pages train`);
  }
  return opened;
}

async function publishedRounds(url: string, { id }: Task): Promise<readonly PublishedRound[]> {
  const reply = await fetch(`${url}/v1/tasks/${id}/rounds?after=0`);
  return parse(roundsReplySchema, await reply.json(), 'the coordinator’s answer').rounds;
}
