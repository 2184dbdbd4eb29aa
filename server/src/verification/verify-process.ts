/**
 * A process that verifies one journal beside the coordinator, so that rounds go on meanwhile: it is
 * told where, tells how far it is, and ends with the report or the error.
 */
import { FederationError } from '@fedhybnn/shared';
import { verifyFolder } from '../verify-folder.js';
import type { VerifyAnswer, VerifyOrder } from './verifications.js';

/** Between two tellings of how far it is. Milliseconds. */
const TELL_MS = 200;

process.once('message', (order) => {
  void verify(order as VerifyOrder).then((answer) => {
    process.send?.(answer, () => process.disconnect());
  });
});

async function verify({ data, database, task }: VerifyOrder): Promise<VerifyAnswer> {
  let told = 0;
  const onRound = (round: number) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    process.send?.({ type: 'round', round } satisfies VerifyAnswer);
  };
  try {
    const [report] = await verifyFolder(data, task, database, onRound);
    return { type: 'report', report };
  } catch (thrown) {
    return { type: 'error', error: FederationError.from(thrown).toBody() };
  }
}
