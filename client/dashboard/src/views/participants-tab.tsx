/** Who takes part, by anonymous id, and what they did since the coordinator has started. */
import {
  doneReplySchema,
  type LiveParticipant,
  type ParticipantsReply,
  participantsReplySchema,
} from '@fedhybnn/shared';
import { useState } from 'preact/hooks';
import { ask } from '../api/request.js';
import { messages, numbers } from '../messages/language.js';
import { ConfirmButton } from '../parts/confirm-button.js';
import { Connection } from '../parts/connection.js';
import { type Column, DataTable } from '../parts/data-table.js';
import { useResource } from '../parts/use-resource.js';
import type { TabProps } from './tab-props.js';

const EVERY_MS = 3000;
/** As the coordinator answers them. */
const PAGE = 1000;

export function ParticipantsTab({ federation: { id } }: TabProps) {
  const words = messages.value.participants;
  const n = numbers.value;
  /** The last clients of the pages before. */
  const [before, setBefore] = useState<readonly string[]>([]);
  const base = `/v1/admin/tasks/${encodeURIComponent(id)}/participants`;
  const after = before.at(-1) ?? '';
  const listed = useResource<ParticipantsReply>(
    `${base}?after=${encodeURIComponent(after)}`,
    participantsReplySchema,
    EVERY_MS,
  );
  const participants = listed.value?.participants ?? [];
  const exclude = async (client: string) => {
    const path = `${base}/${encodeURIComponent(client)}`;
    await ask(path, { method: 'DELETE', reply: doneReplySchema });
    listed.reload();
  };
  const scored = participants.some(({ reputation }) => reputation !== null);
  const now = Date.now();
  const columns: readonly Column<LiveParticipant>[] = [
    {
      name: words.client,
      cell: ({ client, connected, banned }) => (
        <span class="client">
          <span class="dot" data-on={connected || undefined} aria-hidden="true" />
          <code>{client}</code>
          <span class="hidden">{connected ? words.connected : words.away}</span>
          {banned && <span class="tag">{words.excluded}</span>}
        </span>
      ),
    },
    { name: words.device, cell: ({ device }) => (device === null ? '–' : words.devices[device]) },
    { name: words.joined, cell: ({ joinedAt }) => n.moment(joinedAt) },
    {
      name: words.seen,
      cell: ({ seenAt, connected }) =>
        connected ? words.connected : seenAt === null ? '–' : n.ago(Math.max(0, now - seenAt)),
    },
    { name: words.updates, numeric: true, cell: ({ updates }) => n.whole(updates) },
    {
      name: words.answer,
      numeric: true,
      cell: ({ answerMs }) => (answerMs === null ? '–' : n.duration(answerMs)),
    },
    { name: words.sent, numeric: true, cell: ({ sentBytes }) => n.bytes(sentBytes) },
    { name: words.refused, numeric: true, cell: ({ refused }) => n.whole(refused) },
    ...(scored
      ? [
          {
            name: words.reputation,
            numeric: true,
            cell: ({ reputation }: LiveParticipant) =>
              reputation === null ? '–' : n.whole(reputation),
          },
        ]
      : []),
    {
      name: words.action,
      cell: ({ client, banned }) =>
        banned ? (
          '–'
        ) : (
          <ConfirmButton
            small
            label={words.exclude}
            describedAs={words.excludeWho(client)}
            title={words.excludeWho(client)}
            text={words.excludeText}
            confirm={words.exclude}
            onConfirm={() => exclude(client)}
          />
        ),
    },
  ];
  return (
    <section class="card">
      <div class="card-head">
        <h2>{words.title}</h2>
        <p class="small">{words.since}</p>
      </div>
      <Connection failure={listed.failure} />
      {listed.value === undefined ? (
        <p class="loading" role="status">
          {messages.value.loading}
        </p>
      ) : (
        <DataTable
          label={words.title}
          rows={participants}
          none={words.none}
          keyOf={({ client }) => client}
          columns={columns}
        />
      )}
      {(before.length > 0 || participants.length === PAGE) && (
        <div class="row more">
          <button
            type="button"
            disabled={before.length === 0}
            onClick={() => setBefore(before.slice(0, -1))}
          >
            {words.back}
          </button>
          <button
            type="button"
            disabled={participants.length < PAGE}
            onClick={() => setBefore([...before, participants[participants.length - 1].client])}
          >
            {words.next}
          </button>
        </div>
      )}
    </section>
  );
}
