/** The report of one run: its figures, and the page around them. */
import type { Figure } from '../plots/figure.js';
import { escapedXml } from '../plots/svg.js';
import { bytesText, durationText, percentText } from '../plots/units.js';
import { commandLineOf, withoutDefaults } from '../run/settings.js';
import { byteFigures } from './byte-figures.js';
import { classFigures } from './class-figures.js';
import { clientFigures, fairnessOf } from './client-figures.js';
import { learningFigures, measuredFigures } from './learning-figures.js';
import { dataHtml, figureHtml, htmlPage, paragraph, tableHtml, tilesHtml } from './page.js';
import { personalFigures, personalTable } from './personal-figures.js';
import type { RunData } from './run-data.js';
import { voteFigures } from './vote-figures.js';

const PERSONAL = 'What does a head of one’s own give?';

interface Chapter {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** Those that the run has data for. */
export function runChapters(run: RunData): Chapter[] {
  const chapters = [
    { title: 'How fast did it learn?', figures: learningFigures(run) },
    { title: 'Which classes does it know?', figures: classFigures(run) },
    { title: 'Whom does it serve?', figures: clientFigures(run) },
    { title: PERSONAL, figures: personalFigures(run) },
    { title: 'Did the clients agree?', figures: voteFigures(run) },
    { title: 'What traveled?', figures: byteFigures(run) },
    { title: 'What else was measured?', figures: measuredFigures(run) },
  ];
  return chapters.filter(({ figures }) => figures.length > 0);
}

export function runPage(run: RunData): string {
  const { summary, settings, complete, initial } = run;
  const title = `${summary.rule} on ${summary.dataset}: ${percentText(summary.finalAccuracy)} after ${summary.rounds} rounds`;
  const about = `${summary.clients.toLocaleString('en')} clients, ${summary.cohort.toLocaleString('en')} a round; ${summary.parameters.toLocaleString('en')} parameters; partition ${settings.partition ?? 'iid'}; seed ${summary.seed}.`;
  const own = personalTable(run);
  const chapters = runChapters(run).map(({ title, figures }) =>
    [
      `<h2>${escapedXml(title)}</h2>`,
      ...figures.map(figureHtml),
      ...(title === PERSONAL && own !== undefined ? [tableHtml(own)] : []),
    ].join('\n'),
  );
  return htmlPage(
    title,
    [
      `<h1>${escapedXml(title)}</h1>`,
      paragraph(about),
      ...(complete
        ? []
        : [paragraph('This run was interrupted before its last round.', 'warning')]),
      tilesHtml(tilesOf(run)),
      ...chapters,
      ...devicesHtml(run),
      '<h2>What is the network?</h2>',
      tableHtml(layersTable(run)),
      paragraph(
        'Parameters are trained and voted on; a fixed code is neither. Bytes: packed weights on a device. Products: XNOR and popcount of two bits, or multiply-adds of real numbers where there are none.',
        'faint',
      ),
      '<h2>How to play it again</h2>',
      `<pre>${escapedXml(commandLineOf(withoutDefaults(settings)))}</pre>`,
      paragraph(
        `The same seed${initial === undefined ? '' : ' and the same initial model'} ${initial === undefined ? 'gives' : 'give'} the same model: ${summary.modelHash}.`,
        'faint',
      ),
      ...(initial === undefined
        ? []
        : [
            paragraph(
              `It began with a model of ${initial.round} rounds, ${initial.sha256}, which is kept in ${initial.file} of the run's folder.`,
              'faint',
            ),
          ]),
      '<details><summary>All settings</summary>',
      tableHtml({ head: [], rows: textRows(settings) }, 'texts'),
      '</details>',
      '<details><summary>Where it was played</summary>',
      tableHtml({ head: [], rows: textRows({ ...run.hardware, ...run.versions }) }, 'texts'),
      '</details>',
      dataHtml('run', { summary, settings, rounds: run.rounds, analysis: run.analysis }),
    ].join('\n'),
  );
}

function tilesOf(run: RunData): [string, string][] {
  const { summary } = run;
  const fairness = fairnessOf(run);
  return [
    [percentText(summary.finalAccuracy), `accuracy; best ${percentText(summary.bestAccuracy)}`],
    [
      `${Number(summary.uplinkBpp.toPrecision(3))} / ${Number(summary.downlinkBpp.toPrecision(3))}`,
      'bits per parameter, up / down',
    ],
    [bytesText(summary.uplinkBytes + summary.downlinkBytes), 'over the network in all'],
    ...(fairness === undefined
      ? []
      : [
          [percentText(fairness.worstTenth, 1), 'at the worst tenth of clients'] as [
            string,
            string,
          ],
        ]),
    ...(summary.personal === undefined
      ? []
      : [
          [percentText(summary.personal.personal.mean, 1), 'with personal heads'] as [
            string,
            string,
          ],
        ]),
    ...(summary.simulatedSeconds === undefined
      ? []
      : [[durationText(summary.simulatedSeconds), 'of simulated time'] as [string, string]]),
    [
      durationText(summary.seconds),
      `${Number(summary.roundsPerSecond.toPrecision(3))} rounds/s, peak ${summary.peakRssMb} MB`,
    ],
  ];
}

function devicesHtml({ summary: { devices } }: RunData): string[] {
  if (devices === undefined) return [];
  const rows = Object.entries(devices).map(([name, device]) => [
    ...[name, String(device.invited), String(device.counted)],
    ...[bytesText(device.uplinkBytes), bytesText(device.downlinkBytes)],
    durationText(device.busySeconds),
  ]);
  return [
    '<h2>What did the devices do?</h2>',
    tableHtml({ head: ['device', 'invited', 'counted', 'up', 'down', 'busy'], rows }),
    paragraph(
      'Invited to rounds, updates that counted, and simulated time of work in all.',
      'faint',
    ),
  ];
}

function layersTable({ layers }: RunData) {
  const whole = (value: number) => value.toLocaleString('en');
  return {
    head: ['layer', 'inputs', 'neurons', 'weights', 'parameters', 'bytes', 'products a sample'],
    rows: layers.map((layer) => [
      ...[layer.name, whole(layer.inputs), whole(layer.neurons), layer.weights],
      layer.parameters === 0 ? 'fixed' : whole(layer.parameters),
      ...[whole(layer.weightBytes), layer.binaryMacs === 0 ? '–' : whole(layer.binaryMacs)],
    ]),
  };
}

function textRows(record: Readonly<Record<string, unknown>>): string[][] {
  return Object.entries(record).map(([key, value]) => [key, String(value)]);
}
