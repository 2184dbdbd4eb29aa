/** How people get in: the link, its QR code, a poster, join codes. */
import {
  coordinatorReplySchema,
  doneReplySchema,
  type JoinCodeReply,
  joinCodesReplySchema,
  taskReplySchema,
} from '@fedhybnn/shared';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/request.js';
import { messages, numbers } from '../messages/language.js';
import { Choice } from '../parts/choice.js';
import { ConfirmButton } from '../parts/confirm-button.js';
import { Connection } from '../parts/connection.js';
import { type Column, DataTable } from '../parts/data-table.js';
import { Invitation } from '../parts/invitation.js';
import { NewCode, type NewJoinCode } from '../parts/new-code.js';
import { Problem } from '../parts/problem.js';
import { useAction } from '../parts/use-action.js';
import { useResource } from '../parts/use-resource.js';
import { suggestedAddress, typedAddress } from '../state/join-address.js';
import type { TabProps } from './tab-props.js';

const CODES_MS = 5000;
const ADDRESS_MS = 60_000;

export function InviteTab(props: TabProps) {
  const machine = useResource('/v1/admin/coordinator', coordinatorReplySchema, ADDRESS_MS);
  const suggested = suggestedAddress(machine.value?.addresses ?? [], new URL(location.href));
  const address = typedAddress.value ?? suggested;
  const View = props.federation.phase === 'ENDED' ? Ended : Inviting;
  return <View {...props} address={address} />;
}

interface AddressedProps extends TabProps {
  /** Under which phones reach the coordinator. */
  readonly address: string;
}

/** Nobody joins any more, but there is a model to try. */
function Ended({ federation, address }: AddressedProps) {
  const words = messages.value.invite;
  return (
    <div class="halves even">
      <section class="card stack">
        <h2>{words.admission}</h2>
        <p>{words.endedText}</p>
        <AddressField address={address} />
      </section>
      <section class="card stack">
        <h2>{words.linkToTry}</h2>
        <Invitation federation={federation} address={address} toTry />
      </section>
    </div>
  );
}

function Inviting({ federation, onDone, address }: AddressedProps) {
  const words = messages.value.invite;
  const { id, admission } = federation;
  const [made, setMade] = useState<NewJoinCode | undefined>(undefined);
  const base = `/v1/admin/tasks/${encodeURIComponent(id)}`;
  const codes = useResource(`${base}/join-codes`, joinCodesReplySchema, CODES_MS);
  /** What was chosen, while the coordinator has not answered. */
  const [wanted, setWanted] = useState<'open' | 'code' | undefined>(undefined);
  useEffect(() => setWanted(undefined), [admission]);
  const admitting = useAction(async (to: 'open' | 'code') => {
    setWanted(to);
    await ask(base, { method: 'PATCH', body: { admission: to }, reply: taskReplySchema });
    onDone();
  });
  return (
    <>
      <div class="halves even">
        <section class="card stack">
          <h2>{words.admission}</h2>
          <Choice
            label={words.admission}
            value={admitting.error ? admission : (wanted ?? admission)}
            choices={messages.value.admission}
            onChange={(to) => void admitting.run(to)}
          />
          <p class="small">{admission === 'open' ? words.openText : words.codeText}</p>
          {admitting.error && <Problem error={admitting.error} />}
          <AddressField address={address} />
          <NewCode
            base={base}
            onMade={(code) => {
              setMade(code);
              codes.reload();
            }}
          />
        </section>
        <section class="card stack">
          {made ? (
            <>
              <h2>{words.newCode}</h2>
              <p class="note">{words.shownOnce}</p>
              <Invitation federation={federation} address={address} code={made} />
            </>
          ) : admission === 'open' ? (
            <>
              <h2>{words.link}</h2>
              <Invitation federation={federation} address={address} />
            </>
          ) : (
            <>
              <h2>{words.link}</h2>
              <p class="muted">{words.makeFirst}</p>
            </>
          )}
        </section>
      </div>
      <section class="card">
        <h2>{words.codes}</h2>
        <Connection failure={codes.failure} />
        <Codes base={base} codes={codes.value?.codes ?? []} onRemoved={codes.reload} />
      </section>
    </>
  );
}

function AddressField({ address }: { readonly address: string }) {
  const words = messages.value.invite;
  return (
    <div class="field">
      <label for="join-address">{words.address}</label>
      <input
        id="join-address"
        aria-describedby="join-address-note"
        type="url"
        value={address}
        spellcheck={false}
        aria-invalid={!URL.canParse(address)}
        onInput={(event) => {
          typedAddress.value = event.currentTarget.value;
        }}
      />
      <p id="join-address-note" class="small">
        {words.addressText}
      </p>
    </div>
  );
}

interface CodesProps {
  readonly base: string;
  readonly codes: readonly JoinCodeReply[];
  readonly onRemoved: () => void;
}

function Codes({ base, codes, onRemoved }: CodesProps) {
  const words = messages.value.invite;
  const n = numbers.value;
  const remove = async (code: string) => {
    await ask(`${base}/join-codes/${code}`, { method: 'DELETE', reply: doneReplySchema });
    onRemoved();
  };
  const columns: readonly Column<JoinCodeReply>[] = [
    { name: words.label, cell: ({ label }) => label || '–' },
    {
      name: words.used,
      numeric: true,
      cell: ({ uses, maxUses }) => words.usedOf(n, uses, maxUses),
    },
    { name: words.created, cell: ({ createdAt }) => n.moment(createdAt) },
    {
      name: words.expires,
      cell: ({ expiresAt }) => (expiresAt <= Date.now() ? words.expired : n.moment(expiresAt)),
    },
    {
      name: words.action,
      cell: ({ id, label }) => (
        <ConfirmButton
          small
          label={words.remove}
          describedAs={words.removeWhich(label || id)}
          title={words.removeWhich(label || id)}
          text={words.removeText}
          confirm={words.remove}
          onConfirm={() => remove(id)}
        />
      ),
    },
  ];
  return (
    <DataTable
      label={words.codes}
      rows={codes}
      none={words.noCodes}
      keyOf={({ id }) => id}
      columns={columns}
    />
  );
}
