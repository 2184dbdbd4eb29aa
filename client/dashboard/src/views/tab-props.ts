/** What each tab of a federation is given. */
import type { LiveFederationReply } from '@fedhybnn/shared';
import type { Seen } from '../state/overview.js';

export interface TabProps {
  readonly federation: Seen<LiveFederationReply>;
  /** Something was changed: it will be asked for at once. */
  readonly onDone: () => void;
}
