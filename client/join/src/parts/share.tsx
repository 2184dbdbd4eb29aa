/** The address for others, as a code to scan. */
import { useState } from 'preact/hooks';
import { QrCode } from '../../../look/src/qr-code.js';
import type { TaskInfo } from '../engine/messages.js';
import { messages } from '../messages/language.js';

export function Share({ task }: { readonly task: TaskInfo }) {
  const words = messages.value.try;
  const [copied, setCopied] = useState(false);
  const url = `${location.origin}/${task.id}${location.search}`;
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setCopied(true);
  };
  return (
    <section class="card share">
      <h2>{words.share}</h2>
      <p class="small">{words.shareText}</p>
      <QrCode text={url} label={words.qr} />
      <p class="url">{url}</p>
      <div class="row">
        {/* Both need a secure context. */}
        {navigator.clipboard && (
          <button type="button" onClick={() => void copy()}>
            {copied ? words.copied : words.copy}
          </button>
        )}
        {'share' in navigator && (
          <button
            type="button"
            onClick={() => void navigator.share({ title: task.title, url }).catch(() => {})}
          >
            {words.send}
          </button>
        )}
      </div>
    </section>
  );
}
