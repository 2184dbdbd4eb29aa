/** The participant's own samples: drawn, picked as files, or taken with the camera. */
import { useState } from 'preact/hooks';
import type { Stroke, TaskInfo } from '../engine/messages.js';
import { messages } from '../messages/language.js';
import { Camera } from '../parts/camera.js';
import { DrawingPad } from '../parts/drawing-pad.js';
import { LabelPicker } from '../parts/label-picker.js';
import { addDrawing, addFiles } from '../state/actions.js';
import { labeledFiles } from '../state/labeled-files.js';

interface OwnDataProps {
  readonly task: TaskInfo;
  readonly label: number;
  readonly onLabel: (label: number) => void;
}

type Way = 'draw' | 'files' | 'camera';

export function OwnData({ task, label, onLabel }: OwnDataProps) {
  const words = messages.value.data;
  const ways: Way[] = task.input.channels === 1 ? ['draw', 'files', 'camera'] : ['files', 'camera'];
  const [way, setWay] = useState<Way>(ways[0]);
  return (
    <section class="card own">
      <fieldset class="tabs">
        <legend>{words.own}</legend>
        {ways.map((name) => (
          <label key={name}>
            <input type="radio" name="way" checked={way === name} onChange={() => setWay(name)} />
            <span>{words[name]}</span>
          </label>
        ))}
      </fieldset>
      <LabelPicker
        question={words.labelQuestion}
        labels={task.labels}
        chosen={label}
        onChoose={onLabel}
      />
      {way === 'draw' && <Drawing task={task} label={label} />}
      {way === 'files' && <Files task={task} label={label} />}
      {way === 'camera' && (
        <Camera
          capture={words.capture(task.labels[label])}
          onPicture={(file) => void addFiles([{ file, label }])}
        />
      )}
    </section>
  );
}

function Drawing({ task, label }: Pick<OwnDataProps, 'task' | 'label'>) {
  const words = messages.value.data;
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const add = async () => {
    await addDrawing(strokes, label);
    setStrokes([]);
  };
  return (
    <>
      <DrawingPad
        strokes={strokes}
        onChange={setStrokes}
        label={`${words.drawHint}. ${words.drawKeys}`}
        hint={words.drawHint}
      />
      <div class="row">
        <button type="button" disabled={strokes.length === 0} onClick={() => setStrokes([])}>
          {words.clear}
        </button>
        <button type="button" disabled={strokes.length === 0} onClick={() => void add()}>
          {words.addDrawing(task.labels[label])}
        </button>
      </div>
    </>
  );
}

function Files({ task, label }: Pick<OwnDataProps, 'task' | 'label'>) {
  const words = messages.value.data;
  const onFiles = (input: HTMLInputElement) => {
    void addFiles(labeledFiles([...(input.files ?? [])], task.labels, label));
    // The same files may be picked again.
    input.value = '';
  };
  return (
    <>
      <p class="small">{words.filesHint(task.labels[label])}</p>
      <div class="row">
        <label class="button">
          {words.pick}
          <input
            type="file"
            name="pictures"
            accept="image/*"
            multiple
            onChange={(event) => onFiles(event.currentTarget)}
          />
        </label>
        <label class="button">
          {words.pickFolder}
          <input
            type="file"
            name="folder"
            // Not among the types of JSX. Browsers of phones have no folders and pick files instead.
            ref={(input) => {
              input?.toggleAttribute('webkitdirectory', true);
            }}
            multiple
            onChange={(event) => onFiles(event.currentTarget)}
          />
        </label>
      </div>
    </>
  );
}
