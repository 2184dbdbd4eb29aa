/** Bit matrices in ordinary JavaScript memory, with the row layout of the kernels. */
import { bitRowBytes } from './kernels.js';

/**
 * A matrix of bits, [rows][cols]. A row takes {@link bitRowBytes}(cols) bytes (`cols` rounded up to
 * 128 bits); bit c of a row is bit c % 8, least significant first, of byte c >> 3. A set bit means
 * +1, a clear bit −1. Padding bits are 0. The bytes may lie in shared memory.
 */
export class BitMatrix {
  readonly rowBytes: number;

  /** Wraps `rows` · bitRowBytes(cols) bytes. Throws `RangeError` for another length. */
  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly bytes: Uint8Array,
  ) {
    this.rowBytes = bitRowBytes(cols);
    if (bytes.length !== rows * this.rowBytes) {
      throw new RangeError(
        `a ${rows} × ${cols} bit matrix takes ${rows * this.rowBytes} bytes, not ${bytes.length}`,
      );
    }
  }

  /** An all-clear matrix. */
  static create(rows: number, cols: number): BitMatrix {
    return new BitMatrix(rows, cols, new Uint8Array(rows * bitRowBytes(cols)));
  }

  /** bit[r][c] = values[r · cols + c] ≥ 0. */
  static fromSigns(rows: number, cols: number, values: ArrayLike<number>): BitMatrix {
    const matrix = BitMatrix.create(rows, cols);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) matrix.set(r, c, values[r * cols + c] >= 0);
    }
    return matrix;
  }

  /**
   * Reads rows without padding: each starts at a new byte, least significant bit first. Throws
   * `RangeError` for another length, or if a bit after a row's last is set.
   */
  static fromCompact(rows: number, cols: number, compact: Uint8Array): BitMatrix {
    const width = (cols + 7) >> 3;
    if (compact.length !== rows * width) {
      throw new RangeError(`${rows} compact rows of ${cols} bits take ${rows * width} bytes`);
    }
    const matrix = BitMatrix.create(rows, cols);
    const unused = (0xff << (((cols - 1) & 7) + 1)) & 0xff;
    for (let r = 0; r < rows; r++) {
      if (compact[(r + 1) * width - 1] & unused)
        throw new RangeError(`row ${r} has bits after ${cols}`);
      matrix.bytes.set(compact.subarray(r * width, (r + 1) * width), r * matrix.rowBytes);
    }
    return matrix;
  }

  get(row: number, col: number): boolean {
    return ((this.bytes[row * this.rowBytes + (col >> 3)] >> (col & 7)) & 1) === 1;
  }

  set(row: number, col: number, value: boolean): void {
    const at = row * this.rowBytes + (col >> 3);
    const mask = 1 << (col & 7);
    this.bytes[at] = value ? this.bytes[at] | mask : this.bytes[at] & ~mask;
  }

  /** The bytes of one row, padding included; a view. Throws `RangeError` if it is not there. */
  row(row: number): Uint8Array {
    if (!(row >= 0 && row < this.rows)) {
      throw new RangeError(`row ${row} of a bit matrix of ${this.rows} rows`);
    }
    return this.bytes.subarray(row * this.rowBytes, (row + 1) * this.rowBytes);
  }

  /**
   * Copies the chosen rows, in their order, to the first rows of `into`: a new matrix by default.
   * Rows may repeat. Returns `into`. Throws `RangeError` if `into` has another number of columns or
   * too few rows, or if a row is not there.
   */
  gatherRows(rows: ArrayLike<number>, into = BitMatrix.create(rows.length, this.cols)): BitMatrix {
    if (into.cols !== this.cols || into.rows < rows.length) {
      throw new RangeError(
        `${rows.length} rows of ${this.cols} bits do not fit a ${into.rows} × ${into.cols} bit matrix`,
      );
    }
    for (let i = 0; i < rows.length; i++) into.row(i).set(this.row(rows[i]));
    return into;
  }

  /** Rows without padding, for files: see {@link BitMatrix.fromCompact}. */
  toCompact(): Uint8Array {
    const width = (this.cols + 7) >> 3;
    const compact = new Uint8Array(this.rows * width);
    for (let r = 0; r < this.rows; r++) {
      compact.set(this.row(r).subarray(0, width), r * width);
    }
    return compact;
  }
}
