/** The coordinator itself: since when it runs, what its state takes, who may and did what. */
import { type CoordinatorReply, coordinatorReplySchema } from '@fedhybnn/shared';
import { messages, numbers } from '../messages/language.js';
import { ApiTokens } from '../parts/api-tokens.js';
import { AuditLog } from '../parts/audit-log.js';
import { Bar } from '../parts/bar.js';
import { Connection } from '../parts/connection.js';
import { DataTable } from '../parts/data-table.js';
import { useResource } from '../parts/use-resource.js';

const EVERY_MS = 5000;

export function CoordinatorView() {
  const words = messages.value.coordinator;
  const known = useResource('/v1/admin/coordinator', coordinatorReplySchema, EVERY_MS);
  return (
    <>
      <div class="title-row">
        <h1 tabIndex={-1}>{messages.value.nav.coordinator}</h1>
      </div>
      <Connection failure={known.failure} />
      {known.value ? (
        <Standing coordinator={known.value} />
      ) : (
        <p class="loading" role="status">
          {messages.value.loading}
        </p>
      )}
      <section class="card stack">
        <h2>{words.tokens}</h2>
        <p class="small">{words.tokensText}</p>
        <ApiTokens />
      </section>
      <section class="card">
        <h2>{words.audit}</h2>
        <AuditLog />
      </section>
    </>
  );
}

function Standing({ coordinator }: { readonly coordinator: CoordinatorReply }) {
  const words = messages.value.coordinator;
  const n = numbers.value;
  const { startedAt, sockets, node, addresses, storage } = coordinator;
  const { databaseBytes, freeBytes, diskBytes, files, kind } = storage;
  const fileBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const disk = freeBytes === null || diskBytes === null ? undefined : { freeBytes, diskBytes };
  const used = disk && words.diskText(n, disk.freeBytes, disk.diskBytes);
  return (
    <>
      <dl class="figures">
        <div class="card">
          <dt>{words.since}</dt>
          <dd>
            <span class="figure">{n.duration(Math.max(0, Date.now() - startedAt))}</span>
            <span class="small">{n.moment(startedAt)}</span>
          </dd>
        </div>
        <div class="card">
          <dt>{words.sockets}</dt>
          <dd>
            <span class="figure">{n.whole(sockets)}</span>
            <span class="small">Node {node}</span>
          </dd>
        </div>
        <div class="card">
          <dt>{words.database}</dt>
          <dd>
            <span class="figure">{n.bytes(databaseBytes)}</span>
            <span class="small">{words.databases[kind]}</span>
          </dd>
        </div>
        <div class="card">
          <dt>{words.files}</dt>
          <dd>
            <span class="figure">{n.bytes(fileBytes)}</span>
            <span class="small">
              {words.fileCount(
                n,
                files.reduce((sum, f) => sum + f.count, 0),
              )}
            </span>
          </dd>
        </div>
      </dl>
      <section class="card stack">
        <h2>{words.storage}</h2>
        {disk && used && (
          <div class="disk">
            <p>{used}</p>
            <Bar
              label={words.disk}
              value={disk.diskBytes - disk.freeBytes}
              most={disk.diskBytes}
              text={used}
            />
          </div>
        )}
        <DataTable
          label={words.files}
          rows={files}
          none={words.noFiles}
          keyOf={(file) => file.kind}
          columns={[
            {
              name: words.kind,
              cell: (file) =>
                file.kind in words.kinds
                  ? words.kinds[file.kind as keyof typeof words.kinds]
                  : file.kind,
            },
            { name: words.count, numeric: true, cell: ({ count }) => n.whole(count) },
            { name: words.bytes, numeric: true, cell: ({ bytes }) => n.bytes(bytes) },
          ]}
        />
        {addresses.length > 0 && (
          <p class="small">
            {words.addresses} {addresses.join(', ')}
          </p>
        )}
      </section>
    </>
  );
}
