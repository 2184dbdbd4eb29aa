/**
 * The journal's hash chain: what was counted and what came of it cannot be changed afterwards
 * without changing every later entry.
 *
 *   H₀ = SHA-256("FHBJ" ‖ task hash ‖ initial model hash)
 *   H_r = SHA-256(H_{r−1} ‖ task hash ‖ u32 n ‖ n × (u16 length ‖ client id UTF-8 ‖ digest) ‖
 *                 tally hash ‖ model hash), clients ascending by id
 *
 * Where the task's defenses tell clients apart, each digest is followed by its verdict as a byte.
 *
 * Hashes are their 32 bytes, numbers little-endian. The tally hash is SHA-256 over u32 count and one
 * f64 a parameter: exact integers, and the same for every back end.
 */
import { createHash } from 'node:crypto';
import type { Tally, Verdict, Verdicts } from '@fedhybnn/shared';

export interface ChainLink {
  readonly previous: string;
  readonly taskHash: string;
  /** Client → digest of its accepted update. */
  readonly counted: ReadonlyMap<string, string>;
  readonly tallyHash: string;
  readonly modelHash: string;
  readonly verdicts: Verdicts | null;
}

const VERDICT_BYTES: Record<Verdict, number> = {
  counted: 0,
  dissent: 1,
  outlier: 2,
  distrusted: 3,
  'distrusted-dissent': 4,
};

export function chainStart(taskHash: string, initialModel: string): string {
  return createHash('sha256')
    .update('FHBJ')
    .update(Buffer.from(taskHash, 'hex'))
    .update(Buffer.from(initialModel, 'hex'))
    .digest('hex');
}

export function chainNext(link: ChainLink): string {
  const hash = createHash('sha256')
    .update(Buffer.from(link.previous, 'hex'))
    .update(Buffer.from(link.taskHash, 'hex'));
  const clients = [...link.counted.keys()].sort();
  const count = Buffer.alloc(4);
  count.writeUInt32LE(clients.length);
  hash.update(count);
  for (const client of clients) {
    const name = Buffer.from(client, 'utf8');
    const length = Buffer.alloc(2);
    length.writeUInt16LE(name.length);
    hash
      .update(length)
      .update(name)
      .update(Buffer.from(link.counted.get(client) ?? '', 'hex'));
    if (link.verdicts !== null) {
      hash.update(Uint8Array.of(VERDICT_BYTES[link.verdicts[client] ?? 'counted']));
    }
  }
  return hash
    .update(Buffer.from(link.tallyHash, 'hex'))
    .update(Buffer.from(link.modelHash, 'hex'))
    .digest('hex');
}

export function tallyHash(tally: Tally): string {
  const bytes = new Uint8Array(4 + 8 * tally.sums.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, tally.count, true);
  for (let i = 0; i < tally.sums.length; i++) view.setFloat64(4 + 8 * i, tally.sums[i], true);
  return createHash('sha256').update(bytes).digest('hex');
}
