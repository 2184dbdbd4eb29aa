/** Makes a join code. */
import { newJoinCodeSchema } from '@fedhybnn/shared';
import { useState } from 'preact/hooks';
import type * as z from 'zod/mini';
import { ask } from '../api/request.js';
import { messages } from '../messages/language.js';
import { ActionForm, Labeled } from './action-form.js';

export type NewJoinCode = z.infer<typeof newJoinCodeSchema>;

interface NewCodeProps {
  /** Path of the task. */
  readonly base: string;
  readonly onMade: (code: NewJoinCode) => void;
}

export function NewCode({ base, onMade }: NewCodeProps) {
  const words = messages.value.invite;
  const [uses, setUses] = useState('30');
  const [hours, setHours] = useState('48');
  const [label, setLabel] = useState('');
  const make = async () => {
    const body = { uses: Number(uses), hours: Number(hours), label };
    onMade(await ask(`${base}/join-codes`, { method: 'POST', body, reply: newJoinCodeSchema }));
    setLabel('');
  };
  return (
    <ActionForm look="stack" primary submit={words.makeButton} work={make}>
      <h3>{words.make}</h3>
      <div class="fields">
        <Labeled label={words.uses}>
          <input
            type="number"
            min="1"
            max="1000000"
            step="1"
            required
            value={uses}
            onInput={(event) => setUses(event.currentTarget.value)}
          />
        </Labeled>
        <Labeled label={words.hours}>
          <input
            type="number"
            min="0.01"
            max="8760"
            step="any"
            required
            value={hours}
            onInput={(event) => setHours(event.currentTarget.value)}
          />
        </Labeled>
        <Labeled wide label={words.label}>
          <input
            type="text"
            maxLength={100}
            placeholder={words.labelExample}
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        </Labeled>
      </div>
    </ActionForm>
  );
}
