/** Who operates this page. */
import {
  doneReplySchema,
  FederationError,
  type SessionReply,
  sessionReplySchema,
} from '@fedhybnn/shared';
import { signal } from '@preact/signals';
import { ask, followSession, setSession } from '../api/request.js';

/** `undefined`: not known yet; `null`: nobody. */
export const operator = signal<string | null | undefined>(undefined);
/** The session was over before the operator left. */
export const expired = signal(false);
/** Why it is not known who operates. */
export const sessionFailure = signal<FederationError | undefined>(undefined);

const RETRY_MS = 3000;
const REMEMBERED = 'fedhybnn-operator';

followSession({
  loggedOut() {
    if (operator.value) expired.value = true;
    operator.value = null;
  },
  async changed() {
    enter(await ask('/v1/admin/session', { reply: sessionReplySchema }));
  },
});

/** Goes on with the session of an earlier visit, if there may be one. */
export async function resume(): Promise<void> {
  if (!remembered()) {
    operator.value = null;
    return;
  }
  try {
    enter(await ask('/v1/admin/session', { reply: sessionReplySchema }));
  } catch (thrown) {
    const error = FederationError.from(thrown);
    if (error.code === 'login-required') return;
    sessionFailure.value = error;
    setTimeout(() => void resume(), RETRY_MS);
  }
}

/** @throws FederationError `login-failed`, `rate-limited` … */
export async function logIn(name: string, password: string): Promise<void> {
  const body = { name, password };
  enter(await ask('/v1/admin/login', { method: 'POST', body, reply: sessionReplySchema }));
}

export async function logOut(): Promise<void> {
  try {
    await ask('/v1/admin/logout', { method: 'POST', reply: doneReplySchema });
  } catch (thrown) {
    // A session that is over needs no end.
    if (FederationError.from(thrown).code !== 'login-required') throw thrown;
  }
  remember(false);
  operator.value = null;
  expired.value = false;
}

function enter({ operator: name, csrf }: SessionReply): void {
  setSession(csrf ?? '');
  sessionFailure.value = undefined;
  expired.value = false;
  remember(true);
  operator.value = name;
}

/** That there may be a session; the session itself no script can read. */
function remember(session: boolean): void {
  try {
    if (session) localStorage.setItem(REMEMBERED, 'yes');
    else localStorage.removeItem(REMEMBERED);
  } catch {
    // A browser that keeps nothing asks the coordinator each time.
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(REMEMBERED) !== null;
  } catch {
    return true;
  }
}
