/** The participant's own table, as a CSV file. */
import type { TaskInfo } from '../engine/messages.js';
import { messages, numbers } from '../messages/language.js';
import { addTable } from '../state/actions.js';

/** Names that are listed. */
const NAMED = 6;

export function OwnTable({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.data;
  const columns = task.columns.map(({ name }) => name);
  return (
    <section class="card own">
      <h2>{words.table}</h2>
      <p class="small">{words.tableHint(listed(columns), listed(task.labels))}</p>
      <label class="button">
        {words.pickTable}
        <input
          type="file"
          name="table"
          accept=".csv,text/csv"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void addTable(file);
            event.currentTarget.value = '';
          }}
        />
      </label>
    </section>
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  const first = names.slice(0, NAMED).join(', ');
  return more > 0 ? `${first} ${messages.value.data.more(numbers.value, more)}` : first;
}
