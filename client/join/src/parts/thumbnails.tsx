/** The newest pictures; a tapped one can be given another label, or be removed. */
import { useState } from 'preact/hooks';
import type { Reading, TaskInfo } from '../engine/messages.js';
import { messages } from '../messages/language.js';
import { relabel, remove } from '../state/actions.js';
import { LabelPicker } from './label-picker.js';
import { Pixels } from './pixels.js';

interface ThumbnailsProps {
  readonly task: TaskInfo;
  readonly newest: Reading['newest'];
}

export function Thumbnails({ task, newest }: ThumbnailsProps) {
  const words = messages.value.data;
  const [chosen, setChosen] = useState<number>();
  const { width, height, channels } = task.input;
  const picture = newest.find(({ index }) => index === chosen);
  if (newest.length === 0) return null;
  return (
    <>
      <h2 class="small">{words.newest}</h2>
      <ul class="thumbnails">
        {newest.map(({ index, label, pixels }) => (
          <li key={index}>
            <button
              type="button"
              aria-label={words.changeOne(task.labels[label])}
              aria-expanded={index === chosen}
              onClick={() => setChosen(index === chosen ? undefined : index)}
            >
              <Pixels pixels={pixels} width={width} height={height} channels={channels} />
              <span aria-hidden="true">{task.labels[label]}</span>
            </button>
          </li>
        ))}
      </ul>
      {picture && (
        <div class="change">
          <Pixels pixels={picture.pixels} width={width} height={height} channels={channels} />
          <LabelPicker
            name="other-label"
            question={words.labelQuestion}
            labels={task.labels}
            chosen={picture.label}
            onChoose={(label) => void relabel(picture.index, label)}
          />
          <div class="row">
            <button
              type="button"
              onClick={() => {
                setChosen(undefined);
                void remove(picture.index);
              }}
            >
              {words.removeOne}
            </button>
            <button type="button" onClick={() => setChosen(undefined)}>
              {words.close}
            </button>
          </div>
        </div>
      )}
    </>
  );
}
