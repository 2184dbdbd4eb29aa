/** How much one address may ask for, so that nobody takes the coordinator from the others. */
import { FederationError } from '@fedhybnn/shared';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** 0 means: without a limit. */
export interface Limits {
  /** HTTP requests of one address in a minute. */
  readonly requestRate: number;
  /** Clients that join from one address in a minute: a school is one address. */
  readonly joinRate: number;
  /** Open sockets of one address. */
  readonly socketsPerAddress: number;
  /** Open sockets of all. */
  readonly sockets: number;
}

export const DEFAULT_LIMITS: Limits = {
  requestRate: 12_000,
  joinRate: 600,
  socketsPerAddress: 1_000,
  sockets: 20_000,
};

export const NO_LIMITS: Limits = { requestRate: 0, joinRate: 0, socketsPerAddress: 0, sockets: 0 };

/** Wrong join codes of one address in 15 minutes; wrong passwords of one, and for one name. */
const WRONG_CODES = 30;
const WRONG_PASSWORDS = { address: 10, name: 30 };
const WRONG_SECONDS = 15 * 60;
/** Uses of one join code in a minute: a code that got out does not fill a federation at once. */
const CODE_RATE = 600;

export type LimitKind = 'request' | 'join' | 'code' | 'wrong-code' | 'login' | 'login-name';

export class RateLimits {
  private readonly limiters: Record<LimitKind, RateLimiterMemory | null>;

  constructor({ requestRate, joinRate }: Limits) {
    const limiter = (points: number, duration: number) =>
      points === 0 ? null : new RateLimiterMemory({ points, duration });
    this.limiters = {
      request: limiter(requestRate, 60),
      join: limiter(joinRate, 60),
      code: limiter(joinRate === 0 ? 0 : CODE_RATE, 60),
      'wrong-code': limiter(WRONG_CODES, WRONG_SECONDS),
      login: limiter(WRONG_PASSWORDS.address, WRONG_SECONDS),
      'login-name': limiter(WRONG_PASSWORDS.name, WRONG_SECONDS),
    };
  }

  /** Takes one. @throws FederationError `rate-limited`: see {@link retryAfter} */
  async take(kind: LimitKind, key: string): Promise<void> {
    try {
      await this.limiters[kind]?.consume(key);
    } catch (thrown) {
      if (thrown instanceof RateLimiterRes) throw tooMuch(thrown);
      throw thrown;
    }
  }

  /** Takes nothing, but refuses where nothing is left. @throws FederationError `rate-limited` */
  async check(kind: LimitKind, key: string): Promise<void> {
    const limiter = this.limiters[kind];
    const state = await limiter?.get(key);
    if (limiter && state && state.consumedPoints >= limiter.points) throw tooMuch(state);
  }

  /** Gives one back, or all that were taken. */
  async forget(kind: LimitKind, key: string): Promise<void> {
    await this.limiters[kind]?.delete(key);
  }
}

/** Seconds after which a `rate-limited` request may be tried again, if the error says so. */
export function retryAfter(error: FederationError): number | undefined {
  return error.cause instanceof RateLimiterRes
    ? Math.max(1, Math.ceil(error.cause.msBeforeNext / 1000))
    : undefined;
}

function tooMuch(state: RateLimiterRes): FederationError {
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  return new FederationError(
    'rate-limited',
    `too many requests of this kind from this address; try again in ${seconds} s`,
    { cause: state },
  );
}

/** Counts the open sockets of each address. */
export class SocketCount {
  private readonly open = new Map<string, number>();
  private all = 0;

  constructor(private readonly limits: Pick<Limits, 'socketsPerAddress' | 'sockets'>) {}

  /** Why one more is refused, or null. @param key see `limitKey` */
  refusal(key: string): string | null {
    const { socketsPerAddress, sockets } = this.limits;
    if (sockets > 0 && this.all >= sockets)
      return 'the coordinator has all the sockets that it may';
    const here = this.open.get(key) ?? 0;
    if (socketsPerAddress > 0 && here >= socketsPerAddress) {
      return 'this address has all the sockets that it may';
    }
    return null;
  }

  /** Counts a socket until the function that it returns is called. */
  add(key: string): () => void {
    this.open.set(key, (this.open.get(key) ?? 0) + 1);
    this.all++;
    let counted = true;
    return () => {
      if (!counted) return;
      counted = false;
      this.all--;
      const left = (this.open.get(key) ?? 1) - 1;
      if (left === 0) this.open.delete(key);
      else this.open.set(key, left);
    };
  }
}
