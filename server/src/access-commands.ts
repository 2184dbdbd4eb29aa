/** Operators, tokens and join codes from the command line, beside a running coordinator or without. */
import {
  type AdmissionMode,
  type ApiTokenReply,
  FederationError,
  type JoinCodeReply,
  operatorNameSchema,
  parse,
} from '@fedhybnn/shared';
import { createJoinCode, type JoinCodeSettings, type NewJoinCode } from './security/join-codes.js';
import { Operators } from './security/operators.js';
import { drawPassword, hashPassword } from './security/passwords.js';
import { prepareDataFolder } from './store/data-folder.js';
import { openStore, requireState, type StorePlace } from './store/open-store.js';
import type { Store } from './store/store.js';

const ACTOR = 'command line';

/**
 * A new operator, on a data folder that may be new, too.
 * @param password drawn where it is not given
 * @returns the password that was drawn, or null
 * @throws FederationError `name-taken`, `bad-request`
 */
export async function addOperator(
  place: StorePlace,
  name: string,
  password?: string,
): Promise<string | null> {
  const operator = parse(operatorNameSchema, name, `operator ${name}`);
  await prepareDataFolder(place.data);
  const drawn = password === undefined ? drawPassword() : null;
  const hash = await hashPassword(password ?? drawn ?? '');
  return withStore(place, async (store) => {
    await auditCommand(store, 'add-operator', operator);
    if (await store.access.addOperator(operator, hash, Date.now())) return drawn;
    throw new FederationError(
      'name-taken',
      `operator ${operator} is there already; choose another name, or set a new password with "operator password ${operator}"`,
    );
  });
}

/** A new password; it ends the operator's sessions. Returns it if it was drawn. */
export async function changePassword(
  place: StorePlace,
  name: string,
  password?: string,
): Promise<string | null> {
  const drawn = password === undefined ? drawPassword() : null;
  const hash = await hashPassword(password ?? drawn ?? '');
  return inState(place, async (store) => {
    await auditCommand(store, 'change-password', name);
    if (await store.access.setPassword(name, hash)) return drawn;
    throw unknownOperator(name);
  });
}

/** Sessions and API tokens go with the operator. */
export async function removeOperator(place: StorePlace, name: string): Promise<void> {
  await inState(place, async (store) => {
    await auditCommand(store, 'remove-operator', name);
    if (!(await store.access.removeOperator(name))) throw unknownOperator(name);
  });
}

export function operators(place: StorePlace): Promise<{ name: string; createdAt: number }[]> {
  return inState(place, (store) => store.access.operators());
}

export async function createApiToken(
  place: StorePlace,
  operator: string,
  label: string,
  days: number,
): Promise<ApiTokenReply & { token: string }> {
  return inState(place, async (store) => {
    if ((await store.access.password(operator)) === null) throw unknownOperator(operator);
    await auditCommand(store, 'create-api-token', operator, { label, days });
    return new Operators(store.access).createApiToken(operator, label, days);
  });
}

export function apiTokens(place: StorePlace): Promise<ApiTokenReply[]> {
  return inState(place, (store) => store.access.apiTokens());
}

export async function removeApiToken(place: StorePlace, id: string): Promise<void> {
  await inState(place, async (store) => {
    await auditCommand(store, 'remove-api-token', id);
    if (await store.access.removeCredential(id)) return;
    throw new FederationError('bad-request', `there is no API token ${id}; see "api-token list"`);
  });
}

/** A join code; it counts once the task admits by code. */
export async function newJoinCode(
  place: StorePlace,
  task: string,
  settings: JoinCodeSettings,
): Promise<NewJoinCode> {
  return inState(place, async (store) => {
    await requireTask(store, task);
    await auditCommand(store, 'create-join-code', task, settings);
    return createJoinCode(store.access, task, settings);
  });
}

export async function joinCodes(place: StorePlace, task: string): Promise<JoinCodeReply[]> {
  return inState(place, async (store) => {
    await requireTask(store, task);
    return store.access.joinCodes(task);
  });
}

export async function removeJoinCode(place: StorePlace, task: string, id: string): Promise<void> {
  await inState(place, async (store) => {
    await auditCommand(store, 'remove-join-code', task, { id });
    if (await store.access.removeJoinCode(task, id)) return;
    throw new FederationError('bad-request', `task ${task} has no join code ${id}; see --list`);
  });
}

/** A running coordinator follows within seconds. */
export async function setAdmission(
  place: StorePlace,
  task: string,
  admission: AdmissionMode,
): Promise<void> {
  await inState(place, async (store) => {
    await requireTask(store, task);
    await auditCommand(store, 'change-task', task, { admission });
    await store.setAdmission(task, admission);
  });
}

async function requireTask(store: Store, task: string): Promise<void> {
  const names = (await store.tasks()).map(({ id }) => id);
  if (names.includes(task)) return;
  throw new FederationError(
    'unknown-task',
    `task ${task}: not here; there are: ${names.join(', ') || 'none yet'}`,
  );
}

/** Says in the audit log what the command line is about to do. */
export function auditCommand(
  store: Store,
  action: string,
  subject: string,
  details?: unknown,
): Promise<void> {
  return store.access.addAudit({
    ...{ at: Date.now(), actor: ACTOR, action, subject, address: null },
    details: details === undefined ? null : JSON.stringify(details),
  });
}

function unknownOperator(name: string): FederationError {
  return new FederationError(
    'bad-request',
    `operator ${name}: not here; see "operator list", or add one with "operator add ${name}"`,
  );
}

async function inState<T>(place: StorePlace, work: (store: Store) => Promise<T>): Promise<T> {
  await requireState(place);
  return withStore(place, work);
}

async function withStore<T>(place: StorePlace, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(place);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
