/** A link for participants, as text and as a code to scan, and a poster of it. */
import { type LiveFederation, parse, taskReplySchema, taskSchema } from '@fedhybnn/shared';
import { useEffect } from 'preact/hooks';
import { QrCode } from '../../../look/src/qr-code.js';
import { ask } from '../api/request.js';
import { messages } from '../messages/language.js';
import { joinLink } from '../state/join-address.js';
import { poster } from '../state/poster.js';
import { CopyButton } from './copy-button.js';
import type { NewJoinCode } from './new-code.js';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';

interface InvitationProps {
  readonly federation: LiveFederation;
  /** Under which phones reach the coordinator. */
  readonly address: string;
  readonly code?: NewJoinCode;
  /** The federation has ended: there is no poster of it. */
  readonly toTry?: boolean;
}

export function Invitation({ federation, address, code, toTry = false }: InvitationProps) {
  const words = messages.value.invite;
  const { id, title, updateBytes } = federation;
  const link = joinLink(address, code?.path ?? `/${id}`);
  const printing = useAction(async () => {
    if (link === undefined) return;
    const reply = await ask(`/v1/tasks/${encodeURIComponent(id)}`, { reply: taskReplySchema });
    const { description } = parse(taskSchema, reply.task, `task ${id}`);
    poster.value = { title, description, link, code: code?.code, updateBytes };
    // The poster is on the page after the next frame.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    print();
  });
  useEffect(
    () => () => {
      poster.value = undefined;
    },
    [],
  );
  if (link === undefined) return <p class="wrong">{words.badAddress}</p>;
  return (
    <div class="invitation stack">
      <QrCode text={link} label={words.qr} />
      {code && (
        <p>
          {words.code} <code class="join-code">{code.code}</code>
        </p>
      )}
      <p class="small link-text">{link}</p>
      {printing.error && <Problem error={printing.error} />}
      <div class="row">
        <CopyButton text={link} label={words.copy} />
        {!toTry && (
          <button type="button" disabled={printing.busy} onClick={() => void printing.run()}>
            {words.print}
          </button>
        )}
      </div>
    </div>
  );
}
