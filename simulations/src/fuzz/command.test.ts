import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import type { FuzzTarget } from '@fedhybnn/shared/fuzz';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressTarget } from './address-target.js';
import { registerFuzzCommand } from './command.js';

let folder: string;
let out: string;
let told: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-fuzz-'));
  out = '';
  told = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const failure = () => join(folder, 'failure.hex');

async function fuzzing(targets: readonly FuzzTarget[], ...options: string[]): Promise<void> {
  const program = new Command();
  registerFuzzCommand(program, targets);
  await program.parseAsync(['node', 'x', 'fuzz', '--failure', failure(), ...options]);
}

const broken: FuzzTarget = {
  name: 'a broken decoder',
  corpus: [Uint8Array.of(0xab, 0xcd)],
  run(bytes) {
    if (bytes[0] === 0xab) throw new FederationError('bad-request', 'no; say yes');
    throw new RangeError('out of range');
  },
};

describe('the command fuzz', () => {
  it('feeds addresses to their parser, and finds nothing', async () => {
    await fuzzing([addressTarget], '--inputs', '3000', '--seed', '3', '--json');
    const summary = JSON.parse(out);
    expect(summary).toMatchObject({ inputs: 3000, seed: 3 });
    const [{ target, accepted, refused }] = summary.targets;
    expect([target, accepted + refused]).toEqual(['parseFederationAddress', 3000]);
    expect(Math.min(accepted, refused)).toBeGreaterThan(100);
    expect(process.exitCode).toBeUndefined();
  });

  it('ends with status 1 and the input in a file where a decoder does wrong', async () => {
    await fuzzing([addressTarget, broken], '--inputs', '1000', '--only', 'broken');
    expect(process.exitCode).toBe(1);
    expect(out).toMatch(/A violation: \d+ inputs/);
    expect(told).toMatch(/^a broken decoder: out of range; the input is in /m);
    const hex = readFileSync(failure(), 'utf8');
    expect(hex).toMatch(/^([0-9a-f]{2})*\n$/);
    expect(hex.slice(0, 2)).not.toBe('ab');
  });

  it('names the decoders that there are where none is meant', async () => {
    await expect(fuzzing([broken], '--only', 'x')).rejects.toThrow(/there are a broken decoder/);
  });
});
