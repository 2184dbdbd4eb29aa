/** The task document, the model to take away, and whether the journal holds. */
import { exportProblem, parse, type Task, taskReplySchema, taskSchema } from '@fedhybnn/shared';
import { messages, numbers } from '../messages/language.js';
import { CopyButton } from '../parts/copy-button.js';
import { Problem } from '../parts/problem.js';
import { useResource } from '../parts/use-resource.js';
import { Verification } from '../parts/verification.js';
import type { TabProps } from './tab-props.js';

/** The document never changes. */
const RARELY_MS = 600_000;

export function TaskTab({ federation }: TabProps) {
  const words = messages.value.task;
  const n = numbers.value;
  const { id, round, latestModel } = federation;
  const base = `/v1/admin/tasks/${encodeURIComponent(id)}`;
  const found = useResource(`/v1/tasks/${encodeURIComponent(id)}`, taskReplySchema, RARELY_MS);
  const document = found.value && JSON.stringify(found.value.task, null, 2);
  const task = found.value && taskOf(found.value.task);
  return (
    <>
      <div class="halves even">
        <section class="card stack">
          <h2>{words.model}</h2>
          <p class="muted">{words.modelText(n, round)}</p>
          <div class="row">
            <a
              class="button"
              href={`/v1/files/${latestModel}`}
              download={`${id}-round-${round}.fhbn`}
            >
              {words.downloadModel}
            </a>
            {task && exportProblem(task) === undefined && (
              <a class="button" href={`${base}/head`} download={`${id}-round-${round}.fhh`}>
                {words.downloadHead}
              </a>
            )}
          </div>
          <p class="small">{words.headText}</p>
        </section>
        <section class="card stack">
          <h2>{words.verify}</h2>
          <Verification base={base} />
        </section>
      </div>
      <section class="card stack">
        <div class="card-head">
          <h2>{words.document}</h2>
          {document && <CopyButton text={document} label={words.copy} />}
        </div>
        {found.failure && <Problem error={found.failure} />}
        {found.value && <p class="small hash">SHA-256 {found.value.hash}</p>}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
        <section class="json" tabIndex={0} aria-label={words.document}>
          <pre>{document}</pre>
        </section>
      </section>
    </>
  );
}

function taskOf(document: unknown): Task {
  return parse(taskSchema, document, 'the task');
}
