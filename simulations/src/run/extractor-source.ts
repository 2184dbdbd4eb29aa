/** Finds an extractor by what a user calls it. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { FederationError } from '@fedhybnn/shared';

const SHIPPED: Readonly<Record<string, string>> = {
  'patches-512': 'mnist-patches-512.fhx',
  'patches-784': 'mnist-patches-784.fhx',
  'patches-1568': 'mnist-patches-1568.fhx',
  'fashion-patches-784': 'fashion-patches-784.fhx',
  'fashion-patches-1568': 'fashion-patches-1568.fhx',
  'vae-512': 'mnist-vae-512.fhx',
  'fashion-vae-512': 'fashion-vae-512.fhx',
  pixels: 'mnist-pixels.fhx',
};

/** Names of the extractors that ship with the platform. */
export const SHIPPED_EXTRACTORS = Object.keys(SHIPPED);

/**
 * The bytes of an extractor file.
 * @param name a shipped extractor, or the path of a file
 * @throws FederationError `unknown-file` naming what there is
 */
export async function readExtractorFile(name: string): Promise<Uint8Array> {
  const shipped = SHIPPED[name];
  const path =
    shipped === undefined
      ? name
      : createRequire(import.meta.url).resolve(`@fedhybnn/shared/extractors/${shipped}`);
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new FederationError(
      'unknown-file',
      `--extractor ${name}: neither a shipped extractor (${SHIPPED_EXTRACTORS.join(', ')}) nor a readable file; make one with fedhybnn-simulate pretrain`,
      { cause },
    );
  }
}
