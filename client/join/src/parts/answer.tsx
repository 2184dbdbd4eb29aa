/** What the network answers, how sure it is, how long it took, and what it looked at. */
import type { Prediction, TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { Counts } from './counts.js';
import { Bits, Pixels } from './pixels.js';

interface AnswerProps {
  readonly task: TaskInfo;
  readonly answer: Prediction;
}

/** Labels whose probability is shown. */
const SHOWN = 10;

export function Answer({ task, answer }: AnswerProps) {
  const words = messages.value.try;
  const n = numbers.value;
  // A multiply-accumulate counts as two operations.
  const gops = (2 * task.binaryMacs) / (1000 * answer.microseconds);
  return (
    <section class="answer">
      <p>
        <span class="small">{words.answer}</span>
        <strong class={task.labels[answer.label].length > 3 ? 'big word' : 'big'}>
          {task.labels[answer.label]}
        </strong>
      </p>
      <dl>
        <div>
          <dt>{words.latency}</dt>
          <dd>{n.duration(answer.microseconds / 1000)}</dd>
        </div>
        <div>
          <dt>{words.speed}</dt>
          <dd>{words.speedValue(n, gops)}</dd>
        </div>
        <div>
          <dt>{words.extraction[task.input.kind]}</dt>
          <dd>{n.duration(answer.extractionMs)}</dd>
        </div>
      </dl>
    </section>
  );
}

export function AnswerDetails({ task, answer }: AnswerProps) {
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
      <div class={answer.pixels ? 'seen' : ''}>
        {answer.pixels && (
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
        )}
        <figure>
          <Bits bits={answer.bits} count={task.latentBits} label={words.bits(n, task.latentBits)} />
          <figcaption class="small">{words.bits(n, task.latentBits)}</figcaption>
        </figure>
      </div>
    </section>
  );
}
