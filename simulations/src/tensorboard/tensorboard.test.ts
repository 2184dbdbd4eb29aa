import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { scalarsOf, TensorBoard } from './board.js';
import { headerRecord, scalarRecord } from './event-file.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const metrics: RoundMetrics = {
  ...{ round: 2, accuracy: 0.5, loss: null, counted: 3, screened: 1, rolledBack: false },
  ...{ uplinkBytes: 10, downlinkBytes: 20, receivers: 3, modelHash: 'f00', seconds: 0.25 },
  extra: { attackSuccess: 0.75, classAccuracy: [0.1, 0.9] },
};

describe('event files', () => {
  // Written by RecordWriter and the protocol buffers of the Python package tensorboard 2.21.0.
  it('have the bytes that TensorBoard writes itself', () => {
    expect(hex(headerRecord(1.5))).toBe(
      '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c',
    );
    const scalars = { 'a/b': 0.25, loss: -3 };
    expect(hex(scalarRecord({ wallTime: 1.5, step: 300, scalars }))).toBe(
      '2700000000000000bbe1b14609000000000000f83f10ac022a190a0a0a03612f62150000803e0a0b0a046c6f737315000040c0467345f2',
    );
  });

  it('hold what a round is known by, single numbers of observers included', () => {
    expect(scalarsOf(metrics)).toEqual({
      'federation/accuracy': 0.5,
      'federation/counted': 3,
      'federation/screened': 1,
      'bytes/up': 10,
      'bytes/down': 20,
      'time/seconds': 0.25,
      'measured/attackSuccess': 0.75,
    });
  });

  it('are written round by round, in order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fedhybnn-board-'));
    try {
      const board = await TensorBoard.create(folder);
      for (let round = 1; round <= 20; round++) board.add({ ...metrics, round });
      await board.finish();
      const [file] = await readdir(folder);
      expect(file).toMatch(/^events\.out\.tfevents\.\d+\.fedhybnn$/);
      const bytes = await readFile(join(folder, file));
      const steps: number[] = [];
      for (let at = 40; at < bytes.length; at += 16 + Number(bytes.readBigUInt64LE(at))) {
        // After the length and its checksum: key and wall time, the key of the step.
        steps.push(bytes[at + 12 + 9 + 1]);
      }
      expect(steps).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are refused where the folder cannot be written', async () => {
    await expect(TensorBoard.create('/dev/null/x')).rejects.toThrow(
      /--tensorboard \/dev\/null\/x: cannot be written/,
    );
  });
});
