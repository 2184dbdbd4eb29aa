/** The language of a page: the reader's choice, else the browser's, else English. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Numbers, numbersOf } from './numbers.js';

/** In the words of their speakers. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = 'fedhybnn-language';

export interface Speech<Messages> {
  readonly language: ReadonlySignal<Language>;
  /** The words of the page. */
  readonly messages: ReadonlySignal<Messages>;
  /** Its way to write numbers. */
  readonly numbers: ReadonlySignal<Numbers>;
  /** Speaks another language from now on. */
  speak(chosen: Language): Promise<void>;
  /** As {@link speak}, and remembers it for all pages of this coordinator. */
  choose(chosen: Language): Promise<void>;
}

/**
 * @param english what comes with the page
 * @param others loaded when they are chosen
 */
export function createSpeech<Messages>(
  english: Messages,
  others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Messages>>>,
): Speech<Messages> {
  const words = signal<{ readonly language: Language; readonly messages: Messages }>({
    language: 'en',
    messages: english,
  });
  const speak = async (chosen: Language) => {
    const messages = chosen === 'en' ? english : await others[chosen]();
    words.value = { language: chosen, messages };
    document.documentElement.lang = chosen;
  };
  return {
    language: computed(() => words.value.language),
    messages: computed(() => words.value.messages),
    numbers: computed(() => numbersOf(words.value.language)),
    speak,
    async choose(chosen) {
      await speak(chosen);
      try {
        localStorage.setItem(STORED, chosen);
      } catch {
        // A browser that keeps nothing asks again next time.
      }
    },
  };
}

export function preferredLanguage(): Language {
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
