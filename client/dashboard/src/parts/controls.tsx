/** What an operator does with a federation as a whole: pause, resume, end. */
import { type LiveFederation, taskReplySchema } from '@fedhybnn/shared';
import { ask } from '../api/request.js';
import { messages } from '../messages/language.js';
import { ConfirmButton } from './confirm-button.js';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';

interface ControlsProps {
  readonly federation: LiveFederation;
  readonly onDone: () => void;
}

export function Controls({ federation, onDone }: ControlsProps) {
  const words = messages.value.controls;
  const { id, phase, afterRound } = federation;
  const move = async (name: 'pause' | 'resume' | 'end') => {
    const path = `/v1/admin/tasks/${encodeURIComponent(id)}/${name}`;
    await ask(path, { method: 'POST', reply: taskReplySchema });
    onDone();
  };
  const moving = useAction(move);
  if (phase === 'ENDED' || afterRound === 'end') return null;
  const paused = phase === 'PAUSED' || afterRound === 'pause';
  return (
    <div class="controls">
      <div class="row">
        <button
          type="button"
          disabled={moving.busy}
          onClick={() => void moving.run(paused ? 'resume' : 'pause')}
        >
          {paused ? words.resume : words.pause}
        </button>
        <ConfirmButton
          label={words.end}
          title={words.endTitle(federation.title)}
          text={words.endText}
          confirm={words.end}
          onConfirm={() => move('end')}
        />
      </div>
      {moving.error && <Problem error={moving.error} />}
    </div>
  );
}
