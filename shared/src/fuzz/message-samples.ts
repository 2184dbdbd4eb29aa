/** A valid message for each schema of the protocol, under the schema's name. */
const sha256 = 'ab'.repeat(32);
const task = 'mnist';
const published = {
  ...{ round: 3, step: sha256, model: sha256, counted: 5, accuracy: null },
  ...{ uplinkBytes: 1000, downlinkBytes: 200 },
};
const taskReply = {
  ...{ task: {}, hash: sha256, initialModel: sha256, phase: 'OPEN', admission: 'code' },
  ...{ latest: { round: 3, model: sha256, accuracy: 0.5 }, ready: 7 },
};

/** `messages.ts`. */
export const CLIENT_MESSAGES = {
  joinRequestSchema: {
    ...{ protocol: 1, task, client: 'anna', resume: 'a.b.c' },
    ...{ key: 'cd'.repeat(16), code: '7KQ2-M9XD-0000-1111' },
  },
  joinReplySchema: { client: 'anna', token: 'a.b.c', expiresIn: 3600 },
  clientIdSchema: 'anna:1',
  publishedRoundSchema: published,
  roundsReplySchema: { rounds: [published] },
  taskReplySchema: taskReply,
  tasksReplySchema: { tasks: [taskReply] },
  roundOpenSchema: { round: 3, task, base: sha256, deadlineMs: 1000, seed: 'ef'.repeat(16) },
  roundClosedSchema: { ...published, task },
  roundGatheringSchema: { ready: 1, needed: 3 },
  updateHeaderSchema: { round: 3, base: sha256, digest: sha256 },
  receiptSchema: { sequence: 9, digest: sha256 },
  errorBodySchema: { code: 'bad-request', message: 'no' },
  handshakeSchema: { token: 'a.b.c', protocol: 1 },
} as const;

const times = { createdAt: 1_700_000_000_000, expiresAt: 1_700_000_000_001 };
const joinCode = { id: 'x', task, label: 'class 7b', uses: 0, maxUses: 30, ...times };
const apiToken = { id: 'x', operator: 'olga', label: 'ci', ...times };
const participant = { client: 'anna', joinedAt: 1, updates: 2, lastRound: null, banned: false };
const attempt = {
  ...{ round: 1, attempt: 1, cohort: 5, openedAt: 1, outcome: 'open', reason: null },
};
const auditEntry = {
  ...{ sequence: 1, at: 1, actor: 'olga', action: 'login' },
  ...{ subject: null, details: null, address: '::1' },
};

/** `admin.ts`. */
export const ADMIN_MESSAGES = {
  operatorNameSchema: 'olga',
  loginRequestSchema: { name: 'olga', password: 'correct horse' },
  sessionReplySchema: { operator: 'olga', csrf: null, expiresAt: null },
  admissionSchema: 'code',
  createTaskRequestSchema: { task: {}, evaluation: sha256, admission: 'open' },
  changeTaskRequestSchema: { admission: 'open' },
  joinCodeRequestSchema: { uses: 30, hours: 2.5, label: 'class 7b' },
  joinCodeSchema: joinCode,
  newJoinCodeSchema: { ...joinCode, code: '7KQ2-M9XD-0000-1111', path: '/join' },
  joinCodesReplySchema: { codes: [joinCode] },
  apiTokenRequestSchema: { label: 'ci', days: 30 },
  apiTokenSchema: apiToken,
  newApiTokenSchema: { ...apiToken, token: 't' },
  apiTokensReplySchema: { tokens: [apiToken] },
  participantSchema: participant,
  attemptSchema: attempt,
  attemptsReplySchema: { attempts: [attempt] },
  auditEntrySchema: auditEntry,
  auditReplySchema: { entries: [auditEntry] },
  doneReplySchema: { done: true },
} as const;

const openRound = {
  ...{ round: 4, attempt: 1, cohort: 5, arrived: 2, leftMs: 1500.5, lastsMs: 60_000 },
};
const federation = {
  ...{ id: task, title: 'Digits', phase: 'OPEN', afterRound: 'continue', admission: 'code' },
  ...{ round: 3, rounds: 30, accuracy: 0.5, ready: 7, readyFor: 5, gatherMs: 5000 },
  ...{ goal: 5, minimum: 3, parameters: 1000, updateBytes: 213, open: openRound },
  recent: [{ round: 3, accuracy: null }],
  totals: { counted: 15, uplinkBytes: 3000, downlinkBytes: 600 },
};
const timedRound = { ...published, openedAt: null, publishedAt: 1 };
const liveParticipant = {
  ...{ ...participant, reputation: -2, connected: true, device: 'phone', seenAt: 1 },
  ...{ answerMs: 12.5, sentBytes: 400, refused: 0 },
};
const extractorInfo = {
  ...{ sha256, kind: 'patches', bits: 512, name: 'digits', bytes: 4902, shipped: true },
  input: { kind: 'image', width: 28, height: 28, channels: 1 },
};

/** `live.ts`. */
export const LIVE_MESSAGES = {
  openRoundSchema: openRound,
  liveFederationSchema: federation,
  overviewReplySchema: { federations: [{ ...federation, open: null }] },
  liveFederationReplySchema: {
    ...{ ...federation, latestModel: sha256, answers: { accepted: 15, 'frame-corrupt': 1 } },
  },
  timedRoundSchema: timedRound,
  timedRoundsReplySchema: { rounds: [timedRound] },
  deviceClassSchema: 'tablet',
  liveParticipantSchema: liveParticipant,
  participantsReplySchema: { participants: [liveParticipant] },
  coordinatorReplySchema: {
    ...{ startedAt: 1, sockets: 3, node: 'v20.20.2', addresses: ['192.0.2.1'] },
    storage: {
      ...{ kind: 'sqlite', databaseBytes: 4096, freeBytes: null, diskBytes: null },
      files: [{ kind: 'step', count: 2, bytes: 400 }],
    },
  },
  extractorInfoSchema: extractorInfo,
  extractorsReplySchema: { extractors: [extractorInfo] },
  fileReplySchema: { sha256, bytes: 100, evaluation: { samples: 9, bits: 512, classes: 10 } },
  verificationReplySchema: {
    ...{ state: 'passed', startedAt: 1, finishedAt: 2, round: 3, rounds: 3, error: null },
    report: {
      ...{ rounds: 3, forgotten: 0, updates: 15, waiting: 1, model: sha256, chain: sha256 },
    },
  },
} as const;

/** `dictionary-task.ts`. */
export const DICTIONARY_TASK = {
  ...{ schema: 1, kind: 'dictionary', id: 'tiny', title: 'Tiny', description: '' },
  input: { kind: 'image', width: 6, height: 6, channels: 1 },
  dictionary: {
    ...{ size: 2, filters: 4, padding: 0, grid: { width: 1, height: 1 } },
    ...{ rectifier: 0.1, contrastFloor: 25.5, bits: 3 },
  },
  learning: {
    ...{ rounds: 2, patches: 50, leastDeviation: 25.5, whiteningEpsilon: 0.01 },
    ...{ clip: 6, inertia: 0.25, sumBits: 20, images: 20 },
  },
  federation: { cohort: 3, panel: 5, seed: 1 },
  privacy: { mode: 'plain' },
} as const;
