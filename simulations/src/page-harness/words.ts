/** The join page's own words, by which it is operated here: no test repeats them. */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import type { Messages } from '../../../client/join/src/messages/en.js';
import type { Language } from '../../../client/look/src/language.js';
import type { Numbers } from '../../../client/look/src/numbers.js';

export type { Language, Messages, Numbers };

export const LANGUAGES: readonly Language[] = ['en', 'de', 'zh'];

/** The pages' sources; the path holds for this file's compiled form too. */
const PAGES = fileURLToPath(new URL('../../../client/', import.meta.url));

export interface Words {
  readonly language: Language;
  readonly messages: Messages;
  readonly numbers: Numbers;
}

export async function wordsOf(language: Language): Promise<Words> {
  const catalog = await read<Record<Language, Messages>>(`join/src/messages/${language}.ts`);
  const { numbersOf } = await read<{ numbersOf(locale: string): Numbers }>('look/src/numbers.ts');
  return { language, messages: catalog[language], numbers: numbersOf(language) };
}

async function read<T>(file: string): Promise<T> {
  const { module } = await runnerImport<T>(PAGES + file, { logLevel: 'error' });
  return module;
}
