import { type Address, bitRowBytes, type KernelMemory } from './kernels.js';

/** The most bytes an address in 32 signed bits can reach. */
const LIMIT = 2 ** 31;

/** A {@link KernelMemory} on an ordinary `ArrayBuffer`, with the views that kernels work on. */
export class GrowingMemory implements KernelMemory {
  /** The whole memory as bytes, i32 and f32. */
  u8 = new Uint8Array(1 << 16);
  i32 = new Int32Array(this.u8.buffer);
  f32 = new Float32Array(this.u8.buffer);
  /** Address 0 is never given out: it stands for "none". */
  private used = 16;

  get buffer(): ArrayBuffer {
    return this.u8.buffer;
  }

  allocate(bytes: number): Address {
    if (!(bytes >= 0 && bytes <= LIMIT - this.used)) {
      throw new RangeError(`no room for ${bytes} bytes of kernel memory`);
    }
    const address = this.used;
    const end = address + 16 * Math.ceil(bytes / 16);
    if (end > this.u8.length) {
      const larger = new Uint8Array(Math.max(end, Math.min(2 * this.u8.length, LIMIT)));
      larger.set(this.u8);
      this.u8 = larger;
      this.i32 = new Int32Array(larger.buffer);
      this.f32 = new Float32Array(larger.buffer);
    }
    this.used = end;
    return address;
  }

  /** One bit of the row of a bit matrix that starts at `row`. */
  bit(row: Address, col: number): boolean {
    return ((this.u8[row + (col >> 3)] >> (col & 7)) & 1) === 1;
  }

  /** Writes a bit matrix row by row, padding included. */
  writeBits(
    bits: Address,
    rows: number,
    cols: number,
    of: (row: number, col: number) => boolean,
  ): void {
    const { u8 } = this;
    const rowBytes = bitRowBytes(cols);
    u8.fill(0, bits, bits + rows * rowBytes);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) {
        if (of(r, c)) u8[bits + r * rowBytes + (c >> 3)] |= 1 << (c & 7);
      }
    }
  }
}
