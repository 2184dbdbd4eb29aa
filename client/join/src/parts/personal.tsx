/** A model of the participant's own: the shared one, fine-tuned here. */
import { messages, numbers } from '../messages/language.js';
import { chooseModel, personalize } from '../state/actions.js';
import { comparison, modelName, sampleCount, tuning } from '../state/store.js';
import { Counts } from './counts.js';

const NAMES = ['shared', 'personal'] as const;

export function Personal() {
  const words = messages.value.try;
  const n = numbers.value;
  const made = comparison.value;
  const now = tuning.value;
  const none = sampleCount.value === 0;
  return (
    <section class="card own">
      <h2>{words.personal}</h2>
      <p class="small">{none ? words.noSamples : words.personalText}</p>
      {made && (
        <div role="status">
          <Counts
            most={1}
            rows={NAMES.map((name) => {
              const share = made[name] / made.total;
              const top = made[name] === Math.max(made.shared, made.personal);
              return { label: words.models[name], value: share, text: n.percent(share), top };
            })}
          />
          <p class="small">
            {(made.heldOut ? words.tuned : words.tunedFew)(n, made.total, made.ms)}
          </p>
        </div>
      )}
      {now && (
        <div role="status">
          <progress max={now.epochs} value={now.epoch} aria-label={words.personal} />
          {now.epoch > 0 && <p class="small">{words.tuning(n, now.epoch, now.epochs)}</p>}
        </div>
      )}
      <button type="button" disabled={none || now !== undefined} onClick={() => void personalize()}>
        {made ? words.personalizeAgain : words.personalize(n, sampleCount.value)}
      </button>
    </section>
  );
}

/** Which model answers; nothing to choose before there is a second one. */
export function ModelChoice() {
  const words = messages.value.try;
  if (!comparison.value) return null;
  return (
    <fieldset class="tabs">
      <legend>{words.which}</legend>
      {NAMES.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="model"
            checked={modelName.value === name}
            onChange={() => void chooseModel(name)}
          />
          <span>{words.models[name]}</span>
        </label>
      ))}
    </fieldset>
  );
}
