import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FRAME_OVERHEAD } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { openFilesLimit, requireOpenFiles } from './open-files.js';
import { median, percentile } from './percentile.js';
import { FrameReader, frameOf, OPCODES } from './websocket-frames.js';

const command = fileURLToPath(new URL('../../dist/bin/load.js', import.meta.url));

/** Whatever else the machine does: how fast it is decides nothing here. */
const PATIENCE_MS = 300_000;

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  return { status, stdout, stderr };
}

describe('npm run load', { timeout: PATIENCE_MS }, () => {
  it('measures a real coordinator and prints its figures as the last line', () => {
    const small = [
      '--clients',
      '4',
      '--seconds',
      '1',
      '--runs',
      '1',
      '--joins',
      '30',
      '--idle',
      '20',
      '--flood',
      '9',
    ];
    const { status, stdout, stderr } = run(...small, '--json');
    expect([status, stdout.trimEnd().split('\n').length]).toEqual([0, 1]);
    const figures = JSON.parse(stdout) as Record<string, number>;
    // One bit for each of 784 · 512 weights, and the frame around them.
    expect(figures.updateBytes).toBe((784 * 512) / 8 + FRAME_OVERHEAD);
    expect(figures).toMatchObject({ idleSockets: 20, floodSockets: 9 });
    for (const name of [
      ...['updatesPerSecond', 'ackP50Ms', 'ackP99Ms', 'rounds', 'idleTotalRssMb'],
      ...[
        'joinsPerSecond',
        'joinP50Ms',
        'joinP99Ms',
        'honestP99Ms',
        'floodP99Ms',
        'floodConnections',
      ],
    ]) {
      expect(figures[name], name).toBeGreaterThan(0);
    }
    expect(figures.ackP99Ms).toBeGreaterThanOrEqual(figures.ackP50Ms);
    expect(stderr).toMatch(/updates, run 1 of 1\n.*joins, run 1 of 1\n.*idle, run 1 of 1\n/s);
  });

  it.skipIf(!hasChromium)(
    'takes pages and headless clients to the end of a federation (needs Chromium)',
    () => {
      const few = ['--pages', '2', '--headless', '2', '--page-rounds', '3', '--runs', '1'];
      const { status, stdout } = run('--only', 'pages', ...few, '--json');
      expect(status).toBe(0);
      const figures = JSON.parse(stdout) as Record<string, number>;
      expect(figures).toMatchObject({ pages: 2, headlessClients: 2, pageRounds: 3 });
      expect(figures).toMatchObject({ leastCounted: 4, pagesEnded: 2, pageErrors: 0 });
    },
  );

  it('says what it needs where a shell allows too few open files', () => {
    expect(() => requireOpenFiles('--idle', 1000, 1024)).toThrow(
      /--idle 1000: needs 1200 open files, but this shell allows 1024; run "ulimit -n 1200" first/,
    );
    requireOpenFiles('--idle', 800, 1024);
    expect(openFilesLimit()).toBeGreaterThan(0);
  });
});

describe('figures', () => {
  it('are nearest ranks and medians', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99)]).toEqual([50, 99]);
    expect(percentile([7], 0.99)).toBe(7);
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  });
});

describe('WebSocket frames', () => {
  it('say their length as RFC 6455 has it, and a mask of 0', () => {
    expect([...frameOf(OPCODES.text, new Uint8Array(5))[0]]).toEqual([0x81, 0x85, 0, 0, 0, 0]);
    const [medium] = frameOf(OPCODES.binary, new Uint8Array(256));
    expect([...medium]).toEqual([0x82, 0xfe, 1, 0, 0, 0, 0, 0]);
    const [long] = frameOf(OPCODES.binary, new Uint8Array(65_536));
    expect([...long.subarray(0, 10)]).toEqual([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]);
  });

  it('are read whole, however they are cut', () => {
    // From a server: without masks.
    const bytes = Buffer.concat([
      Buffer.from([0x81, 2, 104, 105]),
      Buffer.from([0x82, 126, 0, 200]),
      Buffer.alloc(200, 7),
      Buffer.from([0x88, 0]),
    ]);
    for (const step of [1, 3, 50, 500]) {
      const seen: [number, number][] = [];
      const reader = new FrameReader((opcode, payload) => seen.push([opcode, payload.length]));
      for (let i = 0; i < bytes.length; i += step) reader.push(bytes.subarray(i, i + step));
      expect(seen).toEqual([
        [OPCODES.text, 2],
        [OPCODES.binary, 200],
        [OPCODES.close, 0],
      ]);
    }
  });
});
