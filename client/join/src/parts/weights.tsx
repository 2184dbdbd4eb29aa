/** The weights as pictures, and the model as a file. */
import type { TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { download, showWeights } from '../state/actions.js';
import { weights } from '../state/store.js';
import { Evidence, Pixels } from './pixels.js';

/** Labels that have a picture. */
const SHOWN = 12;

export function Weights({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.try;
  const n = numbers.value;
  const shown = weights.value;
  return (
    <section class="card own">
      <h2>{words.weights}</h2>
      {shown && (
        <>
          <p class="small">{words.weightsText(n, shown.parameters, shown.fileBytes)}</p>
          <ForEachLabel task={task} evidence={shown.evidence} inputs={shown.inputs} />
          <details>
            <summary>{words.firstLayer}</summary>
            <Pixels
              pixels={shown.weights}
              width={shown.inputs}
              height={shown.neurons}
              channels={1}
              label={words.weightsLabel(n, shown.neurons, shown.inputs)}
            />
            <p class="small">{words.weightsLabel(n, shown.neurons, shown.inputs)}</p>
          </details>
        </>
      )}
      <div class="row">
        {!shown && (
          <button type="button" onClick={() => void showWeights()}>
            {words.showWeights}
          </button>
        )}
        <button type="button" onClick={() => void download()}>
          {words.download}
        </button>
      </div>
    </section>
  );
}

interface ForEachLabelProps {
  readonly task: TaskInfo;
  readonly evidence: Int8Array;
  readonly inputs: number;
}

function ForEachLabel({ task, evidence, inputs }: ForEachLabelProps) {
  const words = messages.value.try;
  const outputs = evidence.length / inputs;
  // A lone output speaks for the second of two labels.
  const labels = outputs === 1 ? task.labels.slice(1) : task.labels;
  return (
    <div>
      <p class="small">{words.evidence}</p>
      <ul class={labels.every(({ length }) => length <= 2) ? 'evidences short' : 'evidences'}>
        {labels.slice(0, SHOWN).map((label, i) => (
          <li key={label}>
            <Evidence
              values={evidence.subarray(i * inputs, (i + 1) * inputs)}
              label={words.evidenceFor(label)}
            />
            <span aria-hidden="true">{label}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
