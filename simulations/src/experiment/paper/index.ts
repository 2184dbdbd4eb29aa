/** The experiment behind docs/results.md. */
import type { Section } from '../section.js';
import { HEADLINE } from './headline.js';
import { HYBRID } from './hybrid.js';
import { PARTITIONS_SECTION } from './partitions.js';
import { RULES_SECTION } from './rules.js';
import { STRETCH } from './stretch.js';
import { YEAST } from './yeast.js';

export const PAPER: readonly Section[] = [
  HEADLINE,
  RULES_SECTION,
  PARTITIONS_SECTION,
  HYBRID,
  STRETCH,
  YEAST,
];
