/** What operators did, the newest first. */
import { type AuditEntry, auditReplySchema } from '@fedhybnn/shared';
import { useState } from 'preact/hooks';
import { messages, numbers } from '../messages/language.js';
import { Connection } from './connection.js';
import { type Column, DataTable } from './data-table.js';
import { useResource } from './use-resource.js';

const EVERY_MS = 10_000;
const SHOWN = 20;
/** Of one entry, as much as fits a line or two. */
const DETAILS = 120;

export function AuditLog() {
  const words = messages.value.coordinator;
  const n = numbers.value;
  /** Sequences before which pages begin. */
  const [before, setBefore] = useState<readonly number[]>([]);
  const start = before.at(-1);
  const path = start === undefined ? '/v1/admin/audit' : `/v1/admin/audit?before=${start}`;
  const list = useResource(path, auditReplySchema, EVERY_MS);
  const entries = (list.value?.entries ?? []).slice(0, SHOWN);
  const last = entries.at(-1);
  const more = (list.value?.entries.length ?? 0) > SHOWN;
  const columns: readonly Column<AuditEntry>[] = [
    { name: words.when, cell: ({ at }) => n.moment(at) },
    { name: words.who, cell: ({ actor }) => actor },
    { name: words.did, cell: ({ action }) => <code>{action}</code> },
    { name: words.what, cell: ({ subject }) => subject ?? '–' },
    { name: words.details, cell: ({ details }) => <Details text={details} /> },
    { name: words.from, cell: ({ address }) => address ?? '–' },
  ];
  return (
    <>
      <Connection failure={list.failure} />
      <DataTable
        label={words.audit}
        rows={entries}
        none={words.noAudit}
        keyOf={({ sequence }) => sequence}
        columns={columns}
      />
      {(before.length > 0 || more) && (
        <div class="row more">
          <button
            type="button"
            disabled={before.length === 0}
            onClick={() => setBefore(before.slice(0, -1))}
          >
            {words.newer}
          </button>
          <button
            type="button"
            disabled={!more || last === undefined}
            onClick={() => last && setBefore([...before, last.sequence])}
          >
            {words.older}
          </button>
        </div>
      )}
    </>
  );
}

function Details({ text }: { readonly text: string | null }) {
  if (text === null) return <>–</>;
  return <code class="details">{text.length > DETAILS ? `${text.slice(0, DETAILS)}…` : text}</code>;
}
