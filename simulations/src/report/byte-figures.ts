/** What travels: bits a parameter by what they are for, and all bytes beside those of 32-bit updates. */
import { barPlot } from '../plots/bar-plot.js';
import type { Figure } from '../plots/figure.js';
import { bytesText } from '../plots/units.js';
import type { RunData } from './run-data.js';

export function byteFigures(run: RunData): Figure[] {
  const { summary, rounds } = run;
  const { parameters, uplinkBytes, downlinkBytes } = summary;
  const updates = rounds.reduce((sum, { counted }) => sum + counted, 0);
  if (updates === 0) return [];
  const payload = rounds.reduce((sum, { extra }) => sum + Number(extra?.payloadBytes ?? 0), 0);
  const receivers = rounds.reduce((sum, round) => sum + round.receivers, 0);
  const full = 4 * parameters * (updates + receivers);
  const largest = 4 * parameters * Math.max(updates, receivers);
  const total = uplinkBytes + downlinkBytes;
  const ratio = full / total;
  const bits = (bytes: number, messages: number) => (8 * bytes) / messages / parameters;
  const parts = [
    ...(payload > 0
      ? [
          { name: 'update: payload', value: bits(payload, updates) },
          { name: 'update: frame', value: bits(uplinkBytes - payload, updates) },
        ]
      : [{ name: 'update', value: bits(uplinkBytes, updates) }]),
    { name: 'step: whole file', value: bits(downlinkBytes, receivers) },
    { name: '32-bit floats', value: 32 },
  ];
  const least = 10 ** Math.floor(Math.log10(Math.min(...parts.map(({ value }) => value))));
  return [
    {
      name: 'bytes',
      title:
        ratio >= 1.5
          ? `${bytesText(total)} in all: ${ratio.toFixed(0)} times less than 32-bit updates and models`
          : `${bytesText(total)} in all, about what 32-bit updates and models take`,
      note: 'All updates that were counted, and the steps once for each client of a round; 32-bit: as many float values as there are parameters, without frames.',
      draw: (size) =>
        barPlot(
          {
            ...{
              label: 'bytes',
              domain: [0, 1.02 * Math.max(uplinkBytes, downlinkBytes, largest)],
            },
            format: bytesText,
            bars: [
              { name: 'up', value: uplinkBytes, text: bytesText(uplinkBytes) },
              { name: 'down', value: downlinkBytes, text: bytesText(downlinkBytes) },
              {
                ...{ name: '32-bit, up', value: 4 * parameters * updates, style: 6 },
                text: bytesText(4 * parameters * updates),
              },
              {
                ...{ name: '32-bit, down', value: 4 * parameters * receivers, style: 6 },
                text: bytesText(4 * parameters * receivers),
              },
            ],
          },
          size,
        ),
    },
    {
      name: 'bits',
      title: `A parameter costs ${digits(summary.uplinkBpp)} bits up and ${digits(summary.downlinkBpp)} bits down`,
      note: 'Counted on the bytes as they travel, mean of all rounds. The scale is logarithmic. Frame: header, hashes and checksum.',
      draw: (size) =>
        barPlot(
          {
            ...{ label: 'bits per parameter (log scale)', domain: [least, 64], log: true },
            format: (value) => String(Number(value.toPrecision(2))),
            bars: parts.map((part) => ({
              ...part,
              text: digits(part.value),
              style: part.value === 32 && part.name.startsWith('32') ? 6 : 0,
            })),
          },
          size,
        ),
    },
  ];
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
