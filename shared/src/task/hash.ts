/** The identity of a task. */
import { sha256Hex } from '../codec/sha256.js';
import type { DictionaryTask } from './dictionary-task.js';
import type { Task } from './task.js';

/** SHA-256 (hexadecimal) of the task's canonical JSON. */
export function taskHash(task: Task | DictionaryTask): string {
  return sha256Hex(new TextEncoder().encode(canonicalJson(task)));
}

/**
 * JSON with one form for each value: no white space, members sorted by the UTF-16 code units of
 * their names, numbers and strings as `JSON.stringify` writes them (RFC 8785). `undefined` members
 * are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
