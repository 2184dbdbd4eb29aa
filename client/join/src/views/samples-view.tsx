/** Second step: samples, from wherever they come, read here and confirmed at once. */
import { useState } from 'preact/hooks';
import type { Reading, TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { Counts } from '../parts/counts.js';
import { Pixels } from '../parts/pixels.js';
import { Problem } from '../parts/problem.js';
import { addBuiltIn, remove, removeAll, start } from '../state/actions.js';
import { failure, keep, reading, readingNow, sampleCount } from '../state/store.js';
import { OwnData } from './own-data.js';

export function SamplesView({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.data;
  const [label, setLabel] = useState(0);
  const busy = readingNow.value !== undefined;
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      {task.sample && (
        <button
          type="button"
          class="choice"
          disabled={busy || reading.value?.builtIn}
          onClick={() => void addBuiltIn()}
        >
          <strong>{reading.value?.builtIn ? words.sampleTaken : words.sample}</strong>
          <span class="small">{words.sampleText}</span>
        </button>
      )}
      {failure.value && <Problem error={failure.value} />}
      <div role="status" class="reading">
        <WhatWasRead />
      </div>
      <OwnData task={task} label={label} onLabel={setLabel} />
      {reading.value && reading.value.count > 0 && <Samples task={task} reading={reading.value} />}
      <label class="check">
        <input
          type="checkbox"
          checked={keep.value}
          onChange={(event) => {
            keep.value = event.currentTarget.checked;
          }}
        />
        <span>
          {words.keep}
          <span class="small">{words.keepText}</span>
        </span>
      </label>
      <div class="actions">
        {sampleCount.value === 0 && <p class="small">{words.startHint}</p>}
        <button
          type="button"
          class="primary"
          disabled={busy || sampleCount.value === 0}
          onClick={() => void start()}
        >
          {words.start}
        </button>
      </div>
    </>
  );
}

function WhatWasRead() {
  const words = messages.value.data;
  const n = numbers.value;
  const now = readingNow.value;
  const found = reading.value;
  if (now) return <p>{words.readingNow(n, now.done, now.of)}</p>;
  if (!found || found.latest.count + found.latest.unreadable === 0) return null;
  const { count, ms, unreadable } = found.latest;
  return (
    <>
      {count > 0 && <p class="done">{words.read(n, count, ms)}</p>}
      {unreadable > 0 && <p>{words.unreadable(n, unreadable)}</p>}
    </>
  );
}

function Samples({ task, reading: found }: { readonly task: TaskInfo; readonly reading: Reading }) {
  const words = messages.value.data;
  const n = numbers.value;
  const { width, height, channels } = task.input;
  return (
    <section class="card">
      <p>{words.together(n, found.count, found.heldOut)}</p>
      <h2 class="hidden">{words.byLabel}</h2>
      <Counts
        most={Math.max(...found.byLabel)}
        rows={task.labels.map((label, i) => {
          const value = found.byLabel[i];
          return { label, value, text: n.whole(value) };
        })}
      />
      <h2 class="small">{words.newest}</h2>
      <ul class="thumbnails">
        {found.newest.map(({ index, label, pixels }) => (
          <li key={index}>
            <button
              type="button"
              aria-label={words.removeOne(task.labels[label])}
              onClick={() => void remove(index)}
            >
              <Pixels pixels={pixels} width={width} height={height} channels={channels} />
              <span aria-hidden="true">{task.labels[label]}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="quiet" onClick={() => void removeAll()}>
        {words.removeAll}
      </button>
    </section>
  );
}
