/** Join codes: made here, given out by the operator, used up by those who join. */
import { randomBytes } from 'node:crypto';
import {
  FederationError,
  JOIN_CODE_BITS,
  type JoinCodeReply,
  joinCodeFrom,
  normalizeJoinCode,
} from '@fedhybnn/shared';
import type { AccessStore } from '../store/access-store.js';
import { contentHash } from '../store/content-hash.js';
import { drawId } from './operators.js';

export interface JoinCodeSettings {
  /** How many clients may join with it. */
  readonly uses: number;
  readonly hours: number;
  readonly label?: string | undefined;
}

export type NewJoinCode = JoinCodeReply & {
  readonly code: string;
  /** What a phone opens: the code stands behind the #, which no browser sends or logs. */
  readonly path: string;
};

/** Draws a code and remembers its hash. */
export async function createJoinCode(
  access: AccessStore,
  task: string,
  { uses, hours, label = '' }: JoinCodeSettings,
  now = Date.now(),
): Promise<NewJoinCode> {
  const code = joinCodeFrom(randomBytes(JOIN_CODE_BITS / 8));
  const reply: JoinCodeReply = {
    ...{ id: drawId(), task, label, uses: 0, maxUses: uses, createdAt: now },
    expiresAt: now + Math.round(hours * 3600 * 1000),
  };
  await access.addJoinCode({ ...reply, hash: hashJoinCode(code) });
  return { ...reply, code, path: `/${task}#code=${code}` };
}

/** @throws FederationError `join-code-invalid` where nothing like it can be a code */
export function hashJoinCode(typed: string): string {
  const code = normalizeJoinCode(typed);
  if (code !== null) return contentHash(Buffer.from(code));
  throw new FederationError(
    'join-code-invalid',
    'field "code": a join code has 16 letters and digits, such as 7KQ2-M9XD-4T0V-H8RB; check it for a missing one',
  );
}
