/** Fourth step: the model answers, and shows how. */
import { useState } from 'preact/hooks';
import type { Prediction, Stroke, TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { Camera } from '../parts/camera.js';
import { Counts } from '../parts/counts.js';
import { DrawingPad } from '../parts/drawing-pad.js';
import { Bits, Pixels } from '../parts/pixels.js';
import { Problem } from '../parts/problem.js';
import { Share } from '../parts/share.js';
import { download, predict } from '../state/actions.js';
import { failure, prediction } from '../state/store.js';

/** Labels whose probability is shown. */
const SHOWN = 10;

export function TryView({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.try;
  const n = numbers.value;
  const answer = prediction.value;
  if (!task.exportable) {
    return (
      <>
        <h1 tabIndex={-1}>{words.title}</h1>
        <p class="lead">{words.unavailable}</p>
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="lead">{answer ? words.lead(n, answer.round) : words.hint}</p>
      <Input task={task} />
      {failure.value && <Problem error={failure.value} />}
      <div role="status">{answer && <Answer task={task} answer={answer} />}</div>
      {answer && <Details task={task} answer={answer} />}
      <button type="button" onClick={() => void download()}>
        {words.download}
      </button>
      <Share task={task} />
    </>
  );
}

function Input({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.try;
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const draws = task.input.channels === 1;
  const onChange = (next: readonly Stroke[], done: boolean) => {
    setStrokes(next);
    if (done && next.length > 0) void predict({ strokes: next });
  };
  const clear = () => {
    setStrokes([]);
    prediction.value = undefined;
  };
  return (
    <section class="card">
      {draws && (
        <DrawingPad
          strokes={strokes}
          onChange={onChange}
          label={`${messages.value.data.drawHint}. ${messages.value.data.drawKeys}`}
          hint={messages.value.data.drawHint}
        />
      )}
      <div class="row">
        {draws && (
          <button type="button" disabled={strokes.length === 0} onClick={clear}>
            {words.clear}
          </button>
        )}
        <label class="button">
          {words.show}
          <input
            type="file"
            accept="image/*"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void predict({ file });
              event.currentTarget.value = '';
            }}
          />
        </label>
      </div>
      {!draws && <Camera capture={words.show} onPicture={(file) => void predict({ file })} />}
    </section>
  );
}

interface AnswerProps {
  readonly task: TaskInfo;
  readonly answer: Prediction;
}

function Answer({ task, answer }: AnswerProps) {
  const words = messages.value.try;
  const n = numbers.value;
  return (
    <section class="answer">
      <p>
        <span class="small">{words.answer}</span>
        <strong class="big">{task.labels[answer.label]}</strong>
      </p>
      <dl>
        <div>
          <dt>{words.latency}</dt>
          <dd>{n.duration(answer.microseconds / 1000)}</dd>
        </div>
        <div>
          <dt>{words.extraction}</dt>
          <dd>{n.duration(answer.extractionMs)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Details({ task, answer }: AnswerProps) {
  const words = messages.value.try;
  const n = numbers.value;
  const { width, height, channels } = task.input;
  const rows = task.labels.map((label, i) => {
    const value = answer.probabilities[i];
    return { label, value, text: n.percent(value), top: i === answer.label };
  });
  // Of many labels only the likeliest.
  const shown =
    rows.length <= SHOWN ? rows : rows.sort((a, b) => b.value - a.value).slice(0, SHOWN);
  return (
    <section class="card details">
      <h2>{words.probabilities}</h2>
      <Counts most={1} rows={shown} />
      <div class="seen">
        <figure>
          <Pixels
            pixels={answer.pixels}
            width={width}
            height={height}
            channels={channels}
            label={words.seen}
          />
          <figcaption class="small">{words.seen}</figcaption>
        </figure>
        <figure>
          <Bits bits={answer.bits} count={task.latentBits} label={words.bits(n, task.latentBits)} />
          <figcaption class="small">{words.bits(n, task.latentBits)}</figcaption>
        </figure>
      </div>
    </section>
  );
}
