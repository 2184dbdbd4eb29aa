import { AGGREGATOR_DEFAULTS, ROBUST_DEFAULTS } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { DEFENSES, parseDefenses } from './defenses.js';

describe('--robust', () => {
  it('names defenses with commas between them', () => {
    expect(parseDefenses('outliers, root-set')).toEqual({
      outliers: ROBUST_DEFAULTS.outliers,
      rootSet: ROBUST_DEFAULTS.rootSet,
    });
    expect(parseDefenses('norm-cap,trimmed-mean')).toEqual({
      normCap: ROBUST_DEFAULTS.normCap,
      aggregator: AGGREGATOR_DEFAULTS['trimmed-mean'],
    });
    for (const name of DEFENSES) expect(Object.keys(parseDefenses(name))).toHaveLength(1);
  });

  it('is refused where it names none, or two in the place of one mean', () => {
    for (const text of ['', 'median,', 'mean', 'constructor']) {
      expect(() => parseDefenses(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
      expect(() => parseDefenses(text)).toThrow(DEFENSES.join(', '));
    }
    expect(() => parseDefenses('krum,norm-cap,median')).toThrow(/krum and median.*choose one/);
  });
});
