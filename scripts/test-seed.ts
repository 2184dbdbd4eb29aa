/**
 * Property tests try the same examples in every run, so that a failure is never a matter of luck.
 * `FEDHYBNN_TEST_SEED=7 npm test` tries others; `FEDHYBNN_TEST_SEED=random` new ones each time.
 */
import fc from 'fast-check';

const seed = process.env.FEDHYBNN_TEST_SEED ?? '20261122';
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
