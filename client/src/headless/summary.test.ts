import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../sdk/index.js';
import { describeSummary, summarize } from './summary.js';

const session: SessionSummary = {
  why: 'federation-ended',
  client: 'a',
  task: 'mnist',
  parameters: 8000,
  contributed: 3,
  model: { round: 4, sha256: 'a'.repeat(64) },
  accuracy: 0.9512,
  traffic: { sent: 3100, received: 4500, updates: 3000, models: 4000 },
};

describe('summarize', () => {
  it('adds clients up, and counts bits per parameter on serialized bytes', () => {
    const other = { ...session, client: 'b', contributed: 1, model: { round: 3, sha256: 'b' } };
    const traffic = { sent: 1100, received: 2500, updates: 1000, models: 2000 };
    const summary = summarize([{ ...other, accuracy: 0.9, traffic }, session], 700, 12.34567);
    expect(summary).toEqual({
      task: 'mnist',
      why: 'federation-ended',
      clients: 2,
      rounds: 4,
      contributed: 4,
      parameters: 8000,
      uplinkBytes: 4000,
      downlinkBytes: 6000,
      uplinkBpp: 1,
      downlinkBpp: 1.5,
      sentBytes: 4200,
      receivedBytes: 7700,
      finalAccuracy: 0.9512,
      modelHash: 'a'.repeat(64),
      seconds: 12.346,
    });
  });

  it('is stopped if a client was, and has no bits per parameter without an update', () => {
    const idle = { ...session, why: 'stopped' as const, contributed: 0, accuracy: null };
    const summary = summarize([idle], 0, 1);
    expect(summary).toMatchObject({ why: 'stopped', uplinkBpp: 0, downlinkBpp: 0 });
    expect(describeSummary(summary)).toContain('accuracy not measured');
  });
});

describe('describeSummary', () => {
  it('says in two lines how it went and what travelled', () => {
    expect(describeSummary(summarize([session], 0, 1)).split('\n')).toEqual([
      'The federation has ended at round 4: accuracy 95.12 %; 3 updates of 1 client counted.',
      'Sent 3.0 kB of votes (1 bits a parameter), received 4.0 kB of models (1.33333); no sample left this machine.',
    ]);
  });
});
