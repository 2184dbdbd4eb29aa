/** Keys of programs: made, shown once, taken back. */
import {
  type ApiTokenReply,
  apiTokensReplySchema,
  doneReplySchema,
  newApiTokenSchema,
} from '@fedhybnn/shared';
import { useState } from 'preact/hooks';
import { ask } from '../api/request.js';
import { messages, numbers } from '../messages/language.js';
import { ActionForm, Labeled } from './action-form.js';
import { ConfirmButton } from './confirm-button.js';
import { CopyButton } from './copy-button.js';
import { type Column, DataTable } from './data-table.js';
import { Problem } from './problem.js';
import { useResource } from './use-resource.js';

const PATH = '/v1/admin/api-tokens';
const EVERY_MS = 15_000;

export function ApiTokens() {
  const words = messages.value.coordinator;
  const n = numbers.value;
  const list = useResource(PATH, apiTokensReplySchema, EVERY_MS);
  const [label, setLabel] = useState('');
  const [days, setDays] = useState('90');
  const [token, setToken] = useState<string | undefined>(undefined);
  const make = async () => {
    const body = { label, days: Number(days) };
    const made = await ask(PATH, { method: 'POST', body, reply: newApiTokenSchema });
    setToken(made.token);
    setLabel('');
    list.reload();
  };
  const remove = async (id: string) => {
    await ask(`${PATH}/${id}`, { method: 'DELETE', reply: doneReplySchema });
    list.reload();
  };
  const columns: readonly Column<ApiTokenReply>[] = [
    { name: words.label, cell: (row) => row.label || row.id },
    { name: words.operator, cell: ({ operator }) => operator },
    { name: words.until, cell: ({ expiresAt }) => n.moment(expiresAt) },
    {
      name: messages.value.invite.action,
      cell: (row) => (
        <ConfirmButton
          small
          label={messages.value.invite.remove}
          describedAs={words.removeToken(row.label || row.id)}
          title={words.removeToken(row.label || row.id)}
          text={words.removeTokenText}
          confirm={messages.value.invite.remove}
          onConfirm={() => remove(row.id)}
        />
      ),
    },
  ];
  return (
    <>
      <div class="full">
        <DataTable
          label={words.tokens}
          rows={list.value?.tokens ?? []}
          none={words.noTokens}
          keyOf={({ id }) => id}
          columns={columns}
        />
      </div>
      {list.failure && <Problem error={list.failure} />}
      {token && (
        <div class="note stack" role="status">
          <p>{words.tokenOnce}</p>
          <code>{token}</code>
          <CopyButton text={token} label={messages.value.task.copy} />
        </div>
      )}
      <ActionForm look="inline-form" submit={words.makeToken} work={make}>
        <Labeled label={words.label}>
          <input
            type="text"
            required
            maxLength={100}
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        </Labeled>
        <Labeled label={words.days}>
          <input
            type="number"
            min="1"
            max="3650"
            step="1"
            required
            value={days}
            onInput={(event) => setDays(event.currentTarget.value)}
          />
        </Labeled>
      </ActionForm>
    </>
  );
}
