/** A disk that is full: a file system of a few megabytes in memory, and ballast on it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyExtractor, tinyTask, until } from '../testing/tiny-federation.js';
import { checkState } from './check-state.js';
import { CoordinatorProcess } from './coordinator-process.js';
import { ResumingVoter } from './resuming-voter.js';

function mount(folder: string): boolean {
  const options = ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder];
  return spawnSync('mount', options, { stdio: 'ignore' }).status === 0;
}

function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
}

/** Why no file system can be mounted here, or null. */
function mountMissing(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'fedhybnn-mount-'));
  const mounted = mount(folder);
  if (mounted) unmount(folder);
  rmSync(folder, { recursive: true, force: true });
  return mounted ? null : 'needs the right to mount a file system';
}

let folder: string;
let disk: string;
let voters: ResumingVoter[] = [];
let running: CoordinatorProcess | undefined;

const missing = mountMissing();
const why = missing === null ? '' : ` (${missing})`;

describe.skipIf(missing !== null)(`a coordinator on a disk that is full${why}`, () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fedhybnn-full-'));
    disk = join(folder, 'disk');
    mkdirSync(disk);
    mount(disk);
  });
  afterEach(async () => {
    for (const voter of voters) voter.close();
    voters = [];
    await running?.kill();
    unmount(disk);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Fills what is left but for `left` bytes. */
  function fill(left: number): void {
    const { bavail, bsize } = statfsSync(disk);
    const ballast = Buffer.alloc(Math.max(0, bavail * bsize - left));
    try {
      writeFileSync(join(disk, 'ballast'), ballast);
    } catch (error) {
      // The coordinator was faster: all is full now.
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }

  // The room that is left decides what cannot be written: a file, a log, a page of the database.
  it.each([0, 4096, 20_000, 70_000, 150_000])(
    'with %i bytes left stops with a clear error, and keeps every promise once there is room',
    async (left) => {
      const task = tinyTask({ rounds: 100_000, gatherMs: 20 });
      writeFileSync(join(folder, 'tiny.fhx'), tinyExtractor);
      writeFileSync(join(folder, 'task.json'), JSON.stringify(task));
      const launch = {
        ...{ data: join(disk, 'data'), task: join(folder, 'task.json') },
        ...{ extractor: join(folder, 'tiny.fhx') },
      };
      running = CoordinatorProcess.start({ ...launch, port: 0 });
      expect(await running.ready).not.toBeNull();
      const { url } = running;
      voters = ['a', 'b', 'c'].map((id) => new ResumingVoter(url, task, id, left));
      const latest = () => Math.max(0, ...voters.flatMap(({ closed }) => [...closed.keys()]));
      await until(() => latest() >= 3, 'three rounds');
      fill(left);
      expect(await running.ended).toEqual({ code: 1, signal: null });
      expect(running.said).toMatch(/^error \[store-(failed|lost)\]: .*start again.*$/m);

      rmSync(join(disk, 'ballast'));
      running = CoordinatorProcess.start({ ...launch, port: Number(new URL(url).port) });
      expect(await running.ready).not.toBeNull();
      const goal = latest() + 3;
      await until(() => latest() >= goal, 'three more rounds');
      for (const voter of voters) voter.rest();
      const undecided = () => voters.flatMap((v) => v.unsettled.filter((round) => round <= goal));
      await until(() => undecided().length === 0, 'the fate of every update');
      expect(await running.stop()).toEqual({ code: 0, signal: null });
      const place = { data: launch.data };
      const state = { place, task, voters, seen: new Map(), created: true, settled: true };
      expect(await checkState(state)).toMatchObject({ lost: 0, problems: [] });
    },
  );
});
