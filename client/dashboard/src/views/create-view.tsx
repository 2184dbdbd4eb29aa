/** A new federation: a form, and beside it the task document that it makes. */
import {
  ROBUST_DEFAULTS,
  RULE_DEFAULTS,
  type RuleSettings,
  taskReplySchema,
} from '@fedhybnn/shared';
import { ask } from '../api/request.js';
import { messages, numbers } from '../messages/language.js';
import { Choice } from '../parts/choice.js';
import { EvaluationField } from '../parts/evaluation-field.js';
import { ExtractorField } from '../parts/extractor-field.js';
import { FileButton } from '../parts/file-button.js';
import { Problem } from '../parts/problem.js';
import { issueText, ListField, NumberField, SelectField, TextField } from '../parts/task-fields.js';
import { useAction } from '../parts/use-action.js';
import { withGoal, withRule, withShare } from '../state/default-task.js';
import { valueAt } from '../state/document.js';
import {
  brokenText,
  change,
  changeText,
  checked,
  contradiction,
  costs,
  draft,
  draftAdmission,
  draftText,
  evaluation,
} from '../state/draft.js';
import { go } from '../state/route.js';

export function CreateView() {
  const words = messages.value.create;
  const { task, issues } = checked.value;
  const creating = useAction(async () => {
    if (task === undefined) return;
    await ask('/v1/admin/tasks', {
      method: 'POST',
      reply: taskReplySchema,
      body: {
        task,
        admission: draftAdmission.value,
        ...(evaluation.value && { evaluation: evaluation.value.sha256 }),
      },
    });
    go({ view: 'federation', id: task.id, tab: 'invite' });
  });
  const ready =
    task !== undefined && contradiction.value === undefined && brokenText.value === undefined;
  return (
    <>
      <div class="title-row">
        <h1 tabIndex={-1}>{words.title}</h1>
      </div>
      <div class="create">
        <form
          class="stack"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) void creating.run();
          }}
        >
          <What />
          <Rounds />
          <Learning />
          <section class="card stack">
            <h2>{messages.value.invite.admission}</h2>
            <Choice
              label={messages.value.invite.admission}
              value={draftAdmission.value}
              choices={messages.value.admission}
              onChange={(to) => {
                draftAdmission.value = to;
              }}
            />
            <Costs />
            {contradiction.value && <Problem error={contradiction.value} />}
            {creating.error && <Problem error={creating.error} />}
            {issues.length > 0 && <p class="wrong">{words.mend(issues.length)}</p>}
            <button type="submit" class="primary" disabled={!ready || creating.busy}>
              {creating.busy ? words.creating : words.create}
            </button>
          </section>
        </form>
        <Document />
      </div>
    </>
  );
}

function What() {
  const words = messages.value.create;
  return (
    <section class="card stack">
      <h2>{words.what}</h2>
      <div class="fields">
        <ExtractorField />
        <TextField wide path="title" label={words.taskTitle} />
        <TextField wide path="id" label={words.id} hint={words.idHint} />
        <TextField wide path="description" label={words.description} lines={3} />
        <ListField wide path="labels" label={words.labels} hint={words.labelsHint} lines={5} />
        <EvaluationField />
      </div>
      <details>
        <summary>{words.own}</summary>
        <p class="small">{words.ownText}</p>
        <pre class="command">
          npx fedhybnn-simulate pretrain --dataset folder:PICTURES --out mine.fhx
        </pre>
        <pre class="command">
          npx fedhybnn-simulate task --dataset folder:PICTURES --folder task
        </pre>
      </details>
    </section>
  );
}

function Rounds() {
  const words = messages.value.create;
  return (
    <section class="card stack">
      <h2>{words.rounds}</h2>
      <div class="fields">
        <NumberField path="federation.rounds" label={words.roundCount} />
        <NumberField
          path="federation.goal"
          label={words.goal}
          hint={words.goalHint}
          onNumber={(goal) => {
            draft.value = withGoal(draft.value, goal);
          }}
        />
        <NumberField path="federation.minimum" label={words.minimum} hint={words.minimumHint} />
        <NumberField path="federation.ready" label={words.ready} hint={words.readyHint} />
        <NumberField path="federation.deadlineMs" factor={1000} label={words.deadline} />
        <NumberField path="federation.gatherMs" factor={1000} label={words.gather} />
        <NumberField
          path="federation.targetAccuracy"
          factor={0.01}
          optional
          label={words.target}
          hint={words.targetHint}
        />
        <NumberField path="federation.seed" label={words.seed} />
      </div>
    </section>
  );
}

function Learning() {
  const words = messages.value.create;
  const rule = valueAt(draft.value, 'federation.rule.kind');
  const kinds = Object.keys(RULE_DEFAULTS) as RuleSettings['kind'][];
  return (
    <section class="card stack">
      <h2>{words.learning}</h2>
      <div class="fields">
        <SelectField
          wide
          path="federation.rule.kind"
          label={words.rule}
          hint={words.ruleHint}
          choices={Object.fromEntries(kinds.map((kind) => [kind, kind]))}
          onChoice={(kind) => {
            draft.value = withRule(draft.value, kind as RuleSettings['kind']);
          }}
        />
        {rule === 'block-vote' && (
          <NumberField
            path="federation.rule.share"
            factor={0.01}
            label={words.share}
            onNumber={(share) => {
              draft.value = withShare(draft.value, Number(share.toPrecision(12)));
            }}
          />
        )}
        {(rule === 'block-vote' || rule === 'sign-vote') && (
          <NumberField path="federation.rule.serverStep" label={words.serverStep} />
        )}
        <ListField path="head.hidden" ofNumbers label={words.hidden} hint={words.hiddenHint} />
        <NumberField path="training.epochs" label={words.epochs} />
        <NumberField path="training.batch" label={words.batch} />
        <NumberField path="training.optimizer.learningRate" label={words.learningRate} />
      </div>
      <Defenses />
    </section>
  );
}

function Defenses() {
  const words = messages.value.create;
  const names = ['outliers', 'reputation', 'rootSet'] as const;
  const robust = valueAt(draft.value, 'federation.robust');
  return (
    <fieldset class="checks">
      <legend>{words.defenses}</legend>
      {names.map((name) => {
        const path = `federation.robust.${name}`;
        return (
          <label key={name}>
            <input
              type="checkbox"
              checked={valueAt(draft.value, path) !== undefined}
              onChange={(event) => {
                change(
                  path,
                  event.currentTarget.checked ? { ...ROBUST_DEFAULTS[name] } : undefined,
                );
                const left = valueAt(draft.value, 'federation.robust');
                // A task without defenses has no such field at all.
                if (left && Object.keys(left).length === 0) change('federation.robust', undefined);
              }}
            />
            <span>
              <strong>{words.defense[name].name}:</strong> {words.defense[name].text}
            </span>
          </label>
        );
      })}
      {robust !== undefined && <p class="small">{words.defensesNote}</p>}
    </fieldset>
  );
}

function Costs() {
  const words = messages.value.create;
  const n = numbers.value;
  const known = costs.value;
  if (known === undefined) return null;
  return <p class="note">{words.costs(n, known)}</p>;
}

function Document() {
  const words = messages.value.create;
  const { issues } = checked.value;
  return (
    <section class="card stack document">
      <div class="card-head">
        <h2>{messages.value.task.document}</h2>
        <FileButton
          label={words.openFile}
          accept=".json"
          onFile={(file) => void file.text().then(changeText)}
        />
      </div>
      <textarea
        class="code-text"
        aria-label={messages.value.task.document}
        aria-invalid={brokenText.value !== undefined || issues.length > 0}
        spellcheck={false}
        value={draftText.value}
        onInput={(event) => changeText(event.currentTarget.value)}
      />
      <div role="status">
        {brokenText.value !== undefined ? (
          <p class="wrong">{words.notJson}</p>
        ) : issues.length === 0 ? (
          <p class="small">{words.valid}</p>
        ) : (
          <ul class="issues">
            {issues.map((issue) => (
              <li key={issue.path.join('.')} class="wrong">
                <code>{issue.path.join('.')}</code> {issueText(issue)}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
