/** The address of a federation, as a participant types it. */
import { parseFederationAddress } from '@fedhybnn/client';
import { expectThat, type FuzzTarget } from '@fedhybnn/shared/fuzz';

const ADDRESSES = [
  'http://localhost:8080',
  'http://localhost:8080/mnist',
  'https://lab.example.org/digits/#code=7KQ2-M9XD-0000-1111',
  'http://[::1]:8080/mnist?code=7KQ2M9XD00001111',
];

/** What is accepted names a task that may be one, and is the same when it is parsed again. */
export const addressTarget: FuzzTarget = {
  name: 'parseFederationAddress',
  corpus: ADDRESSES.map((address) => new TextEncoder().encode(address)),
  tokens: [
    ...['..', '%2e%2e', '/', '\\', '//', '@', 'user:pass@', ':', ':0', ':65536', '%', '%00', '%zz'],
    ...[
      '#',
      '?',
      '&',
      '=',
      'code=',
      'javascript:',
      'file:///',
      'data:',
      '\t',
      '\n',
      '\r\n',
      '\u0000',
    ],
    ...['[', ']', '::', 'xn--', '。', 'ß', '𝔘', '\ufeff', '\u202e', 'a'.repeat(300), ' ', '|', '<'],
  ],
  run(bytes) {
    const { base, task, code } = parseFederationAddress(new TextDecoder().decode(bytes));
    expectThat(/^https?:\/\/[^/?#@\\\s]+$/.test(base), `"${base}" is no origin`);
    expectThat(task === undefined || /^[a-z0-9][a-z0-9-]{0,62}$/.test(task), 'a task of any name');
    const hash = code === undefined ? '' : `#${new URLSearchParams({ code })}`;
    const again = parseFederationAddress(`${base}/${task ?? ''}${hash}`);
    expectThat(
      again.base === base && again.task === task && again.code === code,
      'another address when it is parsed again',
    );
  },
};
