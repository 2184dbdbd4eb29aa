/** Chooses one of the task's labels. */
interface LabelPickerProps {
  /** Of the group, where there are several on a page. */
  readonly name?: string;
  readonly question: string;
  readonly labels: readonly string[];
  readonly chosen: number;
  readonly onChoose: (label: number) => void;
}

/** With more labels than this a list takes less room than buttons. */
const BUTTONS = 12;

export function LabelPicker(props: LabelPickerProps) {
  const { name = 'label', question, labels, chosen, onChoose } = props;
  if (labels.length > BUTTONS) {
    return (
      <label class="field">
        {question}
        <select
          name={name}
          value={chosen}
          onChange={(event) => onChoose(Number(event.currentTarget.value))}
        >
          {labels.map((label, i) => (
            <option key={label} value={i}>
              {label}
            </option>
          ))}
        </select>
      </label>
    );
  }
  const short = labels.every((label) => label.length <= 2);
  return (
    <fieldset class={short ? 'labels short' : 'labels'}>
      <legend>{question}</legend>
      {labels.map((label, i) => (
        <label key={label}>
          <input type="radio" name={name} checked={i === chosen} onChange={() => onChoose(i)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
