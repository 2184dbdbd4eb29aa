/** Rounds of a run as scalars of TensorBoard. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { headerRecord, scalarRecord } from './event-file.js';

export class TensorBoard {
  private writes: Promise<void> = Promise.resolve();

  private constructor(private readonly file: string) {}

  /** @throws FederationError `data-folder` if the folder cannot be written */
  static async create(folder: string): Promise<TensorBoard> {
    const seconds = Date.now() / 1000;
    // TensorBoard takes files of this name, the latest of a folder.
    const file = join(folder, `events.out.tfevents.${Math.floor(seconds)}.fedhybnn`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(file, headerRecord(seconds));
    } catch (cause) {
      throw new FederationError(
        'data-folder',
        `--tensorboard ${folder}: cannot be written; choose another folder or change its permissions`,
        { cause },
      );
    }
    return new TensorBoard(file);
  }

  /** Records reach the file in the order of the calls; {@link finish} waits for them. */
  add(metrics: RoundMetrics): void {
    const event = {
      wallTime: Date.now() / 1000,
      step: metrics.round,
      scalars: scalarsOf(metrics),
    };
    this.writes = this.writes.then(() => appendFile(this.file, scalarRecord(event)));
  }

  async finish(): Promise<void> {
    await this.writes;
  }
}

/** Single numbers; a number a class or a layer is not for a curve. */
export function scalarsOf(metrics: RoundMetrics): Record<string, number> {
  const { accuracy, loss, counted, screened, uplinkBytes, downlinkBytes, seconds } = metrics;
  const measured = Object.entries(metrics.extra ?? {}).flatMap(([name, value]) =>
    typeof value === 'number' ? [[`measured/${name}`, value]] : [],
  );
  return {
    ...(accuracy !== null && { 'federation/accuracy': accuracy }),
    ...(loss !== null && { 'federation/loss': loss }),
    'federation/counted': counted,
    'federation/screened': screened,
    'bytes/up': uplinkBytes,
    'bytes/down': downlinkBytes,
    'time/seconds': seconds,
    ...(metrics.simulatedMs !== undefined && {
      'time/simulated seconds': metrics.simulatedMs / 1000,
    }),
    ...Object.fromEntries(measured),
  };
}
