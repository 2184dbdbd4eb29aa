import { describe, expect, it } from 'vitest';
import { BootstrapPartition } from './bootstrap.js';

describe('bootstrap samples', () => {
  const labels = Int32Array.from({ length: 600 }, (_, i) => i % 6);

  it('are the same at every call, and differ between clients and seeds', () => {
    const deal = (seed: number) =>
      new BootstrapPartition({ clients: 1_000_000, samplesPerClient: 20, samples: 600, seed });
    const dealt = deal(1);
    expect(dealt.clients).toBe(1_000_000);
    const rows = dealt.rows(999_999);
    expect(rows).toHaveLength(20);
    expect(rows.every((row) => row < 600)).toBe(true);
    expect(deal(1).rows(999_999)).toEqual(rows);
    expect(dealt.rows(999_998)).not.toEqual(rows);
    expect(deal(2).rows(999_999)).not.toEqual(rows);
  });

  it('draw every sample about equally often', () => {
    const dealt = new BootstrapPartition({
      clients: 6000,
      samplesPerClient: 20,
      samples: 600,
      seed: 3,
    });
    const drawn = new Uint32Array(600);
    for (let client = 0; client < 6000; client++)
      for (const row of dealt.rows(client)) drawn[row]++;
    // Binomial(120,000, 1/600): mean 200, deviation 14.1; six deviations.
    expect(Math.min(...drawn)).toBeGreaterThan(200 - 6 * 14.2);
    expect(Math.max(...drawn)).toBeLessThan(200 + 6 * 14.2);
  });

  it('with label skew, have few labels for a small α and most of them for a large one', () => {
    const labelsPerClient = (alpha: number) => {
      const skew = { labels, alpha };
      const dealt = new BootstrapPartition({
        ...{ clients: 500, samplesPerClient: 20, samples: 600, seed: 4, skew },
      });
      let held = 0;
      for (let client = 0; client < 500; client++) {
        held += new Set([...dealt.rows(client)].map((row) => labels[row])).size;
      }
      return held / 500;
    };
    expect(labelsPerClient(0.01)).toBeLessThan(1.3);
    expect(labelsPerClient(100)).toBeGreaterThan(5.5);
  });
});
