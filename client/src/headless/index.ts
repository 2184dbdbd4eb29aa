/** Clients without a page: for servers, laboratories and demonstrations. Start with `run-headless.ts`. */
export { FileStorage } from './file-storage.js';
export { runCommand, tellErrorsInOneLine } from './run-command.js';
export { type HeadlessOptions, runHeadlessClients } from './run-headless.js';
export { planSlots, type Slot } from './slots.js';
export { defaultStateFolder } from './state-folder.js';
export { describeSummary, type HeadlessSummary } from './summary.js';
export { createView, type HeadlessView, quietView } from './view.js';
