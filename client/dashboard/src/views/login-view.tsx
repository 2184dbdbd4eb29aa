/** Where an operator logs in. */
import { useRef, useState } from 'preact/hooks';
import { messages } from '../messages/language.js';
import { ActionForm, Labeled } from '../parts/action-form.js';
import { expired, logIn } from '../state/session.js';

export function LoginView() {
  const words = messages.value.login;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const secret = useRef<HTMLInputElement>(null);
  const enter = async () => {
    try {
      await logIn(name.trim(), password);
    } catch (thrown) {
      setPassword('');
      secret.current?.focus();
      throw thrown;
    }
  };
  return (
    <div class="login card">
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="muted">{expired.value ? words.expired : words.lead}</p>
      <ActionForm look="stack" primary submit={words.submit} submitting={words.busy} work={enter}>
        <Labeled label={words.name}>
          <input
            type="text"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Labeled>
        <Labeled label={words.password}>
          <input
            ref={secret}
            type="password"
            name="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </Labeled>
      </ActionForm>
      <p class="small">
        {words.help} <code>fedhybnn-coordinator operator add anna</code>
      </p>
    </div>
  );
}
