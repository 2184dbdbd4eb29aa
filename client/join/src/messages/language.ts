/** The language of the page: the reader's choice, else the browser's, else English. */
import { computed, signal } from '@preact/signals';
import { en, type Messages } from './en.js';
import { numbersOf } from './numbers.js';

/** In the words of their speakers. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = 'fedhybnn-language';
/** Loaded when chosen: English comes with the page. */
const CATALOGS: Record<Language, () => Promise<Messages>> = {
  en: async () => en,
  de: async () => (await import('./de.js')).de,
  zh: async () => (await import('./zh.js')).zh,
};

const words = signal<{ readonly language: Language; readonly messages: Messages }>({
  language: 'en',
  messages: en,
});

export const language = computed(() => words.value.language);
/** The words of the page. */
export const messages = computed(() => words.value.messages);
/** Its way to write numbers. */
export const numbers = computed(() => numbersOf(words.value.language));

/** Speaks another language from now on. */
export async function speak(chosen: Language): Promise<void> {
  words.value = { language: chosen, messages: await CATALOGS[chosen]() };
  document.documentElement.lang = chosen;
}

/** As {@link speak}, and remembers it. */
export async function choose(chosen: Language): Promise<void> {
  await speak(chosen);
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

export function preferred(): Language {
  for (const tag of [stored(), ...navigator.languages]) {
    const found = tag?.slice(0, 2).toLowerCase();
    if (found !== undefined && found in LANGUAGES) return found as Language;
  }
  return 'en';
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
