/** Confirms at once what was read on this device, and names what could not be. */
import type { TaskInfo, Unreadable } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { reading, readingNow } from '../state/store.js';

/** Names of files that are told. */
const NAMED = 5;

export function WhatWasRead({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.data;
  const n = numbers.value;
  const now = readingNow.value;
  const found = reading.value;
  if (now) {
    return (
      <>
        <p>{now.of > 0 ? words.readingNow(n, now.done, now.of) : words.reading}</p>
        {now.of > 1 && <progress max={now.of} value={now.done} aria-label={words.reading} />}
      </>
    );
  }
  if (!found) return null;
  const { count, ms, unreadable, labelColumn } = found.latest;
  const told = task.input.kind === 'table' ? words.readRows : words.read;
  return (
    <>
      {count > 0 && ms > 0 && (
        <p class="done">
          {told(n, count, ms)}
          {labelColumn !== undefined && <span class="small">{words.labelColumn(labelColumn)}</span>}
        </p>
      )}
      <NotRead files={unreadable} />
    </>
  );
}

function NotRead({ files }: { readonly files: readonly Unreadable[] }) {
  const words = messages.value.data;
  const kinds = [...new Set(files.map(({ why }) => why))];
  return (
    <>
      {kinds.map((kind) => {
        const names = files.flatMap(({ name, why }) => (why === kind ? [name] : []));
        const more = names.length - NAMED;
        return (
          <p class="not-read" key={kind}>
            <strong>{words.unreadable[kind]}:</strong> {names.slice(0, NAMED).join(', ')}
            {more > 0 && ` ${words.more(numbers.value, more)}`}
          </p>
        );
      })}
    </>
  );
}
