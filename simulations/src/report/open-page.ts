/** Shows a page to the user. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Option } from 'commander';
import open from 'open';
import { option } from '../run/option.js';

export function openOption(): Option {
  return option('--open', 'show the page in the browser', 'OPEN').default(false);
}

/** In the browser that the user prefers. */
export async function openPage(page: string): Promise<void> {
  await open(pathToFileURL(resolve(page)).href);
}
