/** First step: what happens, what leaves the device, and what that does not protect against. */
import type { TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { CodeField } from '../parts/code-field.js';
import { EraseButton } from '../parts/erase-button.js';
import { Problem } from '../parts/problem.js';
import { show } from '../state/actions.js';
import { earlier, erased, failure, repaired, running } from '../state/store.js';

export function WhatView({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.what;
  const n = numbers.value;
  const found = earlier.value?.reading;
  return (
    <>
      <p class="kicker">{words.kicker}</p>
      <h1 tabIndex={-1}>{task.title}</h1>
      <p class="lead">{words.lead}</p>
      {failure.value && <Problem error={failure.value} />}
      {task.offline && (
        <p class="note" role="status">
          {words.offlineNote(n, task.round)}
        </p>
      )}
      {repaired.value && (
        <p class="note" role="status">
          {words.repaired}
        </p>
      )}
      {erased.value && (
        <p class="note" role="status">
          {messages.value.erase.done}
        </p>
      )}
      {found && !running.value && (
        <p class="note">
          <strong>{words.again}.</strong> {words.againText(n, found.count)}
        </p>
      )}
      <div class="pair">
        <section class="card">
          <h2>{words.stays}</h2>
          <ul>
            {words.staysItems[task.input.kind].map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </section>
        <section class="card out">
          <h2>{words.leaves}</h2>
          <ul>
            <li>
              {words.leavesVotes(n, task.updateBytes, task.parameters)}{' '}
              <strong>{words.leavesNothing[task.input.kind]}</strong>
            </li>
            <li>{words.leavesId}</li>
          </ul>
          <p class="small">{words.comesBack(n, task.stepBytes)}</p>
        </section>
      </div>
      <dl class="about">
        <div>
          <dt>{words.runBy}</dt>
          <dd>
            {task.runBy && <>{task.runBy} · </>}
            {location.host}
          </dd>
        </div>
        <div>
          <dt>{words.privacy}</dt>
          <dd>{words.privacyModes[task.privacy]}</dd>
        </div>
      </dl>
      {task.byCode && !task.ended && !earlier.value?.running && <CodeField />}
      <section class="standing">
        <h2>{words.standing}</h2>
        <progress max={task.rounds} value={task.round} aria-label={words.standing} />
        <p>
          {words.round(n, task.round, task.rounds)}
          {' · '}
          {task.accuracy === null ? words.unmeasured : words.accuracy(n, task.accuracy)}
          {!task.offline && <> · {words.devices(n, task.ready)}</>}
        </p>
      </section>
      <details>
        <summary>{words.learned}</summary>
        <p>{task.description}</p>
      </details>
      <details>
        <summary>{words.limits}</summary>
        {words.limitsText.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </details>
      <EraseButton />
      <Next task={task} />
    </>
  );
}

function Next({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.what;
  if (task.unsupported) {
    return <p class="note">{words.multiLabelNote}</p>;
  }
  const onlyTry = task.ended || task.offline;
  return (
    <div class="actions">
      {task.ended && <p class="small">{words.endedNote}</p>}
      {task.paused && <p class="small">{words.pausedNote}</p>}
      {task.exportable && task.round > 0 && (
        <button type="button" class={onlyTry ? 'primary' : ''} onClick={() => show('try')}>
          {onlyTry ? messages.value.try.title : words.tryOnly}
        </button>
      )}
      {!onlyTry && (
        <button type="button" class="primary" onClick={() => show('data')}>
          {words.next}
        </button>
      )}
    </div>
  );
}
