/** A run's summary for people. */
import Table from 'cli-table3';
import type { RunSummary } from './summary.js';

export function summaryTable(summary: RunSummary): string {
  const table = new Table({ style: { head: [], border: [] } });
  const kilobytes = (bytes: number) =>
    `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 0 })} kB`;
  table.push(
    { 'final accuracy': `${(100 * summary.finalAccuracy).toFixed(2)} %` },
    { 'best accuracy': `${(100 * summary.bestAccuracy).toFixed(2)} %` },
    { rule: `${summary.rule}, ${summary.parameters.toLocaleString('en')} parameters` },
    {
      federation: `${summary.rounds} rounds, ${summary.cohort} of ${summary.clients} clients a round`,
    },
    { uplink: `${summary.uplinkBpp} bits/parameter, ${kilobytes(summary.uplinkBytes)} in all` },
    {
      downlink: `${summary.downlinkBpp} bits/parameter, ${kilobytes(summary.downlinkBytes)} in all`,
    },
    {
      time: `${summary.seconds} s, ${summary.roundsPerSecond} rounds/s, peak ${summary.peakRssMb} MB`,
    },
    { model: summary.modelHash },
  );
  return table.toString();
}
