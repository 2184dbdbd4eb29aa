/** Third step: the network learns, and every byte of it is shown. */
import type { TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { AccuracyChart } from '../parts/accuracy-chart.js';
import { CodeForm } from '../parts/code-form.js';
import { Problem } from '../parts/problem.js';
import { pause, show, start, stop } from '../state/actions.js';
import { awake } from '../state/awake.js';
import {
  asksForCode,
  change,
  heldOut,
  paused,
  progress,
  running,
  training,
  trouble,
} from '../state/store.js';

/** Kernels by their names, as people who know them say. */
const ENGINES: Readonly<Record<string, string>> = {
  relaxed: 'WebAssembly, relaxed SIMD',
  simd: 'WebAssembly, SIMD',
  reference: 'JavaScript',
};
/** Bytes of one 32-bit number. */
const FLOAT_BYTES = 4;

export function TrainView({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.train;
  if (asksForCode.value) {
    return (
      <>
        <h1 tabIndex={-1}>{words.title}</h1>
        <CodeForm />
        {task.exportable && task.round > 0 && (
          <div class="actions">
            <button type="button" onClick={() => show('try')}>
              {messages.value.what.tryOnly}
            </button>
          </div>
        )}
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <Status task={task} />
      {trouble.value && (
        // Without a connection it tries again by itself.
        <Problem error={trouble.value} {...(!running.value && { onRetry: () => void start() })} />
      )}
      <Accuracy />
      <AccuracyChart rounds={task.rounds} />
      <Bytes task={task} />
      {running.value && awake.value && <p class="small">{words.awake}</p>}
      <div class="actions">
        <div class="row">
          {running.value ? (
            <button type="button" onClick={() => void pause()}>
              {words.pause}
            </button>
          ) : (
            paused.value && (
              <button type="button" onClick={() => void start()}>
                {words.resume}
              </button>
            )
          )}
          {(running.value || paused.value) && (
            <button type="button" onClick={() => void stop()}>
              {words.stop}
            </button>
          )}
        </div>
        {task.exportable && (
          <button type="button" class="primary" onClick={() => show('try')}>
            {messages.value.try.title}
          </button>
        )}
      </div>
    </>
  );
}

function Status({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.train;
  const n = numbers.value;
  const { state, round, epoch, epochs, bytes, needed } = training.value;
  const short = state === 'waiting' && needed > 0;
  const texts: Record<typeof state, string> = {
    ...words.state,
    idle: words.state.paused,
    waiting: short ? words.state.gathering(n, needed) : words.state.waiting,
    training: `${words.state.training(n, round)}${epoch > 0 ? `, ${words.epoch(n, epoch, epochs)}` : ''}`,
    sending: words.state.sending(n, bytes),
    accepted: words.state.accepted(n, round),
    others: words.state.others(n, round),
  };
  const shown = Math.max(round, task.round);
  return (
    <section class="status" data-state={state}>
      <p>
        <span class="dot" aria-hidden="true" />
        <span class="what">{texts[state]}</span>
        <span class="rounds">{words.rounds(n, shown, task.rounds)}</span>
      </p>
      <progress max={task.rounds} value={shown} aria-label={words.rounds(n, shown, task.rounds)} />
      {running.value && <Phases />}
      {/* Spoken only when it matters: rounds may take a fraction of a second. */}
      <p class="hidden" role="status">
        {short || ['offline', 'paused', 'ended', 'failed'].includes(state) ? texts[state] : ''}
      </p>
    </section>
  );
}

/** What this device does in a round: passes over the samples, then its votes are sent and counted. */
function Phases() {
  const words = messages.value.train.phases;
  const { state: said, epoch, epochs } = training.value;
  const state = said === 'others' ? 'accepted' : said;
  const order = ['training', 'sending', 'accepted'] as const;
  const now = (order as readonly string[]).indexOf(state);
  const passes = epochs > 0 ? epoch / epochs : 0;
  return (
    <ol class="phases">
      {order.map((phase, i) => {
        const share = i < now || state === 'accepted' ? 1 : i > now ? 0 : i === 0 ? passes : 0.5;
        return (
          <li key={phase} aria-current={i === now ? 'step' : undefined}>
            <span class="share-bar" aria-hidden="true">
              <span style={{ width: `${100 * share}%` }} />
            </span>
            {words[phase]}
          </li>
        );
      })}
    </ol>
  );
}

function Accuracy() {
  const words = messages.value.train;
  const n = numbers.value;
  const known = change.value;
  if (!known) return null;
  const { key, first, last } = known;
  const points = 100 * (last - first);
  return (
    <section class="accuracy">
      <p class="big">{n.percent(last)}</p>
      <div>
        <p>{key === 'own' ? words.yours(n, heldOut.value?.total ?? 0) : words.central}</p>
        {Math.abs(points) >= 0.05 && (
          <p class="small">
            {words.before(n, first)} · {words.points(n, points)}
          </p>
        )}
      </div>
    </section>
  );
}

function Bytes({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.train;
  const n = numbers.value;
  const known = progress.value;
  if (!known) return null;
  const { traffic, contributed, followed, samplesPerSecond, kernels } = known;
  const floats = FLOAT_BYTES * task.parameters;
  const rows = [
    {
      ...{ name: words.sent, bytes: traffic.sent, models: contributed },
      ...{ part: traffic.updates, partText: words.votes },
    },
    {
      ...{ name: words.received, bytes: traffic.received, models: followed },
      ...{ part: traffic.models, partText: words.models },
    },
  ];
  return (
    <section class="card">
      <dl class="figures">
        <div>
          <dt>{words.contributed}</dt>
          <dd>{n.whole(contributed)}</dd>
        </div>
        {rows.map(({ name, bytes, models, part, partText }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{n.bytes(bytes)}</dd>
            {models > 0 && part > 0 && (
              <dd class="small">
                {partText(n, part)} · {words.wouldBe(n, models * floats)}
                {models * floats > 2 * part && <b>{words.fewer(n, (models * floats) / part)}</b>}
              </dd>
            )}
          </div>
        ))}
        {samplesPerSecond > 0 && (
          <div>
            <dt>{words.speed}</dt>
            <dd>{words.speedValue(n, samplesPerSecond)}</dd>
            <dd class="small">{ENGINES[kernels.split(' ')[0]] ?? kernels}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}
