/** Options that are right by themselves, and must be together. */
import { FederationError } from '@fedhybnn/shared';
import type { RunOptions } from './options.js';
import { ruleSettings } from './rule-settings.js';

/** @throws FederationError `bad-request` naming options that do not go together */
export function checkOptions(options: RunOptions): void {
  const { cohort, clients, evaluateEvery, mode, drift } = options;
  const refuse = (message: string): never => {
    throw new FederationError('bad-request', message);
  };
  if (cohort > clients) refuse(`--cohort ${cohort}: must be at most --clients (${clients})`);
  ruleSettings(options);
  if (mode === 'in-process') return;
  if (evaluateEvery > 1) {
    refuse(
      `--evaluate-every ${evaluateEvery}: a coordinator evaluates every round; leave it or --mode wire out`,
    );
  }
  if (drift !== undefined) refuse('--drift: plays in process only; leave out --mode wire');
}
