/** Copies a text. Browsers allow it in secure contexts only; elsewhere there is no button. */
import { useState } from 'preact/hooks';
import { messages } from '../messages/language.js';

const SHOWN_MS = 2000;

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  if (!navigator.clipboard) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {copied ? messages.value.copied : label}
    </button>
  );
}
