/** Several federations at one address: which one? */
import type { TaskName } from '../engine/messages.js';
import { messages } from '../messages/language.js';

export function ListView({ tasks }: { readonly tasks: readonly TaskName[] }) {
  const words = messages.value.list;
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="lead">{tasks.length === 0 ? words.none : words.lead}</p>
      <ul class="choices">
        {tasks.map(({ id, title }) => (
          <li key={id}>
            <a class="choice" href={`/${id}${location.search}`}>
              <strong>{title}</strong>
              <span class="small">/{id}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
