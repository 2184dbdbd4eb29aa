/**
 * fedavg-fp32: federated averaging (McMahan et al., arXiv 1602.05629) of a real-valued head of the
 * same shape as the binary one: the ceiling that binary rules are compared with. The rule is that of
 * {@link fedavg}; what differs is the head that is trained (`network/real-head.ts`): its weights are
 * the latents themselves, in [−1, 1] and exact to 2⁻²⁴.
 */
import { fedavg } from './fedavg.js';
import type { Rule } from './rule.js';

/** 32 bits a parameter in both directions. */
export const fedavgFp32: Rule = { ...fedavg, kind: 'fedavg-fp32', id: 5 };
