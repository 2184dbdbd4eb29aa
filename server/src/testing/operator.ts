/** For tests: an operator of a running coordinator, with a session. */
import { CSRF_HEADER } from '@fedhybnn/shared';
import { addOperator } from '../access-commands.js';

export const PASSWORD = 'correct horse battery';

export interface TestOperator {
  readonly cookie: string;
  readonly csrf: string;
  /** As the operator's page asks: with cookie and token. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at what came, whatever it is
export type Answer = any;

export function login(url: string, name: string, password: string): Promise<Response> {
  return fetch(`${url}/v1/admin/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
}

/** @param data the coordinator's folder */
export async function operatorOf(url: string, data: string, name = 'anna'): Promise<TestOperator> {
  await addOperator({ data }, name, PASSWORD).catch(() => {});
  const reply = await login(url, name, PASSWORD);
  const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0];
  const { csrf } = (await reply.json()) as { csrf: string };
  return {
    cookie,
    csrf,
    async ask(method, path, body) {
      const isJson = body !== undefined && !(body instanceof Uint8Array);
      const answer = await fetch(url + path, {
        method,
        headers: {
          cookie,
          [CSRF_HEADER]: csrf,
          ...(isJson && { 'content-type': 'application/json' }),
        },
        body: isJson ? JSON.stringify(body) : ((body ?? null) as BodyInit | null),
      });
      const text = await answer.text();
      return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
    },
  };
}
