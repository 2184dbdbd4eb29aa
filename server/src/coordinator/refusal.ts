/** Why an update is refused, in words that say what to do. */
import { type Admission, type ErrorCode, FederationError } from '@fedhybnn/shared';

type RefusalCode = Extract<Admission, { verdict: 'refuse' }>['code'];

/** @param current the round being played or awaited */
export function refusal(code: RefusalCode, round: number, current: number): FederationError {
  const reasons: Record<RefusalCode, string> = {
    'round-stale': `round ${round} is over, round ${current} is next; wait for its round:open`,
    'round-future': `round ${round} has not begun, round ${current} is next; wait for its round:open`,
    'round-closed': `round ${round} takes no more updates; wait for the next round:open`,
    'not-in-cohort': `this client was not chosen for round ${round}; wait for a round:open`,
    'update-conflict': `another update of this client is accepted for round ${round}; wait for the next round`,
    'federation-ended': 'the federation has ended; its last model is in the rounds route',
  };
  return refuse(code, reasons[code]);
}

/** Another update of the same client and round is stored. */
export function conflict(): FederationError {
  return refuse(
    'update-conflict',
    'another update of this client is accepted for this round already; wait for the next round',
  );
}

export function busy(): FederationError {
  return new FederationError(
    'coordinator-busy',
    'the coordinator is stopping; come back in a while',
  );
}

function refuse(code: ErrorCode, reason: string): FederationError {
  return new FederationError(code, `update: ${reason}`);
}
