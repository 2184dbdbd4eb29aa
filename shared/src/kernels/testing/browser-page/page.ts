/** What the test calls in the page: every operation of every implementation, and the training of a head. */
import { loadKernels } from '../../load.js';
import { checkEveryOperation } from '../every-operation.js';
import { hundredSteps } from '../hundred-steps.js';

Object.assign(globalThis, {
  checkEveryOperation,
  hundredSteps,
  kernelsName: async () => (await loadKernels()).name,
});
