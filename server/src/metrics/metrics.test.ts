import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoordinatorOptions, type RunningCoordinator, startCoordinator } from '../start.js';
import { tinyExtractor, tinyTask, until, votingClient } from '../testing/tiny-federation.js';
import { Metrics } from './metrics.js';

/** The value of a line of Prometheus' text format, or undefined. */
function sampleOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('the metrics of a task', () => {
  it('count updates by what was answered', async () => {
    const metrics = new Metrics();
    const task = metrics.forTask('tiny');
    expect(await task.update(100, async () => 'receipt')).toBe('receipt');
    const stale = async () => {
      throw new FederationError('round-stale', 'too late');
    };
    await expect(task.update(100, stale)).rejects.toThrow('too late');
    const text = await metrics.text();
    expect(sampleOf(text, 'fedhybnn_updates_total{task="tiny",result="accepted"}')).toBe(1);
    expect(sampleOf(text, 'fedhybnn_updates_total{task="tiny",result="round-stale"}')).toBe(1);
    expect(sampleOf(text, 'fedhybnn_update_bytes_total{task="tiny"}')).toBe(100);
    // Refusals are quick and would flatter the latency.
    expect(sampleOf(text, 'fedhybnn_ack_seconds_count{task="tiny"}')).toBe(1);
  });

  it('measure a round from its opening, and not one that was opened before a restart', async () => {
    const metrics = new Metrics();
    const task = metrics.forTask('tiny');
    const published = { round: 1, counted: 3, accuracy: null };
    task.published(published);
    task.opened();
    task.abandoned();
    task.opened();
    task.published(published);
    const text = await metrics.text();
    expect(sampleOf(text, 'fedhybnn_rounds_total{task="tiny",outcome="published"}')).toBe(2);
    expect(sampleOf(text, 'fedhybnn_rounds_total{task="tiny",outcome="abandoned"}')).toBe(1);
    expect(sampleOf(text, 'fedhybnn_round_seconds_count{task="tiny"}')).toBe(1);
    expect(sampleOf(text, 'fedhybnn_counted_updates_total{task="tiny"}')).toBe(6);
  });

  it('show no accuracy where none is measured, and no task that is gone', async () => {
    const metrics = new Metrics();
    let tasks = [{ id: 'a', readyClients: 4, latest: { round: 7, accuracy: null } }];
    metrics.watch(
      () => tasks,
      () => 9,
    );
    const before = await metrics.text();
    expect(sampleOf(before, 'fedhybnn_round{task="a"}')).toBe(7);
    expect(sampleOf(before, 'fedhybnn_ready_clients{task="a"}')).toBe(4);
    expect(sampleOf(before, 'fedhybnn_accuracy{task="a"}')).toBeUndefined();
    expect(sampleOf(before, 'fedhybnn_sockets')).toBe(9);
    tasks = [];
    expect(sampleOf(await metrics.text(), 'fedhybnn_round{task="a"}')).toBeUndefined();
  });
});

describe('GET /metrics', () => {
  let data: string;
  let running: RunningCoordinator | undefined;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'fedhybnn-metrics-'));
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    rmSync(data, { recursive: true, force: true });
  });
  const start = async (options: Partial<CoordinatorOptions> = {}) => {
    running = await startCoordinator({ data, port: 0, ...options });
    return running.url.replace('localhost', '127.0.0.1');
  };

  it('tells how a federation went', async () => {
    const url = await start();
    const task = tinyTask();
    await running?.createTask(task, { extractor: tinyExtractor });
    const clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
    const metrics = async () => (await fetch(`${url}/metrics`)).text();
    const outcome = 'fedhybnn_rounds_total{task="tiny",outcome="published"}';
    await until(async () => sampleOf(await metrics(), outcome) === 3, 'three rounds');
    const reply = await fetch(`${url}/metrics`);
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain.*version=/);
    const text = await reply.text();
    expect(sampleOf(text, 'fedhybnn_updates_total{task="tiny",result="accepted"}')).toBe(9);
    expect(sampleOf(text, 'fedhybnn_counted_updates_total{task="tiny"}')).toBe(9);
    expect(sampleOf(text, 'fedhybnn_round_seconds_count{task="tiny"}')).toBe(3);
    expect(sampleOf(text, 'fedhybnn_round{task="tiny"}')).toBe(3);
    expect(sampleOf(text, 'fedhybnn_sockets')).toBe(3);
    expect(sampleOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    for (const { socket } of clients) socket.disconnect();
    await until(async () => sampleOf(await metrics(), 'fedhybnn_sockets') === 0, 'no sockets');
  });

  it('answers this machine only, and nobody for whom a proxy asks', async () => {
    const url = await start();
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    for (const header of ['X-Forwarded-For', 'Forwarded', 'Via']) {
      const reply = await fetch(`${url}/metrics`, { headers: { [header]: '203.0.113.7' } });
      expect(reply.status).toBe(401);
      expect((await reply.json()).message).toMatch(/--metrics-token/);
    }
  });

  it('answers anybody with the token, and nobody without', async () => {
    const url = await start({ metricsToken: 'open sesame' });
    const ask = (authorization?: string) =>
      fetch(`${url}/metrics`, { headers: authorization ? { authorization } : {} });
    expect((await ask('Bearer open sesame')).status).toBe(200);
    for (const wrong of [undefined, 'Bearer open', 'open sesame', 'Bearer open sesamE']) {
      expect((await ask(wrong)).status).toBe(401);
    }
  });
});
