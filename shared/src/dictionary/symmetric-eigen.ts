/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub & Van
 * Loan, Matrix Computations, §8.5). Only +, −, ×, ÷ and √: the same bits on every engine.
 */
export interface SymmetricEigen {
  /** Not sorted. */
  readonly values: Float64Array;
  /** [n][n]: column j is the unit eigenvector of values[j]. */
  readonly vectors: Float64Array;
}

/** Far more sweeps than any matrix needs (about 8 for n = 25). */
const SWEEPS = 64;

/** @param matrix [n][n], symmetric; not changed */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotated = rotate(a, vectors, n, p, q) || rotated;
    }
    if (!rotated) break;
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

/** Makes a[p][q] zero. Returns false where it is already negligible beside the diagonal. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): boolean {
  const off = a[p * n + q];
  const diagonal = Math.abs(a[p * n + p]) + Math.abs(a[q * n + q]);
  if (diagonal + Math.abs(off) === diagonal) return false;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const turn = (m: Float64Array, i: number, j: number) => {
    const x = m[i];
    const y = m[j];
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q);
  return true;
}
