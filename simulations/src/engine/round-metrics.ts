/** What an observer measured: written to `metrics.ndjson` under `extra`. */
export type RoundExtra = Readonly<Record<string, number | readonly number[]>>;

/** One published round. */
export interface RoundMetrics {
  readonly round: number;
  /** Central accuracy in [0, 1]; null where the round is not evaluated. */
  readonly accuracy: number | null;
  /** Mean training loss of the counted clients; null where the coordinator does not see it. */
  readonly loss: number | null;
  readonly counted: number;
  /** Of these, left out of the tally by the task's defenses. */
  readonly screened: number;
  /** The round did harm by the test samples, and changed nothing. */
  readonly rolledBack: boolean;
  /** Bytes of the accepted update frames. */
  readonly uplinkBytes: number;
  /** Clients that were chosen, and receive the step. */
  readonly receivers: number;
  /** Bytes of the step file, once for each receiver. */
  readonly downlinkBytes: number;
  /** Hash of the published model. */
  readonly modelHash: string;
  /** Wall time of the round in seconds. */
  readonly seconds: number;
  /** With a behavior: when the round was sealed, in simulated milliseconds since the start. */
  readonly simulatedMs?: number;
  /** With a behavior: how long the round took, in simulated seconds. */
  readonly simulatedSeconds?: number;
  /** What observers measured; absent where none did. */
  readonly extra?: RoundExtra;
}
