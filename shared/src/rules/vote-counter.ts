/**
 * Adds up one-bit votes with carry-save adders (Harley & Seal; Warren, Hacker's Delight, 2nd ed.,
 * § 5-1): 32 parameters in one word, seven updates at a time. Where a sum of bits is written on bit
 * planes, one bitwise operation works on 32 sums.
 */
import type { Tally } from './rule.js';

/** Updates that are added together: what three bits count. */
const GROUP = 7;
/** Bit planes of the counters. */
const PLANES = 8;
/** What they hold. */
const MOST = (1 << PLANES) - 1;

/** SPREAD[2v] and SPREAD[2v + 1]: the bits of byte v as eight bytes, in memory order. */
const SPREAD = new Uint32Array(
  Uint8Array.from({ length: 256 * 8 }, (_, i) => ((i >> 3) >> (i & 7)) & 1).buffer,
);

/** Counts votes packed as sign-vote packs them (parameter i is bit i % 8 of byte i >> 3). */
export class VoteCounter {
  private count = 0;
  /** Words of an update. */
  private readonly words: number;
  /** Updates that wait for the others of their group, one behind the other. */
  private readonly group: Int32Array;
  private readonly groupBytes: Uint8Array;
  private inGroup = 0;
  /** The +1 votes of word w: its plane k, worth 2ᵏ, at 8 w + k. */
  private readonly planes: Int32Array;
  private inPlanes = 0;
  /** The +1 votes that have left the planes. */
  private readonly ups: Int32Array;

  constructor(private readonly parameters: number) {
    this.words = (parameters + 31) >> 5;
    this.group = new Int32Array(GROUP * this.words);
    this.groupBytes = new Uint8Array(this.group.buffer);
    this.planes = new Int32Array(PLANES * this.words);
    this.ups = new Int32Array(32 * this.words);
  }

  /** @param payload ⌈parameters / 8⌉ bytes; bits after the last parameter are 0 */
  add(payload: Uint8Array): void {
    this.groupBytes.set(payload, 4 * this.words * this.inGroup);
    this.count++;
    this.inGroup++;
    if (this.inGroup === GROUP) this.addGroup();
  }

  /** Sums of ±1: twice the +1 votes, minus all votes. */
  tally(): Tally {
    this.addGroup();
    this.empty();
    const { count, parameters, ups } = this;
    const sums = new Int32Array(parameters);
    for (let i = 0; i < parameters; i++) sums[i] = 2 * ups[i] - count;
    return { count, sums };
  }

  /** The group goes to the planes. */
  private addGroup(): void {
    if (this.inGroup === 0) return;
    if (this.inPlanes + this.inGroup > MOST) this.empty();
    this.group.fill(0, this.words * this.inGroup);
    addSeven(this.planes, this.group, this.words);
    this.inPlanes += this.inGroup;
    this.inGroup = 0;
  }

  /** What is on the planes goes to the sums. */
  private empty(): void {
    if (this.inPlanes === 0) return;
    addPlanes(this.ups, this.planes, 32 - Math.clz32(this.inPlanes));
    this.planes.fill(0);
    this.inPlanes = 0;
  }
}

/** Adds seven updates of so many words to the planes. */
function addSeven(planes: Int32Array, group: Int32Array, words: number): void {
  for (let w = 0; w < words; w++) {
    const a = group[w];
    const b = group[w + words];
    const c = group[w + 2 * words];
    const d = group[w + 3 * words];
    const e = group[w + 4 * words];
    const f = group[w + 5 * words];
    const g = group[w + 6 * words];
    // Four full adders make three bits of seven: of x, y, z the sum is x ^ y ^ z, the carry their majority.
    const ab = a ^ b;
    const abc = ab ^ c;
    const twos1 = (a & b) | (ab & c);
    const de = d ^ e;
    const def = de ^ f;
    const twos2 = (d & e) | (de & f);
    const all = abc ^ def;
    const ones = all ^ g;
    const twos3 = (abc & def) | (all & g);
    const both = twos1 ^ twos2;
    const twos = both ^ twos3;
    const fours = (twos1 & twos2) | (both & twos3);

    const p = PLANES * w;
    const plane0 = planes[p];
    planes[p] = plane0 ^ ones;
    let carry = plane0 & ones;
    const plane1 = planes[p + 1];
    const sum1 = plane1 ^ twos;
    planes[p + 1] = sum1 ^ carry;
    carry = (plane1 & twos) | (sum1 & carry);
    const plane2 = planes[p + 2];
    const sum2 = plane2 ^ fours;
    planes[p + 2] = sum2 ^ carry;
    carry = (plane2 & fours) | (sum2 & carry);
    for (let k = p + 3; carry !== 0; k++) {
      const plane = planes[k];
      planes[k] = plane ^ carry;
      carry &= plane;
    }
  }
}

/** Adds the counters on the planes to sums of 32 parameters a word; planes from `used` on are 0. */
function addPlanes(sums: Int32Array, planes: Int32Array, used: number): void {
  for (let i = 0; i < sums.length; i += 8) {
    // Bit planes of eight parameters, a byte each, become eight counters of a byte each.
    const p = PLANES * (i >> 5);
    const shift = i & 31;
    let low = 0;
    let high = 0;
    for (let k = 0; k < used; k++) {
      const byte = (planes[p + k] >>> shift) & 0xff;
      low |= SPREAD[2 * byte] << k;
      high |= SPREAD[2 * byte + 1] << k;
    }
    sums[i] += low & 0xff;
    sums[i + 1] += (low >>> 8) & 0xff;
    sums[i + 2] += (low >>> 16) & 0xff;
    sums[i + 3] += low >>> 24;
    sums[i + 4] += high & 0xff;
    sums[i + 5] += (high >>> 8) & 0xff;
    sums[i + 6] += (high >>> 16) & 0xff;
    sums[i + 7] += high >>> 24;
  }
}
