import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCoordinator } from '@fedhybnn/server';
import { parseJson, sha256Hex, taskSchema } from '@fedhybnn/shared';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerTaskCommand } from './command.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-task-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function command(...args: string[]): Promise<void> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  registerTaskCommand(program);
  await program.parseAsync(['task', ...args, '--folder', join(folder, 'task'), '--json'], {
    from: 'user',
  });
}
const read = (name: string) => readFileSync(join(folder, 'task', name));

describe('fedhybnn-simulate task', () => {
  it('writes a task that a coordinator takes, with its extractor and its evaluation', async () => {
    await command(
      ...['--dataset', 'mnist', '--hidden', '32', '--cohort', '6', '--rounds', '9', '--seed', '4'],
      ...['--id', 'letters-2', '--title', 'Digits of class 3b', '--deadline', '30'],
      ...['--robust', 'outliers,root-set'],
    );
    const task = parseJson(taskSchema, read('task.json').toString(), 'task.json');
    expect(task).toMatchObject({
      ...{ id: 'letters-2', title: 'Digits of class 3b' },
      federation: {
        ...{
          rounds: 9,
          goal: 6,
          minimum: 3,
          ready: 6,
          deadlineMs: 30_000,
          gatherMs: 5000,
          seed: 4,
        },
        robust: { outliers: { share: 0.3 }, rootSet: { maxDrop: 0.05, window: 5 } },
      },
    });
    const extractor = new Uint8Array(read('extractor.fhx'));
    expect(task.extractor.sha256).toBe(sha256Hex(extractor));
    const running = await startCoordinator({ data: join(folder, 'data'), port: 0 });
    try {
      await running.createTask(task, { extractor, evaluation: new Uint8Array(read('test.bits')) });
      expect(running.tasks()).toEqual(['letters-2']);
    } finally {
      await running.close();
    }
  });

  it('says what does not fit, and writes nothing then', async () => {
    await expect(command('--dataset', 'mnist', '--id', 'Two Words')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('"id"'),
    });
    await expect(command('--dataset', 'mnist', '--minimum', '11')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('--minimum'),
    });
    expect(() => read('task.json')).toThrow();
  });
});
