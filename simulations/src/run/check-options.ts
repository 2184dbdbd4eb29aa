/** Options that are right by themselves, and must be together. */
import { FederationError } from '@fedhybnn/shared';
import type { RunOptions } from './options.js';
import { ruleSettings } from './rule-settings.js';

/** @throws FederationError `bad-request` naming options that do not go together */
export function checkOptions(options: RunOptions): void {
  const { cohort, clients, evaluateEvery, mode, drift, resume, out } = options;
  const refuse = (message: string): never => {
    throw new FederationError('bad-request', message);
  };
  if (cohort > clients) refuse(`--cohort ${cohort}: must be at most --clients (${clients})`);
  ruleSettings(options);
  if (options.stragglers !== undefined && options.devices === undefined) {
    refuse('--stragglers: take longer than other devices do; add --devices mix');
  }
  const chosen = Math.ceil(cohort * options.overSelect);
  if (chosen > clients) {
    refuse(
      `--over-select ${options.overSelect}: chooses ${chosen} clients, but there are ${clients}; take fewer`,
    );
  }
  if (resume && out === undefined) refuse('--resume: name the folder of the run with --out');
  const { aggregation, overSelect, attack, robust } = options;
  if (
    aggregation !== undefined &&
    (overSelect > 1 || attack !== undefined || robust !== undefined)
  ) {
    refuse(
      '--aggregation: --over-select, --attack and --robust are about rounds; leave them or --aggregation out',
    );
  }
  if (aggregation !== undefined && resume) {
    refuse(
      '--resume: a buffer of unfinished updates is not kept; play the run again, or in rounds',
    );
  }
  if (mode === 'in-process') return;
  if (resume) refuse('--resume: goes on in process only; leave out --mode wire');
  if (evaluateEvery > 1) {
    refuse(
      `--evaluate-every ${evaluateEvery}: a coordinator evaluates every round; leave it or --mode wire out`,
    );
  }
  if (drift !== undefined) refuse('--drift: plays in process only; leave out --mode wire');
  if (aggregation !== undefined) {
    refuse('--aggregation: a coordinator plays rounds; leave it or --mode wire out');
  }
  if (options.initFrom !== undefined) {
    refuse(
      '--init-from: a task makes its first model of its seed alone, and a coordinator plays no other; leave it or --mode wire out',
    );
  }
  const { devices, availability, dropout } = options;
  if (devices !== undefined || availability !== 'always' || dropout > 0) {
    refuse(
      '--devices, --availability, --dropout: clients on sockets take real time; leave them or --mode wire out',
    );
  }
}
