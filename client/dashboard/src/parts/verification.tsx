/** Replays the journal and compares every model bit for bit, and tells how far it is. */
import { FederationError, verificationReplySchema } from '@fedhybnn/shared';
import { ask } from '../api/request.js';
import { messages, numbers } from '../messages/language.js';
import { Bar } from './bar.js';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';
import { useResource } from './use-resource.js';

const RUNNING_MS = 500;
const RESTING_MS = 10_000;

export function Verification({ base }: { readonly base: string }) {
  const words = messages.value.verification;
  const n = numbers.value;
  const path = `${base}/verification`;
  const now = useResource(path, verificationReplySchema, (value) =>
    value?.state === 'running' || value?.state === 'waiting' ? RUNNING_MS : RESTING_MS,
  );
  const starting = useAction(async () => {
    await ask(path, { method: 'POST', reply: verificationReplySchema });
    now.reload();
  });
  const { state = 'none', round = 0, rounds = 0, report, error, finishedAt } = now.value ?? {};
  const busy = state === 'running' || state === 'waiting';
  const progress = state === 'waiting' ? words.waiting : words.running(n, round, rounds);
  return (
    <>
      <p class="muted">{words.text}</p>
      <div role="status">
        {busy && (
          <>
            <p>{progress}</p>
            <Bar label={words.title} value={round} most={rounds} text={progress} />
          </>
        )}
        {state === 'passed' && report && (
          <p class="passed">
            <strong>{words.passed}</strong> {words.report(n, report)}
            {finishedAt && <span class="small"> {n.moment(finishedAt)}</span>}
          </p>
        )}
      </div>
      {state === 'failed' && error && (
        <Problem error={new FederationError(error.code, error.message)} />
      )}
      {starting.error && <Problem error={starting.error} />}
      <div class="row">
        <button type="button" disabled={busy || starting.busy} onClick={() => void starting.run()}>
          {state === 'none' ? words.start : words.again}
        </button>
      </div>
    </>
  );
}
