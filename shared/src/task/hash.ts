/** The identity of a task. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import type { Task } from './task.js';

/** SHA-256 (hexadecimal) of the task's canonical JSON (RFC 8785). */
export function taskHash(task: Task): string {
  const text = canonicalize(task);
  if (text === undefined) throw new TypeError('a task is a JSON object');
  return bytesToHex(sha256(utf8ToBytes(text)));
}
