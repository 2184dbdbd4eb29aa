/** What the test page runs: the sample in the page itself, and in a worker. */
import { BrowserTrainer, InlineTrainer } from '../index.js';
import { trainSample } from './training-sample.js';

Object.assign(globalThis, {
  trainInPage: () => trainSample(new InlineTrainer()),
  trainInWorker: async () => {
    const trainer = new BrowserTrainer();
    const result = await trainSample(trainer);
    await trainer.close();
    return result;
  },
});
