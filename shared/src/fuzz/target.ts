/** What is fuzzed: a decoder, valid inputs to start from, and what must hold where it accepts. */
import { FederationError } from '../protocol/errors.js';

/** An input from outside is read by this. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs, made by the encoders; at least one. */
  readonly corpus: readonly Uint8Array[];
  /** Offsets of little-endian u32 (or shorter) that say a length, a count or a size. */
  readonly fields?: readonly number[];
  /** Makes the checksum fit, so that the checks behind it are reached. Changes `bytes`. */
  readonly seal?: (bytes: Uint8Array) => void;
  /** What is put into texts: names and numbers that parsers stumble over. */
  readonly tokens?: readonly string[];
  /** Bytes that decoding may allocate whatever the input's length is; default 64 KiB. */
  readonly workspace?: number;
  /**
   * Decodes. Throws `FederationError` where the input is refused; any other error is a defect. Throws
   * {@link Defect} where an accepted value breaks what the format promises.
   */
  run(bytes: Uint8Array): void | Promise<void>;
}

/**
 * Runs all readers on one input: a defect in any of them is thrown.
 * @throws FederationError if none accepts
 */
export function anyAccepts(readers: readonly (() => void)[]): void {
  let refusal: FederationError | undefined;
  let accepted = false;
  for (const read of readers) {
    try {
      read();
      accepted = true;
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      refusal = error;
    }
  }
  if (!accepted && refusal !== undefined) throw refusal;
}

/** A promise of a format that an accepted input breaks. */
export class Defect extends Error {
  override readonly name = 'Defect';
}

/** @throws Defect unless both are the same bytes */
export function expectSame(encoded: Uint8Array, input: Uint8Array, what: string): void {
  const same = encoded.length === input.length && encoded.every((byte, i) => byte === input[i]);
  if (!same) throw new Defect(`${what}: encoding what was decoded gives other bytes`);
}

/** @throws Defect unless `holds` */
export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Defect(what);
}
