/** Where an operator logs in. */
import { useRef, useState } from 'preact/hooks';
import { messages } from '../messages/language.js';
import { Problem } from '../parts/problem.js';
import { useAction } from '../parts/use-action.js';
import { expired, logIn } from '../state/session.js';

export function LoginView() {
  const words = messages.value.login;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const secret = useRef<HTMLInputElement>(null);
  const entering = useAction(logIn);
  const submit = async () => {
    if (await entering.run(name.trim(), password)) return;
    setPassword('');
    secret.current?.focus();
  };
  return (
    <form
      class="login card"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="muted">{expired.value ? words.expired : words.lead}</p>
      {entering.error && <Problem error={entering.error} />}
      <label class="field">
        <span>{words.name}</span>
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
      </label>
      <label class="field">
        <span>{words.password}</span>
        <input
          ref={secret}
          type="password"
          name="password"
          autocomplete="current-password"
          required
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={entering.busy}>
        {entering.busy ? words.busy : words.submit}
      </button>
      <p class="small">
        {words.help} <code>fedhybnn-coordinator operator add anna</code>
      </p>
    </form>
  );
}
