/**
 * The accuracy by round, as it comes. Two paths and a few labels: a library for charts would be
 * loaded, set up and drawn on the main thread of a phone in the midst of its training.
 */
import { messages, numbers } from '../messages/language.js';
import { change, type Point, points } from '../state/store.js';
import { across, curvePath, roundTicks } from './curve.js';

/** Shares that are named beside the curve. */
const SHARES = [0, 0.25, 0.5, 0.75, 1];
const MOST_ROUNDS = 6;

export function AccuracyChart({ rounds }: { readonly rounds: number }) {
  const words = messages.value.train;
  const n = numbers.value;
  const known = points.value;
  const own = known.some((point) => point.own !== undefined);
  const central = known.some((point) => point.central !== undefined);
  const ends = change.value;
  const text = ends ? `: ${words.chartText(n, ends.first, ends.last)}` : '';
  return (
    <figure class="chart">
      <figcaption>
        <h2>{words.chart}</h2>
        {own && <span class="legend mine">{words.legendYours}</span>}
        {central && <span class="legend central">{words.legendCentral}</span>}
      </figcaption>
      {known.length > 1 ? (
        <div class="plot" role="img" aria-label={`${words.chart}${text}`} data-rounds={rounds}>
          <Plot known={known} />
        </div>
      ) : (
        <p class="small">{words.chartWaits}</p>
      )}
    </figure>
  );
}

function Plot({ known }: { readonly known: readonly Point[] }) {
  const n = numbers.value;
  const [first, last] = [known[0].round, known[known.length - 1].round];
  const path = (key: 'own' | 'central') =>
    curvePath(known.map((point) => ({ round: point.round, share: point[key] })));
  return (
    <>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="grid" d={SHARES.map((share) => `M0 ${100 * share}H100`).join('')} />
        <path class="central" d={path('central')} />
        <path class="mine" d={path('own')} />
      </svg>
      {SHARES.map((share) => (
        <span key={share} class="share" style={{ bottom: `${100 * share}%` }}>
          {n.tick(share)}
        </span>
      ))}
      {roundTicks(first, last, MOST_ROUNDS).map((round) => (
        <span key={round} class="round" style={{ left: `${across(round, first, last)}%` }}>
          {n.whole(round)}
        </span>
      ))}
    </>
  );
}
