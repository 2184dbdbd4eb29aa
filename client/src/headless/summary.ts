/** The result of a run of headless clients, all together. */
import type { SessionSummary } from '../sdk/index.js';

export interface HeadlessSummary {
  readonly task: string;
  /** `federation-ended` or `stopped`. */
  readonly why: SessionSummary['why'];
  readonly clients: number;
  /** Published rounds of the federation, as far as known here. */
  readonly rounds: number;
  /** Updates of these clients that were committed. */
  readonly contributed: number;
  readonly parameters: number;
  /** Accepted update frames; steps and snapshots. */
  readonly uplinkBytes: number;
  readonly downlinkBytes: number;
  /** Bits per parameter of an accepted update; of what came down for it. 0 if there was none. */
  readonly uplinkBpp: number;
  readonly downlinkBpp: number;
  /** All bodies, with control messages by HTTP, repeated uploads and extractors. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Central accuracy after the last round, in [0, 1]; null if the coordinator does not measure it. */
  readonly finalAccuracy: number | null;
  /** Hash of the newest model that a client holds. */
  readonly modelHash: string;
  readonly seconds: number;
}

/**
 * @param sessions at least one
 * @param extractorBytes what came down once for all
 */
export function summarize(
  sessions: readonly SessionSummary[],
  extractorBytes: number,
  seconds: number,
): HeadlessSummary {
  const sum = (pick: (session: SessionSummary) => number) =>
    sessions.reduce((total, session) => total + pick(session), 0);
  const newest = sessions.reduce((a, b) => (b.model.round > a.model.round ? b : a));
  const { parameters } = newest;
  const contributed = sum((session) => session.contributed);
  const uplinkBytes = sum(({ traffic }) => traffic.updates);
  const downlinkBytes = sum(({ traffic }) => traffic.models);
  const bpp = (bytes: number) =>
    contributed === 0 ? 0 : rounded((8 * bytes) / contributed / parameters, 5);
  return {
    task: newest.task,
    why: sessions.every(({ why }) => why === 'federation-ended') ? 'federation-ended' : 'stopped',
    clients: sessions.length,
    rounds: newest.model.round,
    contributed,
    parameters,
    uplinkBytes,
    downlinkBytes,
    uplinkBpp: bpp(uplinkBytes),
    downlinkBpp: bpp(downlinkBytes),
    sentBytes: sum(({ traffic }) => traffic.sent),
    receivedBytes: extractorBytes + sum(({ traffic }) => traffic.received),
    finalAccuracy: newest.accuracy,
    modelHash: newest.model.sha256,
    seconds: rounded(seconds, 3),
  };
}

/** The summary for people, in two lines. */
export function describeSummary(summary: HeadlessSummary): string {
  const { contributed, clients, rounds, finalAccuracy } = summary;
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const accuracy =
    finalAccuracy === null ? 'not measured' : `${(100 * finalAccuracy).toFixed(2)} %`;
  return [
    `${summary.why === 'stopped' ? 'Stopped' : 'The federation has ended'} at round ${rounds}: accuracy ${accuracy}; ${contributed} updates of ${clients} client${clients === 1 ? '' : 's'} counted.`,
    `Sent ${kilobytes(summary.uplinkBytes)} of votes (${summary.uplinkBpp} bits a parameter), received ${kilobytes(summary.downlinkBytes)} of models (${summary.downlinkBpp}); no sample left this machine.`,
  ].join('\n');
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
