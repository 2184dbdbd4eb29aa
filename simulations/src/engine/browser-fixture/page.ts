/** What the test page runs: whole federations. */
import { simulateInOneThread } from '../testing/one-thread.js';
import { playedRules } from '../testing/played-rules.js';

Object.assign(globalThis, { playRules: () => playedRules(simulateInOneThread) });
