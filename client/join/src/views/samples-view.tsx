/** Second step: samples, from wherever they come, read here and confirmed at once. */
import { useState } from 'preact/hooks';
import type { Reading, TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { Counts } from '../parts/counts.js';
import { Problem } from '../parts/problem.js';
import { Thumbnails } from '../parts/thumbnails.js';
import { WhatWasRead } from '../parts/what-was-read.js';
import { addBuiltIn, removeAll, start } from '../state/actions.js';
import { failure, keep, reading, readingNow, sampleCount } from '../state/store.js';
import { OwnData } from './own-data.js';
import { OwnTable } from './own-table.js';

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
        <WhatWasRead task={task} />
      </div>
      {task.input.kind === 'table' ? (
        <OwnTable task={task} />
      ) : (
        <OwnData task={task} label={label} onLabel={setLabel} />
      )}
      {reading.value && reading.value.count > 0 && <Samples task={task} reading={reading.value} />}
      <label class="check">
        <input
          type="checkbox"
          name="keep"
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

function Samples({ task, reading: found }: { readonly task: TaskInfo; readonly reading: Reading }) {
  const words = messages.value.data;
  const n = numbers.value;
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
      <Thumbnails task={task} newest={found.newest} />
      <button type="button" class="quiet" onClick={() => void removeAll()}>
        {words.removeAll}
      </button>
    </section>
  );
}
