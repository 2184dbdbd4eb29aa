/** The dashboard's words in English; the other languages have the same shape. */
import type { LiveFederation } from '@fedhybnn/shared';
import type { Numbers } from '../../../look/src/numbers.js';

/** What a federation waits for. */
type Waiting = Pick<LiveFederation, 'ready' | 'readyFor' | 'minimum' | 'gatherMs'>;

export const en = {
  pageTitle: (where: string) => `${where} · FedHyBNN`,
  dashboard: 'Dashboard',
  language: 'Language',
  loading: 'Asking the coordinator …',
  skip: 'Skip to content',
  nav: {
    label: 'Dashboard',
    list: 'Federations',
    create: 'New federation',
    coordinator: 'Coordinator',
    logOut: 'Log out',
    operator: (name: string) => `Logged in as ${name}`,
  },
  login: {
    title: 'Log in',
    lead: 'For operators of this coordinator.',
    name: 'Name',
    password: 'Password',
    submit: 'Log in',
    busy: 'Logging in …',
    expired: 'Your session has ended. Log in again to go on.',
    help: 'No operator yet? On the coordinator’s machine:',
  },
  connection: {
    lost: 'No connection to the coordinator. What you see is from before; trying again.',
    failed:
      'The coordinator does not answer as it should. What you see is from before; trying again.',
  },
  phase: {
    WAITING: 'Waiting for clients',
    OPEN: 'Round open',
    SEALED: 'Counting votes',
    PAUSED: 'Paused',
    ENDED: 'Ended',
  },
  afterRound: {
    pause: 'Pauses after this round',
    end: 'Ends after this round',
  },
  admission: { open: 'Open to everybody', code: 'By join code' },
  list: {
    title: 'Federations',
    none: 'No federation yet.',
    noneText: 'Create one here, or with fedhybnn-coordinator create-task.',
    create: 'New federation',
    accuracy: 'Accuracy',
    trend: (first: string, last: string) => `Accuracy of the last rounds: from ${first} to ${last}`,
    summary: (n: Numbers, running: number, ready: number) =>
      `${n.whole(running)} running · ${n.whole(ready)} clients ready`,
  },
  round: {
    of: (n: Numbers, round: number, rounds: number) =>
      `Round ${n.whole(round)} of ${n.whole(rounds)}`,
    published: 'Published rounds',
    live: (n: Numbers, round: number) => `Round ${n.whole(round)}`,
    attempt: (n: Numbers, attempt: number) => `attempt ${n.whole(attempt)}`,
    arrived: (n: Numbers, arrived: number, goal: number) =>
      `${n.whole(arrived)} of ${n.whole(goal)} updates`,
    arrivedLabel: 'Updates that have arrived',
    cohort: (n: Numbers, cohort: number) =>
      cohort === 1 ? '1 client asked' : `${n.whole(cohort)} clients asked`,
    left: (n: Numbers, ms: number) => `${n.countdown(ms)} to the deadline`,
    timeLabel: 'Time that has passed until the deadline',
    ready: (n: Numbers, ready: number) =>
      ready === 1 ? '1 client ready' : `${n.whole(ready)} clients ready`,
    waits: (n: Numbers, { ready, readyFor, minimum, gatherMs }: Waiting) =>
      `${ready === 1 ? '1 client ready' : `${n.whole(ready)} clients ready`}. A round opens at once with ${n.whole(readyFor)}, or ${n.duration(gatherMs)} after there are ${n.whole(minimum)}.`,
    paused: 'Paused. No round opens until you resume.',
    ended: 'This federation has ended. Its last model stays available.',
    sealed: 'All votes are in and being counted.',
  },
  tabs: {
    label: 'Parts of this federation',
    overview: 'Overview',
    rounds: 'Rounds',
    participants: 'Participants',
    invite: 'Invite',
    task: 'Task and model',
  },
  overview: {
    accuracy: 'Accuracy',
    unmeasured: 'not measured',
    best: (n: Numbers, best: number, round: number) =>
      `best ${n.percent(best)} in round ${n.whole(round)}`,
    rounds: 'Rounds',
    updates: (n: Numbers, counted: number) =>
      counted === 1 ? '1 update counted' : `${n.whole(counted)} updates counted`,
    sent: 'Sent, all clients',
    upDown: (n: Numbers, up: number, down: number) => `${n.bytes(up)} up · ${n.bytes(down)} down`,
    as32: (n: Numbers, bytes: number, factor: number) =>
      `32-bit: ${n.bytes(bytes)} · ${n.short(factor)} times as much`,
    bpp: 'Bits per parameter',
    parameters: (n: Numbers, count: number) => `${n.whole(count)} parameters`,
    clients: 'Clients ready',
    duration: 'Round duration',
    durationText: (n: Numbers, ms: number) => `median ${n.duration(ms)}`,
    chart: 'Accuracy',
    byRounds: 'by rounds',
    byBytes: 'by bytes',
    axis: 'Horizontal axis',
    chartWaits: 'The curve begins with the second round.',
    chartText: (n: Numbers, first: number, last: number, count: number) =>
      `Accuracy over ${n.whole(count)} rounds: from ${n.percent(first)} to ${n.percent(last)}`,
    chartUnmeasured:
      'The accuracy is not measured: this federation has no labeled set on the coordinator.',
    readout: (n: Numbers, round: number, accuracy: string, bytes: number) =>
      `Round ${n.whole(round)} · ${accuracy} · ${n.bytes(bytes)}`,
    durationReadout: (n: Numbers, round: number, ms: number, counted: number) =>
      `Round ${n.whole(round)} · ${n.duration(ms)} · ${counted === 1 ? '1 update' : `${n.whole(counted)} updates`}`,
    durations: 'Duration of rounds',
    durationsText: (n: Numbers, last: number, most: number) =>
      `Duration of rounds: the last ${n.duration(last)}, the longest ${n.duration(most)}`,
    answers: 'Updates answered since the coordinator started',
    accepted: 'accepted',
    noAnswers: 'None yet.',
    abandoned: 'Abandoned attempts',
    noAbandoned: 'None in the last 100 rounds.',
  },
  errors: {
    title: 'This did not work',
    details: 'In the coordinator’s words',
    retry: 'Try again',
    'login-failed': 'Name or password is wrong.',
    'rate-limited': 'Too many tries from this address. Wait a few minutes, then try again.',
    'coordinator-unreachable':
      'The coordinator cannot be reached. Check that it runs, and your network.',
    'coordinator-busy': 'The coordinator is stopping or starting. Try again in a moment.',
    'unknown-task': 'There is no federation of this name here.',
    'federation-ended': 'The federation has ended, or its end was asked for.',
    'csrf-token': 'This page is from an earlier session. Reload it.',
    other: 'The coordinator refused.',
  },
};

export type Messages = typeof en;
