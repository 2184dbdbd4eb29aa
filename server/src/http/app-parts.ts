/** What the HTTP side is made of. */
import type { Logger } from 'pino';
import type { Coordinator } from '../coordinator/coordinator.js';
import type { Metrics } from '../metrics/metrics.js';
import type { TrustedProxies } from '../security/address.js';
import type { RateLimits } from '../security/limits.js';
import type { Operators } from '../security/operators.js';
import type { Tokens } from '../security/tokens.js';
import type { Verifications } from '../verification/verifications.js';
import type { CoordinatorPlace } from './admin/coordinator.js';

export interface AppParts {
  readonly coordinator: Coordinator;
  readonly tokens: Tokens;
  readonly operators: Operators;
  readonly limits: RateLimits;
  readonly trusted: TrustedProxies;
  /** Origins whose pages may join. */
  readonly origins: ReadonlySet<string>;
  /** Whether browsers are told to use HTTPS only: not with a certificate that signs itself. */
  readonly strictTransport: boolean;
  readonly log: Logger;
  /** False while starting or stopping. */
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
  /** See `metrics.ts`. */
  readonly metricsToken: string | undefined;
  readonly place: CoordinatorPlace;
  readonly verifications: Verifications;
  /** Closes the socket of a client, if it has one. */
  readonly disconnect: (task: string, client: string) => void;
}
