/** A sheet of paper for a wall: what is learned, a code to scan, three steps, what leaves the device. */
import { Mark } from '../../../look/src/mark.js';
import { QrCode } from '../../../look/src/qr-code.js';
import { messages, numbers } from '../messages/language.js';
import { poster } from '../state/poster.js';

export function Poster() {
  const words = messages.value.poster;
  const n = numbers.value;
  const content = poster.value;
  if (content === undefined) return null;
  const { title, description, link, code, updateBytes } = content;
  return (
    <article class="poster">
      <p class="mark">
        <Mark />
        FedHyBNN
      </p>
      <p class="poster-kicker">{words.kicker}</p>
      <h1>{title}</h1>
      <p class="poster-lead">{description}</p>
      <div class="poster-middle">
        <QrCode text={link} label={words.qr} />
        <ol>
          {words.steps.map(({ name, text }, i) => (
            <li key={name}>
              <span class="poster-number">{i + 1}</span>
              <strong>{name}</strong>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      </div>
      <p class="poster-link">
        {withoutCode(link)}
        {code && (
          <>
            <br />
            {words.code} <code>{code}</code>
          </>
        )}
      </p>
      <div class="poster-leaves">
        <p>
          <strong>{words.leaves}</strong> {words.leavesText(n, updateBytes)}
        </p>
        <p>
          <strong>{words.stays}</strong> {words.staysText}
        </p>
      </div>
    </article>
  );
}

function withoutCode(link: string): string {
  return link.replace(/#.*$/, '');
}
