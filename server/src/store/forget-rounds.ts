/** Takes from old rounds what they could be replayed from; the journal and the digests stay. */
import { FederationError } from '@fedhybnn/shared';
import type { Transaction } from 'kysely';
import type { Tables } from './schema.js';

/** See `Store.forget`; all in the transaction given. */
export async function forgetRounds(
  db: Transaction<Tables>,
  task: string,
  round: number,
): Promise<string[]> {
  // A write first: a transaction that writes first never has to give up for another's.
  const { replay_from: before } = await db
    .updateTable('tasks')
    .set((eb) => ({ replay_from: eb.ref('replay_from') }))
    .where('id', '=', task)
    .returning('replay_from')
    .executeTakeFirstOrThrow();
  if (round <= before) return [];
  const entries = await db
    .selectFrom('journal')
    .select(['round', 'step', 'model'])
    .where('task', '=', task)
    .where('round', '>=', before)
    .where('round', '<=', round)
    .execute();
  if (!entries.some((entry) => entry.round === round)) {
    throw new FederationError('internal', `task ${task}: round ${round} is not published`);
  }
  // One round of one task names each of them: both are part of their bytes.
  const unnamed = [
    ...entries.filter((entry) => entry.round > before).map(({ step }) => step),
    ...entries.filter((entry) => entry.round < round).map(({ model }) => model),
  ];
  await db
    .updateTable('updates')
    .set({ frame: Buffer.alloc(0) })
    .where('task', '=', task)
    .where('round', '>', before)
    .where('round', '<=', round)
    .execute();
  await db
    .deleteFrom('files')
    .where('sha256', 'in', unnamed)
    .where('kind', 'in', ['step', 'model'])
    .execute();
  await db.updateTable('tasks').set({ replay_from: round }).where('id', '=', task).execute();
  return unnamed;
}
