/** What is printed in place of the page, while it is set. */
import { signal } from '@preact/signals';

export interface PosterContent {
  readonly title: string;
  readonly description: string;
  /** What a phone opens. */
  readonly link: string;
  /** To be typed where the link was opened without it. */
  readonly code: string | undefined;
  /** Of a client in a round, at most. */
  readonly updateBytes: number;
}

export const poster = signal<PosterContent | undefined>(undefined);
