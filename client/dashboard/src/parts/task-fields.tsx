/** Fields of the task that is being made: each shows the document's value, and what is wrong with it. */
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { messages, numbers } from '../messages/language.js';
import { valueAt } from '../state/document.js';
import { change, draft, type Issue, issueAt } from '../state/draft.js';

interface FieldProps {
  readonly path: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly wide?: boolean;
}

interface FrameProps extends FieldProps {
  /** What is wrong besides the document. */
  readonly wrong?: string | undefined;
  readonly children: (control: {
    readonly id: string;
    readonly 'aria-invalid': boolean;
    readonly 'aria-describedby': string;
  }) => ComponentChildren;
}

export function Field({ path, label, hint, wide, wrong, children }: FrameProps) {
  const id = useId();
  const issue = issueAt(path);
  const text = wrong ?? (issue && issueText(issue));
  return (
    <div class={wide ? 'field wide' : 'field'}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-invalid': text !== undefined, 'aria-describedby': `${id}-note` })}
      <p id={`${id}-note`} class={text ? 'wrong' : 'small'}>
        {text ?? hint}
      </p>
    </div>
  );
}

export function TextField(props: FieldProps & { readonly lines?: number }) {
  const value = valueAt(draft.value, props.path);
  const text = typeof value === 'string' ? value : '';
  return (
    <Field {...props}>
      {(control) =>
        props.lines ? (
          <textarea
            {...control}
            rows={props.lines}
            value={text}
            onInput={(event) => change(props.path, event.currentTarget.value)}
          />
        ) : (
          <input
            {...control}
            type="text"
            value={text}
            spellcheck={false}
            onInput={(event) => change(props.path, event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

interface NumberFieldProps extends FieldProps {
  /** The document's value is so many times what is shown. */
  readonly factor?: number;
  /** Empty takes the field away. */
  readonly optional?: boolean;
  /** In place of {@link change}. */
  readonly onNumber?: (value: number) => void;
}

export function NumberField({ factor = 1, optional, onNumber, ...props }: NumberFieldProps) {
  const { path } = props;
  /** What is typed, while it is not what the document says. */
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const value = valueAt(draft.value, path);
  const known = typeof value === 'number' ? String(Number((value / factor).toPrecision(12))) : '';
  const shown = typed !== undefined && numberOf(typed) === numberOf(known) ? typed : known;
  return (
    <Field {...props}>
      {(control) => (
        <input
          {...control}
          type="text"
          inputmode="decimal"
          value={typed !== undefined && typeof value !== 'number' ? typed : shown}
          onInput={(event) => {
            const text = event.currentTarget.value;
            setTyped(text);
            const number = numberOf(text);
            if (number === undefined)
              change(path, optional && text.trim() === '' ? undefined : text);
            else if (onNumber) onNumber(number * factor);
            else change(path, Number((number * factor).toPrecision(12)));
          }}
        />
      )}
    </Field>
  );
}

/** The number of a text as it is typed, in figures of JSON. */
function numberOf(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}

interface ListFieldProps extends FieldProps {
  readonly lines?: number;
  /** Whole numbers in place of texts. */
  readonly ofNumbers?: boolean;
}

/** One item a line, or between commas where it is one line. */
export function ListField({ lines, ofNumbers, ...props }: ListFieldProps) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const value = valueAt(draft.value, props.path);
  const separator = lines ? '\n' : ', ';
  const known = Array.isArray(value) ? value.map(String).join(separator) : '';
  const itemsOf = (text: string) =>
    text
      .split(lines ? '\n' : ',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => (ofNumbers ? (numberOf(item) ?? item) : item));
  const same = typed !== undefined && JSON.stringify(itemsOf(typed)) === JSON.stringify(value);
  const take = (text: string) => {
    setTyped(text);
    change(props.path, itemsOf(text));
  };
  return (
    <Field {...props}>
      {(control) =>
        lines ? (
          <textarea
            {...control}
            rows={lines}
            value={same ? typed : known}
            onInput={(event) => take(event.currentTarget.value)}
          />
        ) : (
          <input
            {...control}
            type="text"
            value={same ? typed : known}
            onInput={(event) => take(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

interface SelectFieldProps extends FieldProps {
  readonly choices: Readonly<Record<string, string>>;
  readonly onChoice?: (value: string) => void;
}

export function SelectField({ choices, onChoice, ...props }: SelectFieldProps) {
  const value = valueAt(draft.value, props.path);
  const known = typeof value === 'string' ? value : '';
  return (
    <Field {...props}>
      {(control) => (
        <select
          {...control}
          value={known}
          onChange={(event) => {
            const { value: chosen } = event.currentTarget;
            if (onChoice) onChoice(chosen);
            else change(props.path, chosen);
          }}
        >
          {!(known in choices) && <option value={known}>{known}</option>}
          {Object.entries(choices).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What is wrong, in the reader's words. */
export function issueText(issue: Issue): string {
  const words = messages.value.issues;
  const n = numbers.value;
  switch (issue.code) {
    case 'invalid_type':
      return words.types[issue.expected as keyof typeof words.types] ?? words.type(issue.expected);
    case 'too_small':
    case 'too_big': {
      const limit = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
      const inclusive = issue.inclusive ?? true;
      const bound = issue.code === 'too_small' ? 'least' : 'most';
      const text = Number.isInteger(limit) ? n.whole(limit) : String(limit);
      if (issue.origin === 'string') return words.length[bound](text);
      if (issue.origin === 'array') return words.items[bound](text);
      return inclusive ? words.number[bound](text) : words.beyond[bound](text);
    }
    case 'invalid_value':
      return words.oneOf(issue.values.map(String).join(', '));
    case 'unrecognized_keys':
      return words.unknown(issue.keys.join(', '));
    case 'invalid_format':
      return issue.path.at(-1) === 'sha256' ? words.extractor : words.pattern(issue.path.join('.'));
    default:
      return words.other;
  }
}
