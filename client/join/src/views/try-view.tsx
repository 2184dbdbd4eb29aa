/** Fourth step: the model answers, and shows how; it can become one's own, and be passed on. */
import { useState } from 'preact/hooks';
import type { Stroke, TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { Answer, AnswerDetails } from '../parts/answer.js';
import { Camera } from '../parts/camera.js';
import { DrawingPad } from '../parts/drawing-pad.js';
import { Install } from '../parts/install.js';
import { ModelChoice, Personal } from '../parts/personal.js';
import { Problem } from '../parts/problem.js';
import { RowForm } from '../parts/row-form.js';
import { Share } from '../parts/share.js';
import { Weights } from '../parts/weights.js';
import { clearQuestion, predict } from '../state/actions.js';
import { failure, prediction } from '../state/store.js';

export function TryView({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.try;
  const answer = prediction.value;
  if (!task.exportable) {
    return (
      <>
        <h1 tabIndex={-1}>{words.title}</h1>
        <p class="lead">{words.unavailable}</p>
        <Share task={task} />
      </>
    );
  }
  const table = task.input.kind === 'table';
  const hint = table ? words.hintRow : words.hint;
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="lead">{answer ? words.lead(numbers.value, answer.round) : hint}</p>
      <ModelChoice />
      {table ? <RowForm task={task} /> : <PictureInput task={task} />}
      {failure.value && <Problem error={failure.value} />}
      <div role="status">{answer && <Answer task={task} answer={answer} />}</div>
      {answer && <AnswerDetails task={task} answer={answer} />}
      <Personal />
      <Weights task={task} />
      <Share task={task} />
      <Install />
    </>
  );
}

function PictureInput({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.try;
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const draws = task.input.channels === 1;
  const onChange = (next: readonly Stroke[], done: boolean) => {
    setStrokes(next);
    if (done && next.length > 0) void predict({ strokes: next });
  };
  const clear = () => {
    setStrokes([]);
    clearQuestion();
  };
  const show = (file: Blob) => {
    setStrokes([]);
    void predict({ file });
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
            name="picture"
            accept="image/*"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) show(file);
              event.currentTarget.value = '';
            }}
          />
        </label>
      </div>
      {!draws && <Camera capture={words.show} onPicture={show} />}
    </section>
  );
}
