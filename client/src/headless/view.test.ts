import { FederationError, type PublishedRound } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { createView, quietView } from './view.js';

const published: PublishedRound = {
  round: 2,
  step: 'a'.repeat(64),
  model: 'b'.repeat(64),
  counted: 2,
  accuracy: 0.9512,
  uplinkBytes: 2400,
  downlinkBytes: 1200,
};
const error = new FederationError('coordinator-unreachable', 'no connection');

/** A stream that keeps what is written; a terminal if so asked. */
function recorder(isTTY: boolean) {
  let text = '';
  const write = (piece: string) => {
    text += piece;
    return true;
  };
  const stream = Object.assign(Object.create(process.stderr), { isTTY, columns: 100, write });
  return { stream: stream as NodeJS.WriteStream, text: () => text };
}

describe('the view of two clients on a file or pipe', () => {
  it('tells once what happens to both', () => {
    const { stream, text } = recorder(false);
    const view = createView(2, stream);
    for (const slot of [0, 1]) view.event(slot, { type: 'extracted', samples: 600, ms: 10 });
    for (const slot of [0, 1]) view.event(slot, { type: 'joined', client: 'c', task: 'Digits' });
    for (const slot of [0, 1]) view.event(slot, { type: 'offline', error, retryInMs: 512 });
    for (const slot of [0, 1]) view.event(slot, { type: 'online', round: 0 });
    for (const slot of [0, 1]) view.event(slot, { type: 'round', round: 2, of: 30 });
    for (const slot of [0, 1]) view.event(slot, { type: 'published', ...published });
    view.stop();
    expect(text()).toBe(
      [
        'latent bits of 1,200 samples',
        'joined "Digits" as 2 clients',
        'offline: no connection; trying again, first in 0.5 s',
        'connected again',
        'round 2/30  accuracy 95.12 %  2 updates  2.4 kB up  1.2 kB down',
        '',
      ].join('\n'),
    );
  });

  it('tells that too few clients are there, but not again with each that comes', () => {
    const { stream, text } = recorder(false);
    const view = createView(2, stream);
    for (const ready of [2, 2, 3, 4, 1]) {
      for (const slot of [0, 1]) view.event(slot, { type: 'gathering', ready, needed: 4 });
    }
    expect(text()).toBe(
      [
        'waiting for clients: 2 are here, a round needs 4',
        'waiting for clients: 1 is here, a round needs 4',
        '',
      ].join('\n'),
    );
  });

  it('tells why an update does not count', () => {
    const { stream, text } = recorder(false);
    const view = createView(1, stream);
    view.event(0, { type: 'refused', round: 3, code: 'round-closed', message: 'too late' });
    expect(text()).toBe('round 3: an update does not count [round-closed]: too late\n');
  });
});

describe('the view on a terminal', () => {
  it('redraws one line, and writes lines that stay above it', () => {
    const { stream, text } = recorder(true);
    const view = createView(2, stream);
    view.event(0, { type: 'round', round: 1, of: 30 });
    view.event(1, { type: 'round', round: 1, of: 30 });
    view.event(0, { type: 'waiting' });
    view.event(0, { type: 'published', ...published });
    view.note('warning: disk almost full');
    view.stop();
    expect(text()).toContain('round 1/30');
    expect(text()).toContain('warning: disk almost full\n');
    expect(text()).toContain('round 2/30  accuracy 95.12 %  1 waiting, 1 training');
    expect(text().match(/accuracy 95.12 %.*updates/)).toBeNull();
  });
});

describe('the quiet view', () => {
  it('shows warnings only', () => {
    const { stream, text } = recorder(false);
    const view = quietView(stream);
    view.event(0, { type: 'published', ...published });
    view.note('warning: disk almost full');
    view.stop();
    expect(text()).toBe('warning: disk almost full\n');
  });
});
