import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deriveSeed, Random } from '@fedhybnn/shared';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LabeledImages, Simulated } from '../index.js';

const require = createRequire(import.meta.url);
const simulations = dirname(require.resolve('@fedhybnn/simulations/package.json'));
const guide = join(simulations, '..', 'docs', 'simulator.md');
const example = (name: string) => join(simulations, 'examples', name);
const load = async <T>(name: string) => (await import(pathToFileURL(example(name)).href)) as T;

/** Ten classes of 28 × 28 images: a bright square, each class at a place of its own. */
function squares(count: number, seed: string): LabeledImages {
  const random = new Random(deriveSeed(1, seed));
  const pixels = new Uint8Array(count * 784).map(() => random.below(100));
  const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
  labels.forEach((label, i) => {
    const [top, left] = [2 + 13 * Math.floor(label / 5), 1 + 5 * (label % 5)];
    for (let y = top; y < top + 10; y++)
      pixels.fill(220, i * 784 + y * 28 + left, i * 784 + y * 28 + left + 6);
  });
  return { images: { count, width: 28, height: 28, channels: 1, pixels }, labels };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the examples of docs/simulator.md', () => {
  it.each(['own-attack.ts', 'own-rule.ts'])(
    'are the file simulations/examples/%s',
    async (name) => {
      expect(await readFile(guide, 'utf8')).toContain(
        `\`\`\`ts\n${await readFile(example(name), 'utf8')}\`\`\``,
      );
    },
  );

  it('compile against the built packages', () => {
    const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
    const args = [tsc, '-p', join(simulations, 'examples')];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('deal by a partition of one’s own, attack, and defend', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    type Example = {
      underAttack(
        training: LabeledImages,
        test: LabeledImages,
      ): Promise<{ open: Simulated; screened: Simulated }>;
    };
    const { underAttack } = await load<Example>('own-attack.ts');
    const { open, screened } = await underAttack(squares(1000, 'a'), squares(200, 'b'));
    expect(screened.accuracy).toBeGreaterThan(0.5);
    expect(screened.modelHash).not.toBe(open.modelHash);
    expect(screened.rounds.some((round) => round.screened > 0)).toBe(true);
    expect(said).toHaveBeenCalledOnce();
  });

  it('learn samples of one’s own by a rule of one’s own', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { withOwnRule } = await load<{ withOwnRule(): Promise<Simulated> }>('own-rule.ts');
    const { accuracy } = await withOwnRule();
    expect(accuracy).toBeGreaterThan(0.6);
    expect(said).toHaveBeenCalledTimes(15);
    expect(said).toHaveBeenLastCalledWith(15, accuracy, expect.any(Number));
  });
});
