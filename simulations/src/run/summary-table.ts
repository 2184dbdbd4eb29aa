/** A run's summary for people. */
import Table from 'cli-table3';
import { shownTime } from '../behaviors/index.js';
import type { RunSummary } from './summary.js';

export function summaryTable(summary: RunSummary): string {
  const table = new Table({ style: { head: [], border: [] } });
  const kilobytes = (bytes: number) =>
    `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 0 })} kB`;
  table.push(
    { 'final accuracy': `${(100 * summary.finalAccuracy).toFixed(2)} %` },
    { 'best accuracy': `${(100 * summary.bestAccuracy).toFixed(2)} %` },
    ...metricRows(summary),
    { rule: `${summary.rule}, ${summary.parameters.toLocaleString('en')} parameters` },
    {
      federation:
        summary.aggregation === undefined
          ? `${summary.rounds} rounds, ${summary.cohort} of ${summary.clients} clients a round`
          : `${summary.rounds} steps, ${summary.aggregation}, ${summary.cohort} of ${summary.clients} clients at a time, ${summary.staleness} steps stale on average`,
    },
    { uplink: `${summary.uplinkBpp} bits/parameter, ${kilobytes(summary.uplinkBytes)} in all` },
    {
      downlink: `${summary.downlinkBpp} bits/parameter, ${kilobytes(summary.downlinkBytes)} in all`,
    },
    {
      time: `${summary.seconds} s, median round ${summary.medianRoundMs} ms, peak ${summary.peakRssMb} MB`,
    },
    ...behaviorRows(summary, kilobytes),
    ...personalRows(summary),
    ...(summary.attack === undefined ? [] : [{ attack: shownAttackOf(summary) }]),
    ...(summary.screened === undefined
      ? []
      : [
          {
            defenses: `${summary.screened} updates left out, ${summary.rolledBack} rounds rolled back`,
          },
        ]),
    { model: summary.modelHash },
  );
  return table.toString();
}

function shownAttackOf({ attack = '', attackSuccess }: RunSummary): string {
  return attackSuccess === undefined
    ? attack
    : `${attack}, successful on ${(100 * attackSuccess).toFixed(2)} % of the triggered images`;
}

function metricRows(summary: RunSummary): Record<string, string>[] {
  const { hammingLoss, rankingLoss, oneError, averagePrecision, microF1, macroF1 } = summary;
  const metrics = {
    'Hamming loss': hammingLoss,
    'ranking loss': rankingLoss,
    'one-error': oneError,
    'average precision': averagePrecision,
    'micro F1': microF1,
    'macro F1': macroF1,
  };
  return Object.entries(metrics).flatMap(([name, value]) =>
    value === undefined ? [] : [{ [name]: value.toFixed(4) }],
  );
}

function behaviorRows(
  { simulatedSeconds, devices = {}, rounds }: RunSummary,
  kilobytes: (bytes: number) => string,
): Record<string, string>[] {
  if (simulatedSeconds === undefined) return [];
  const each = shownTime(simulatedSeconds / Math.max(1, rounds));
  return [
    { 'simulated time': `${shownTime(simulatedSeconds)}, ${each} a round` },
    ...Object.entries(devices).map(([name, totals]) => ({
      [name]: `chosen ${totals.invited} times, counted ${totals.counted}; ${kilobytes(totals.uplinkBytes)} up, ${kilobytes(totals.downlinkBytes)} down; busy ${shownTime(totals.busySeconds)}`,
    })),
  ];
}

function personalRows({ personal }: RunSummary): Record<string, string>[] {
  if (personal === undefined) return [];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const shown = ({ mean, q10, median, q90 }: typeof personal.global) =>
    `${percent(mean)} on average; a tenth below ${percent(q10)}, half below ${percent(median)}, nine tenths below ${percent(q90)}`;
  return [
    { 'own samples, global head': shown(personal.global) },
    { 'own samples, personal head': shown(personal.personal) },
    {
      personalization: `${percent(personal.gain)} of ${personal.clients} clients gain, ${percent(personal.lose)} lose`,
    },
  ];
}
