/** Who operates the demo: a name, and a password that is drawn once and kept in the state folder. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addOperator, changePassword, drawPassword } from '@fedhybnn/server';
import { FederationError } from '@fedhybnn/shared';

export interface DemoOperator {
  readonly name: string;
  readonly password: string;
}

const NAME = 'demo';

/**
 * Makes the operator in the coordinator's folder, if it is not there yet.
 * @param data the demo's state folder
 */
export async function demoOperator(data: string, coordinator: string): Promise<DemoOperator> {
  const file = join(data, 'operator-password.txt');
  const kept = await readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
  const password = kept || drawPassword();
  if (!kept) {
    await mkdir(data, { recursive: true });
    await writeFile(file, `${password}\n`, { mode: 0o600 });
  }
  const place = { data: coordinator };
  try {
    await addOperator(place, NAME, password);
  } catch (thrown) {
    if (FederationError.from(thrown).code !== 'name-taken') throw thrown;
    // The file was deleted: what nobody knows any more is replaced.
    if (!kept) await changePassword(place, NAME, password);
  }
  return { name: NAME, password };
}
