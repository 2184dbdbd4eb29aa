/** Updates under a rule of one's own: threads train by fedavg, and its payload is all that they know. */
import {
  clientSeed,
  type GlobalModel,
  parameterCount,
  type Rule,
  roundContext,
  roundSeed,
  type Task,
} from '@fedhybnn/shared';

/**
 * @param latents fedavg's payload: the client's latents as f32, little-endian
 * @param client id of the virtual client
 */
export function encodedBy(
  rule: Rule,
  latents: Uint8Array,
  global: GlobalModel,
  { task, round, client }: { readonly task: Task; readonly round: number; readonly client: string },
): Uint8Array {
  const parameters = parameterCount(task);
  const view = new DataView(latents.buffer, latents.byteOffset, latents.byteLength);
  const local = Float32Array.from({ length: parameters }, (_, i) => view.getFloat32(4 * i, true));
  const seed = clientSeed(roundSeed(task, round), client);
  return rule.encode(local, global, roundContext(task, round, parameters), seed);
}
