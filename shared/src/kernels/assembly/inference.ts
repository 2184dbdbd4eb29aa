// The kernels of single samples, a module of its own: ../../inference/README.md. Weights lie in
// panels of four neurons, [⌈neurons/4⌉][pieces][4][16 bytes]: one pointer walks through them, and
// what it reads stands at immediate offsets. Counts are i32, [neurons rounded up to 4].

/** One piece of a neuron at `w`: the bits that differ from the words x and y. */
// @ts-ignore: decorator
@inline
function differing(w: usize, x: i64, y: i64): i64 {
  return popcnt(load<i64>(w) ^ x) + popcnt(load<i64>(w, 8) ^ y);
}

/** Counts the bits in which each neuron differs from the sample, by 64-bit words. */
export function countWords(w: usize, x: usize, pieces: i32, panels: i32, counts: usize): void {
  const end = counts + (<usize>panels << 4);
  const bits = <usize>pieces << 4;
  for (; counts < end; counts += 16) {
    let a: i64 = 0;
    let b: i64 = 0;
    let c: i64 = 0;
    let d: i64 = 0;
    for (let p = x, last = x + bits; p < last; p += 16) {
      const low = load<i64>(p);
      const high = load<i64>(p, 8);
      a += differing(w, low, high);
      b += differing(w + 16, low, high);
      c += differing(w + 32, low, high);
      d += differing(w + 48, low, high);
      w += 64;
    }
    store<i32>(counts, <i32>a);
    store<i32>(counts, <i32>b, 4);
    store<i32>(counts, <i32>c, 8);
    store<i32>(counts, <i32>d, 12);
  }
}

/** The sum of sixteen counts of bytes. */
// @ts-ignore: decorator
@inline
function total(counts: v128): i32 {
  const four = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
  const two = i32x4.add(four, i64x2.shuffle(four, four, 1, 0));
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
}

// @ts-ignore: decorator
@inline
function four(a: i32, b: i32, c: i32, d: i32): v128 {
  const two = i32x4.replace_lane(i32x4.splat(a), 1, b);
  return i32x4.replace_lane(i32x4.replace_lane(two, 2, c), 3, d);
}

/** The same by vectors of bytes: one instruction on ARM. */
export function countBytes(w: usize, x: usize, pieces: i32, panels: i32, counts: usize): void {
  const end = counts + (<usize>panels << 4);
  const bits = <usize>pieces << 4;
  for (; counts < end; counts += 16) {
    let sums = i32x4.splat(0);
    for (let p = x, last = x + bits; p < last; ) {
      // A count in a byte holds 31 pieces' bits.
      const stop = min(p + 31 * 16, last);
      let a = i8x16.splat(0);
      let b = i8x16.splat(0);
      let c = i8x16.splat(0);
      let d = i8x16.splat(0);
      for (; p < stop; p += 16) {
        const piece = v128.load(p);
        a = i8x16.add(a, i8x16.popcnt(v128.xor(v128.load(w), piece)));
        b = i8x16.add(b, i8x16.popcnt(v128.xor(v128.load(w, 16), piece)));
        c = i8x16.add(c, i8x16.popcnt(v128.xor(v128.load(w, 32), piece)));
        d = i8x16.add(d, i8x16.popcnt(v128.xor(v128.load(w, 48), piece)));
        w += 64;
      }
      sums = i32x4.add(sums, four(total(a), total(b), total(c), total(d)));
    }
    v128.store(counts, sums);
  }
}

/** A neuron fires where its count is at most its limit: eight neurons make a byte of bits. */
export function fire(counts: usize, limits: usize, bytes: i32, bits: usize): void {
  for (const end = bits + <usize>bytes; bits < end; bits++) {
    const low = i32x4.bitmask(i32x4.le_s(v128.load(counts), v128.load(limits)));
    const high = i32x4.bitmask(i32x4.le_s(v128.load(counts, 16), v128.load(limits, 16)));
    store<u8>(bits, low | (high << 4));
    counts += 32;
    limits += 32;
  }
}
