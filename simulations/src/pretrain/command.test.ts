import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeExtractorFile } from '@fedhybnn/shared';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerPretrainCommand } from './index.js';

/** Runs the command as a shell would; commander's own complaints are thrown. */
async function pretrain(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const write = (text: unknown) => lines.push(String(text)) > 0;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(write);
  const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const program = new Command('fedhybnn-simulate').exitOverride();
    registerPretrainCommand(program);
    for (const command of program.commands) command.exitOverride();
    await program.parseAsync(['pretrain', ...args], { from: 'user' });
  } finally {
    out.mockRestore();
    silent.mockRestore();
  }
  return lines;
}

describe('the pretrain command', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-pretrain-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes the shipped pixels file again, byte for byte', async () => {
    const out = join(folder, 'new', 'pixels.fhx');
    const [last] = (await pretrain('--kind', 'pixels', '--out', out, '--json')).slice(-1);
    const path = createRequire(import.meta.url).resolve(
      '@fedhybnn/shared/extractors/mnist-pixels.fhx',
    );
    expect(await readFile(out)).toEqual(await readFile(path));
    expect(JSON.parse(last)).toMatchObject({ file: out, kind: 'pixels', bits: 784, bytes: 213 });
    expect(await readdir(join(folder, 'new'))).toEqual(['pixels.fhx']);
  });

  it('trains a vae, and goes on from a checkpoint only when told to', async () => {
    const out = join(folder, 'vae.fhx');
    const small = ['--samples', '200', '--hidden', '6', '--bits', '16', '--batch', '50'];
    const drawn = ['--picture', join(folder, 'vae.png')];
    const args = ['--kind', 'vae', ...small, '--epochs', '2', ...drawn, '--out', out];
    await expect(pretrain(...args, '--resume')).rejects.toThrow(
      /no checkpoint.*leave --resume out/,
    );
    const [last] = (await pretrain(...args, '--json')).slice(-1);
    const summary = JSON.parse(last);
    expect(summary).toMatchObject({ kind: 'vae', variant: 'denoising', bits: 16 });
    expect(summary.entropyPerBit).toBeGreaterThan(0.5);
    // The checkpoint is removed with the end of the training.
    expect(await readdir(folder)).toEqual(['vae.fhx', 'vae.png']);
    const png = await readFile(join(folder, 'vae.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const { header } = decodeExtractorFile(new Uint8Array(await readFile(out)));
    expect(header).toMatchObject({
      trainedOn: '200 unlabeled training images of mnist',
      command: expect.stringMatching(/--dataset mnist --samples 200 --variant denoising --bits 16/),
    });
    await writeFile(`${out}.checkpoint`, 'x');
    await expect(pretrain(...args)).rejects.toThrow(/vae\.fhx\.checkpoint; give --resume/);
  });

  it('fits quantiles on the training part of a CSV file', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2 ? 'odd' : 'even'},${i % 3}`);
    const file = join(folder, 'My numbers.csv');
    await writeFile(file, `n,parity,rest\n${rows.join('\n')}\n`);
    const out = join(folder, 'numbers.fhx');
    const data = ['--kind', 'quantiles', '--dataset', `csv:${file}`, '--label', 'rest'];
    const lines = await pretrain(...data, '--thresholds', '3', '--out', out, '--json');
    expect(JSON.parse(lines[0])).toMatchObject({
      ...{ kind: 'quantiles', bits: 5, numericColumns: 1, categoryColumns: 1 },
    });
    const { header } = decodeExtractorFile(new Uint8Array(await readFile(out)));
    expect(header).toMatchObject({
      name: 'my-numbers-quantiles',
      columns: [
        { kind: 'numeric', name: 'n', thresholds: 3 },
        { kind: 'category', name: 'parity', categories: ['even', 'odd'] },
      ],
      trainedOn: '28 unlabeled training rows of csv:My numbers.csv',
      command:
        'fedhybnn-simulate pretrain --kind quantiles --dataset csv:My numbers.csv --label rest --thresholds 3 --split-seed 1',
    });
  });

  it('writes what was asked into the file', async () => {
    const out = join(folder, 'patches.fhx');
    const options = ['--bits', '64', '--filters', '4', '--grid', '6', '--samples', '200'];
    await pretrain(...options, '--seed', '3', '--name', 'mine', '--out', out);
    const { header } = decodeExtractorFile(new Uint8Array(await readFile(out)));
    expect(header).toMatchObject({
      ...{ kind: 'patches', name: 'mine', bits: 64, filters: 4, grid: { width: 6, height: 6 } },
      trainedOn: '200 unlabeled training images of mnist',
      command:
        'fedhybnn-simulate pretrain --kind patches --dataset mnist --bits 64 --filters 4 --grid 6 --samples 200 --seed 3',
    });
  });

  it('learns by a federation, and leaves nothing but the file', async () => {
    const out = join(folder, 'federated.fhx');
    const how = ['--federated', '--clients', '1000', '--cohort', '4', '--rounds', '2'];
    const shape = ['--panel', '6', '--patches', '50', '--bits', '40', '--filters', '4'];
    const [last] = (await pretrain(...how, ...shape, '--out', out, '--json')).slice(-1);
    expect(JSON.parse(last)).toMatchObject({
      ...{ file: out, kind: 'patches', bits: 40, features: 144, clients: 1000, rounds: 7 },
    });
    expect(await readdir(folder)).toEqual(['federated.fhx']);
    expect(decodeExtractorFile(new Uint8Array(await readFile(out))).header).toMatchObject({
      name: 'mnist-federated-40',
    });
  });

  it.each([
    [['--kind', 'pixels', '--picture', 'x.png'], /kind pixels learns nothing/],
    [['--clients', '10'], /--clients: is for federated learning; add --federated/],
    [['--federated', '--samples', '200'], /--samples: is for learning in one place/],
    [['--federated', '--kind', 'pixels'], /--kind pixels: only patches are learned/],
    [['--federated', '--clients', '5'], /--cohort 10: must be at most --clients \(5\)/],
    [['--federated', '--panel', '101'], /--panel 101: must be at most --clients \(100\)/],
    [['--federated', '--partition', 'odd'], /--partition odd: must be iid, dirichlet/],
    [['--federated', '--rounds', '0'], /'--rounds <n>' argument '0' is invalid/],
    [['--resume'], /--resume: kind patches is made in one go/],
    [['--kind', 'wavelet'], /Allowed choices are patches, vae/],
    [['--dataset', 'cifar'], /--dataset cifar: must be mnist, fashion-mnist, .*csv:FILE/],
    [['--bits', '0'], /'--bits <n>' argument '0' is invalid/],
    [['--grid', '2.5'], /'--grid <n>' argument '2.5' is invalid/],
    [['--colour'], /unknown option '--colour'/],
    [['--kind', 'pixels', '--name', 'My Pixels'], /"name"/],
    [['--kind', 'quantiles'], /mnist-train: holds images, but a table is needed/],
    [['--filters', '2', '--samples', '100', '--bits', '100'], /fewer than 100 bits/],
  ])('refuses %s by name and writes nothing', async (args, message) => {
    await expect(pretrain(...args, '--out', join(folder, 'x.fhx'))).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it('asks for --out', async () => {
    await expect(pretrain('--kind', 'pixels')).rejects.toThrow(/required option '--out <file>'/);
  });

  it('says so where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    const out = join(folder, 'file', 'x.fhx');
    await expect(pretrain('--kind', 'pixels', '--out', out)).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/^--out .*x\.fhx: cannot be written/),
    });
  });
});
