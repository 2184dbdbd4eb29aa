/** A row of a table to ask about, a field for each column. */
import { useState } from 'preact/hooks';
import type { Column, TaskInfo } from '../engine/messages.js';
import { messages } from '../messages/language.js';
import { ownRow, predict } from '../state/actions.js';
import { sampleCount } from '../state/store.js';

export function RowForm({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.try;
  const [row, setRow] = useState<readonly string[]>(() => task.columns.map(() => ''));
  const take = async () => {
    const mine = await ownRow();
    if (!mine) return;
    setRow(mine);
    await predict({ row: mine });
  };
  return (
    <form
      class="card own"
      onSubmit={(event) => {
        event.preventDefault();
        void predict({ row });
      }}
    >
      <h2>{words.row}</h2>
      <div class="fields">
        {task.columns.map((column, i) => (
          <label key={column.name} class="field" for={`column-${i}`}>
            {column.name}
            <Field
              id={`column-${i}`}
              column={column}
              value={row[i]}
              onValue={(value) => setRow(row.with(i, value.trim()))}
            />
          </label>
        ))}
      </div>
      <div class="row">
        {sampleCount.value > 0 && (
          <button type="button" onClick={() => void take()}>
            {words.ownRow}
          </button>
        )}
        <button type="submit">{words.predict}</button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly id: string;
  readonly column: Column;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function Field({ id, column, value, onValue }: FieldProps) {
  const { missing } = messages.value.try;
  if (column.categories) {
    return (
      <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">{missing}</option>
        {column.categories.map((category) => (
          <option key={category} value={category}>
            {category}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      id={id}
      type="text"
      inputMode="decimal"
      autocomplete="off"
      placeholder={missing}
      value={value}
      onChange={(event) => onValue(event.currentTarget.value)}
    />
  );
}
