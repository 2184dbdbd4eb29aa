import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addAttackOptions } from './options.js';

const parsed = (...args: string[]) =>
  addAttackOptions(new Command())
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts();

describe('the options of attacks and defenses', () => {
  it('are absent unless they are asked for, and must have a value', () => {
    expect(parsed()).toEqual({});
    for (const name of ['--attack', '--robust']) {
      expect(() => parsed(name)).toThrow(/argument missing/);
    }
  });

  it('name none, too, as an axis of a grid must', () => {
    expect(parsed('--attack', 'none').attack).toBeUndefined();
    expect(parsed('--attack', 'boost:0.1', '--attack', 'none').attack).toBeUndefined();
    expect(() => parsed('--attack', 'None')).toThrow(/--attack None: must be an attack/);
    expect(parsed('--robust', 'median', '--robust', 'none').robust).toBeUndefined();
    expect(() => parsed('--robust', 'none,median')).toThrow(/--robust none: there are outliers/);
  });

  it('are what they name', () => {
    expect(parsed('--attack', 'ipm:0.2:10', '--robust', 'median')).toEqual({
      attack: { kind: 'ipm', share: 0.2, strength: 10 },
      robust: { aggregator: { kind: 'median' } },
    });
  });
});
