export { Permutation } from './permutation.js';
export { Random } from './random.js';
export { deriveSeed, type Seed } from './seed.js';
