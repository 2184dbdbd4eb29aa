/** The dashboard's words in English; the other languages have the same shape. */
import type { LiveFederation, VerificationReply } from '@fedhybnn/shared';
import type { Numbers } from '../../../look/src/numbers.js';

/** What a federation waits for. */
export type Waiting = Pick<LiveFederation, 'ready' | 'readyFor' | 'minimum' | 'gatherMs'>;

/** Of a journal that holds. */
export type VerifyFigures = Pick<
  NonNullable<VerificationReply['report']>,
  'rounds' | 'forgotten' | 'updates'
>;

/** What a task means for a client. */
export interface Costs {
  readonly parameters: number;
  readonly updateBytes: number;
  readonly stepBytes: number;
}

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
  },
  copied: 'Copied',
  confirm: { cancel: 'Cancel' },
  controls: {
    pause: 'Pause',
    resume: 'Resume',
    end: 'End',
    endTitle: (title: string) => `End “${title}”?`,
    endText:
      'The open round is played to its end; then no further round opens. This cannot be undone. The model, the journal and the files stay.',
  },
  rounds: {
    title: 'Published rounds',
    none: 'No round has been published yet.',
    more: 'Show more rounds',
    round: 'Round',
    accuracy: 'Accuracy',
    rolledBack: 'rolled back',
    updates: 'Updates',
    screened: (n: Numbers, counted: number, screened: number) =>
      `${n.whole(counted)}, ${n.whole(screened)} left out`,
    duration: 'Duration',
    up: 'Up, all',
    down: 'Down, each',
    published: 'Published',
    abandoned: 'Abandoned attempts',
    noAbandoned: 'None in the last 100 rounds.',
    attempt: (n: Numbers, round: number, attempt: number) =>
      `${n.whole(round)}, attempt ${n.whole(attempt)}`,
    asked: 'Clients asked',
    opened: 'Opened',
    reason: 'Reason',
    interrupted: 'interrupted',
    open: 'open',
  },
  participants: {
    title: 'Participants',
    none: 'Nobody has joined yet. Invite people in the tab “Invite”.',
    since: 'Device, last seen, answer time, bytes and refusals: since the coordinator started.',
    client: 'Client',
    device: 'Device',
    devices: { phone: 'Phone', tablet: 'Tablet', computer: 'Computer', program: 'Program' },
    joined: 'Joined',
    seen: 'Last seen',
    connected: 'connected',
    away: 'not connected',
    updates: 'Updates',
    answer: 'Answer time',
    sent: 'Sent',
    refused: 'Refused',
    reputation: 'Reputation',
    action: 'Action',
    exclude: 'Exclude',
    excluded: 'excluded',
    excludeWho: (client: string) => `Exclude ${client}`,
    excludeText:
      'Its token is refused from now on and its connection is closed. What it has sent stays counted. This cannot be undone.',
    back: 'Back',
    next: 'Next',
  },
  invite: {
    admission: 'Who may join',
    openText: 'Whoever knows the address takes part.',
    codeText: 'A new client needs a join code. Who has joined stays in.',
    endedText:
      'It has ended: nobody can join any more. Its page stays: there the last model can be tried.',
    linkToTry: 'Link to the model',
    address: 'Address for phones',
    addressText: 'How participants reach this coordinator. Phones want HTTPS for camera and app.',
    badAddress: 'Type an address such as https://fl.example.org.',
    make: 'New join code',
    makeButton: 'Make join code',
    makeFirst: 'Make a join code: its link, QR code and poster appear here.',
    uses: 'Clients',
    hours: 'Hours',
    label: 'Label',
    labelExample: 'class 3b',
    newCode: 'New join code',
    shownOnce: 'Shown this once: print it or copy it now.',
    code: 'Join code',
    link: 'Link to join',
    qr: 'QR code of the link',
    copy: 'Copy link',
    print: 'Print poster',
    codes: 'Join codes',
    noCodes: 'No join codes.',
    used: 'Used',
    usedOf: (n: Numbers, uses: number, most: number) => `${n.whole(uses)} of ${n.whole(most)}`,
    created: 'Made',
    expires: 'Until',
    expired: 'expired',
    action: 'Action',
    remove: 'Revoke',
    removeWhich: (label: string) => `Revoke join code ${label}`,
    removeText: 'Nobody can join with it any more. Who has joined with it stays in.',
  },
  poster: {
    kicker: 'Learn together',
    steps: [
      { name: 'Scan', text: 'Open the page with your phone’s camera. No app, no account.' },
      { name: 'Choose data', text: 'Draw, take pictures, or use the samples offered.' },
      { name: 'Train', text: 'Your phone computes for a few minutes. Then try the model.' },
    ],
    qr: 'QR code of the link to join',
    code: 'Join code',
    leaves: 'What leaves your device:',
    leavesText: (n: Numbers, bytes: number) =>
      `up to ${n.bytes(bytes)} of votes a round, “a little up” or “a little down” for each weight of the network, and a random number as your id.`,
    stays: 'What stays on it:',
    staysText: 'your pictures, your labels, and the bits computed from them.',
  },
  task: {
    model: 'Model',
    modelText: (n: Numbers, round: number) =>
      round === 0 ? 'The initial model; nothing is learned yet.' : `After round ${n.whole(round)}.`,
    downloadModel: 'Download model',
    downloadHead: 'Download head',
    headText:
      'The model holds the latents and can be trained on. The head is what devices run: weights of one bit.',
    verify: 'Journal',
    document: 'Task document',
    copy: 'Copy',
  },
  verification: {
    title: 'Verification of the journal',
    text: 'Replays every round from the stored votes and compares each published model bit for bit. Rounds go on meanwhile.',
    start: 'Verify journal',
    again: 'Verify again',
    waiting: 'Waiting for another verification …',
    running: (n: Numbers, round: number, rounds: number) =>
      `Round ${n.whole(round)} of ${n.whole(rounds)} …`,
    passed: 'The journal holds.',
    report: (n: Numbers, { rounds, forgotten, updates }: VerifyFigures) =>
      `${n.whole(rounds)} rounds replayed, every model equal bit for bit; ${n.whole(updates)} updates counted.${
        forgotten === 0 ? '' : ` ${n.whole(forgotten)} older rounds verified by their hash chain.`
      }`,
  },
  create: {
    title: 'New federation',
    what: 'What is learned',
    extractor: 'Extractor',
    extractorHint: 'Turns a sample into bits on the device, before anything is trained.',
    chooseExtractor: 'Choose one …',
    extractorName: (n: Numbers, name: string, bits: number, shipped: boolean) =>
      `${name} · ${n.whole(bits)} bits${shipped ? '' : ' · uploaded'}`,
    uploadExtractor: 'Upload an extractor (.fhx)',
    uploading: 'Uploading …',
    taskTitle: 'Title',
    id: 'Name in addresses',
    idHint: 'Small letters, digits, hyphens.',
    description: 'Description',
    labels: 'Labels',
    labelsHint: 'One a line, in the order of the label numbers.',
    evaluation: 'Labeled public sample',
    evaluationHint:
      'The coordinator measures the accuracy of each round on it. Without it the accuracy is not known.',
    evaluationIs: (n: Numbers, name: string, samples: number, bits: number, classes: number) =>
      `${name}: ${n.whole(samples)} samples of ${n.whole(bits)} bits, ${n.whole(classes)} labels`,
    evaluationMisfit: (n: Numbers, bits: number, wanted: number) =>
      `It has ${n.whole(bits)} bits a sample, the extractor makes ${n.whole(wanted)}: make it with this extractor.`,
    uploadEvaluation: 'Upload a sample (.bits)',
    noEvaluation: 'Without a sample',
    own: 'Your own pictures or tables',
    ownText:
      'An extractor is pretrained, and a sample turned into bits, on a computer with a clone of FedHyBNN. The second command writes task.json, extractor.fhx and test.bits at once: open and upload them here.',
    rounds: 'Rounds',
    roundCount: 'Rounds',
    goal: 'Updates a round',
    goalHint: 'So many close it.',
    minimum: 'Fewest updates',
    minimumHint: 'That count at the deadline.',
    ready: 'Ready clients',
    readyHint: 'With which a round opens at once.',
    deadline: 'Deadline, seconds',
    gather: 'Wait for more clients, seconds',
    target: 'Target accuracy, %',
    targetHint: 'The federation ends there. Empty: none.',
    seed: 'Seed',
    learning: 'How it is learned',
    rule: 'Rule',
    ruleHint: 'What clients send and how it is counted: docs/rules.md.',
    share: 'Share of the parameters, %',
    serverStep: 'Server step',
    hidden: 'Neurons of hidden layers',
    hiddenHint: 'With commas between layers.',
    epochs: 'Local epochs',
    batch: 'Samples a step',
    learningRate: 'Learning rate',
    defenses: 'Defenses against dishonest clients',
    defense: {
      outliers: { name: 'Outliers', text: 'leaves out votes unlike the others’.' },
      reputation: { name: 'Reputation', text: 'leaves out who keeps voting against the others.' },
      rootSet: { name: 'Root set', text: 'takes back a round that harms the accuracy.' },
    },
    defensesNote: 'Their settings are in the document. What they promise: docs/security.md.',
    costs: (n: Numbers, { parameters, updateBytes, stepBytes }: Costs) =>
      `${n.whole(parameters)} parameters. A client sends up to ${n.bytes(updateBytes)} a round and receives up to ${n.bytes(stepBytes)}; as 32-bit numbers it would be ${n.bytes(4 * parameters)} each way.`,
    mend: (count: number) =>
      count === 1 ? 'One field is not right yet.' : `${count} fields are not right yet.`,
    create: 'Create federation',
    creating: 'Creating …',
    openFile: 'Open task.json',
    notJson: 'This is not JSON: look for a missing quote, comma or brace.',
    valid: 'The document is valid.',
  },
  issues: {
    types: {
      number: 'Must be a number.',
      int: 'Must be a whole number.',
      string: 'Must be a text.',
      array: 'Must be a list.',
      object: 'Must be an object.',
    },
    type: (expected: string) => `Must be of type ${expected}.`,
    number: {
      least: (limit: string) => `Must be at least ${limit}.`,
      most: (limit: string) => `Must be at most ${limit}.`,
    },
    beyond: {
      least: (limit: string) => `Must be more than ${limit}.`,
      most: (limit: string) => `Must be less than ${limit}.`,
    },
    length: {
      least: (limit: string) => `Needs at least ${limit} characters.`,
      most: (limit: string) => `May have at most ${limit} characters.`,
    },
    items: {
      least: (limit: string) => `Needs at least ${limit} entries.`,
      most: (limit: string) => `May have at most ${limit} entries.`,
    },
    oneOf: (values: string) => `Must be one of ${values}.`,
    unknown: (keys: string) => `Unknown field: ${keys}. Remove it or check its spelling.`,
    extractor: 'Choose an extractor.',
    pattern: (path: string): string =>
      path === 'id'
        ? 'Small letters, digits and hyphens only, at most 63.'
        : 'Not in the right form.',
    other: 'Not valid.',
  },
  coordinator: {
    since: 'Running for',
    sockets: 'Connected clients',
    database: 'Database',
    databases: { sqlite: 'embedded, SQLite', postgres: 'PostgreSQL' },
    files: 'Files',
    fileCount: (n: Numbers, count: number) => (count === 1 ? '1 file' : `${n.whole(count)} files`),
    storage: 'Storage',
    disk: 'Disk in use',
    diskText: (n: Numbers, free: number, all: number) =>
      `${n.bytes(free)} of ${n.bytes(all)} free on the disk of the data folder`,
    noFiles: 'No files yet.',
    kind: 'Kind',
    kinds: {
      model: 'Models',
      step: 'Steps',
      extractor: 'Extractors',
      evaluation: 'Labeled samples',
    },
    count: 'Number',
    bytes: 'Size',
    addresses: 'Addresses of this machine:',
    tokens: 'API tokens',
    tokensText: 'With a token, programs act in your name: Authorization: Bearer …',
    noTokens: 'No API tokens.',
    label: 'Label',
    operator: 'Operator',
    until: 'Until',
    days: 'Days',
    makeToken: 'Make token',
    tokenOnce: 'Shown this once: copy it now.',
    removeToken: (label: string) => `Revoke API token ${label}`,
    removeTokenText: 'Programs that use it are refused from now on.',
    audit: 'Audit log',
    noAudit: 'Nothing yet.',
    when: 'When',
    who: 'Who',
    did: 'Action',
    what: 'Subject',
    details: 'Details',
    from: 'From',
    newer: 'Newer',
    older: 'Older',
  },
  errors: {
    reload: 'A part of this page could not be loaded. Reload it.',
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
    'journal-broken':
      'The journal does not hold: something was changed or damaged. Restore a backup.',
    'csrf-token': 'This page is from an earlier session. Reload it.',
    other: 'The coordinator refused.',
  },
};

export type Messages = typeof en;
