import { describe, expect, it } from 'vitest';
import { sparkline } from './sparkline.js';

describe('a sparkline', () => {
  it('goes from the least to the greatest number', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe('▁▂▃▄▅▆▇█');
  });

  it('is thinned to its width, and ends with the last number', () => {
    const line = sparkline([...new Array(99).fill(0), 1], 20);
    expect(line).toHaveLength(20);
    expect(line).toMatch(/▁█$/);
  });

  it('is level where numbers hardly differ, and empty without any', () => {
    expect(sparkline([0.9, 0.9001, 0.9], 10)).toBe('▁▁▁');
    expect(sparkline([], 10)).toBe('');
  });
});
