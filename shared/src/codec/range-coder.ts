/**
 * An adaptive binary range coder: Martin's range coder (1979) with the carry handling and end of
 * stream of LZMA (Pavlov, "LZMA specification"), in integers only.
 *
 * Differences from LZMA: probabilities have 16 bits and adapt fast at first, then by 1/128 a bit.
 * LZMA's 11 bits, moved by 1/32, never leave [0.015, 0.985]: 0.022 bits for a bit that is certain,
 * a fifth of what a sparse message takes in all. The first byte, always 0 in LZMA, is not written.
 */
import { FederationError } from '../protocol/errors.js';

const PROBABILITY_BITS = 16;
const HALF = 1 << (PROBABILITY_BITS - 1);
/** Below this the range gets another byte. */
const BOTTOM = 0x1000000;
/** Adaptation by 2^−rate: from 2 on a context's first bits to 7. */
const FIRST_RATE = 2;
const LAST_RATE = 7;
/** Probabilities stay in [LEAST, 2¹⁶ − LEAST], so that no bit is impossible. */
const LEAST = 16;

/** Adaptive probabilities of bits, one a context. Both ends start with a fresh one. */
export class BitContexts {
  /** P(bit = 0) · 2¹⁶. */
  readonly zero: Uint16Array;
  private readonly seen: Uint8Array;

  constructor(contexts: number) {
    this.zero = new Uint16Array(contexts).fill(HALF);
    this.seen = new Uint8Array(contexts);
  }

  learn(context: number, bit: number): void {
    const { zero, seen } = this;
    const rate = Math.min(LAST_RATE, FIRST_RATE + (31 - Math.clz32(seen[context] + 1)));
    if (seen[context] < 63) seen[context]++;
    // Rounded up, lest a certain bit stay at a price of 2^−rate.
    const up = (1 << rate) - 1;
    const p = zero[context];
    zero[context] =
      bit === 0
        ? Math.min(2 * HALF - LEAST, p + ((2 * HALF - p + up) >> rate))
        : Math.max(LEAST, p - ((p + up) >> rate));
  }
}

/** Writes bits. */
export class RangeEncoder {
  /** Below 2³³: the 33rd bit is the carry. */
  private low = 0;
  private range = 0xffffffff;
  /** The last byte, which a carry may still raise; −1 before the first. */
  private held = -1;
  /** Bytes 0xff behind it, which the carry would pass. */
  private full = 0;
  private readonly bytes: number[] = [];

  encode(contexts: BitContexts, context: number, bit: number): void {
    const bound = (this.range >>> PROBABILITY_BITS) * contexts.zero[context];
    if (bit === 0) {
      this.range = bound;
    } else {
      this.low += bound;
      this.range -= bound;
    }
    contexts.learn(context, bit);
    while (this.range < BOTTOM) {
      this.range = (this.range << 8) >>> 0;
      this.shift();
    }
  }

  /** Writes what is left. Returns all bytes: at least 4. */
  finish(): Uint8Array {
    for (let i = 0; i < 5; i++) this.shift();
    return Uint8Array.from(this.bytes);
  }

  private shift(): void {
    const carry = this.low > 0xffffffff ? 1 : 0;
    if (carry === 1 || this.low < 0xff000000) {
      if (this.held >= 0) this.bytes.push(this.held + carry);
      for (; this.full > 0; this.full--) this.bytes.push((0xff + carry) & 0xff);
      this.held = Math.floor(this.low / BOTTOM) & 0xff;
    } else {
      this.full++;
    }
    this.low = (this.low % BOTTOM) * 256;
  }
}

/** Reads what {@link RangeEncoder} wrote, from a view: allocates nothing. */
export class RangeDecoder {
  private range = 0xffffffff;
  private code = 0;
  private position = 0;

  /** @throws FederationError `frame-truncated` */
  constructor(private readonly bytes: Uint8Array) {
    for (let i = 0; i < 4; i++) this.shift();
  }

  /** @throws FederationError `frame-truncated` */
  decode(contexts: BitContexts, context: number): number {
    const bound = (this.range >>> PROBABILITY_BITS) * contexts.zero[context];
    const bit = this.code < bound ? 0 : 1;
    if (bit === 0) {
      this.range = bound;
    } else {
      this.code -= bound;
      this.range -= bound;
    }
    contexts.learn(context, bit);
    while (this.range < BOTTOM) {
      this.range = (this.range << 8) >>> 0;
      this.shift();
    }
    return bit;
  }

  /**
   * Checks that the stream ends here as an encoder ends it.
   * @throws FederationError `frame-corrupt`
   */
  finish(): void {
    if (this.position === this.bytes.length && this.code === 0) return;
    throw new FederationError(
      'frame-corrupt',
      'the entropy-coded payload does not end where its contents do; encode it again',
    );
  }

  private shift(): void {
    if (this.position === this.bytes.length) {
      throw new FederationError(
        'frame-truncated',
        'the entropy-coded payload ends before its contents do; send it again',
      );
    }
    this.code = ((this.code << 8) | this.bytes[this.position++]) >>> 0;
  }
}
