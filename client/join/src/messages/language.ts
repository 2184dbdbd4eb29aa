/** The language of the join page. */
import { createSpeech } from '../../../look/src/language.js';
import { en, type Messages } from './en.js';

/** German and Chinese are loaded when they are chosen. */
export const { language, messages, numbers, speak, choose } = createSpeech<Messages>(en, {
  de: async () => (await import('./de.js')).de,
  zh: async () => (await import('./zh.js')).zh,
});
