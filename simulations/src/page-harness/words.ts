/** The join page's own words, by which it is operated here: no test repeats them. */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import type { Messages } from '../../../client/join/src/messages/en.js';
import type { Language } from '../../../client/join/src/messages/language.js';
import type { Numbers } from '../../../client/join/src/messages/numbers.js';

export type { Language, Messages, Numbers };

export const LANGUAGES: readonly Language[] = ['en', 'de', 'zh'];

/** The catalogs' sources; the path holds for this file's compiled form too. */
const CATALOGS = fileURLToPath(new URL('../../../client/join/src/messages/', import.meta.url));

export interface Words {
  readonly language: Language;
  readonly messages: Messages;
  readonly numbers: Numbers;
}

export async function wordsOf(language: Language): Promise<Words> {
  const catalog = await read<Record<Language, Messages>>(language);
  const { numbersOf } = await read<{ numbersOf(locale: string): Numbers }>('numbers');
  return { language, messages: catalog[language], numbers: numbersOf(language) };
}

async function read<T>(name: string): Promise<T> {
  const { module } = await runnerImport<T>(`${CATALOGS}${name}.ts`, { logLevel: 'error' });
  return module;
}
