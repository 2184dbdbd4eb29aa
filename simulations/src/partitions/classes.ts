/**
 * Pathological label skew: every client holds k labels and no others, as with the sorted shards of
 * McMahan et al. (arXiv 1602.05629, two shards a client), but with exactly k labels.
 *
 * There are clients · k places, k at each client. A label gets places by its number of samples,
 * the next one always to the label with the largest hands so far; its samples are then shared out
 * evenly over its places. Which labels meet at a client is drawn by random exchanges, so that labels
 * do not go in fixed groups.
 */
import { FederationError, type Random } from '@fedhybnn/shared';
import { DealtPartition, type Partition } from './dealt.js';
import { shuffledPiles } from './piles.js';

/** Exchanges tried for each place; some are refused, since a client would hold a label twice. */
const EXCHANGES = 10;

/**
 * @param k labels a client
 * @throws FederationError `bad-request` if the labels cannot be dealt so
 */
export function classesPartition(
  labels: Int32Array,
  clients: number,
  k: number,
  random: Random,
): Partition {
  const piles = shuffledPiles(labels, random).filter((pile) => pile.length > 0);
  const places = placesOf(
    piles.map((pile) => pile.length),
    clients,
    k,
  );
  const held = drawHeld(places, clients, k, random);
  const hands: number[][] = held.map(() => []);
  const dealt = places.map(() => 0);
  held.forEach((own, client) => {
    for (const label of own) {
      const [size, among, turn] = [piles[label].length, places[label], dealt[label]++];
      const from = Math.floor((turn * size) / among);
      const to = Math.floor(((turn + 1) * size) / among);
      for (const sample of piles[label].slice(from, to)) hands[client].push(sample);
    }
  });
  return DealtPartition.ofHands(hands);
}

/** How many clients hold each label: at least one, and no more than it has samples. */
function placesOf(sizes: readonly number[], clients: number, k: number): number[] {
  if (k > sizes.length || clients * k < sizes.length) {
    throw new FederationError(
      'bad-request',
      `--partition classes:${k}: ${clients} clients cannot hold ${k} of ${sizes.length} labels each and all together; take k from ${Math.ceil(sizes.length / clients)} to ${sizes.length}`,
    );
  }
  const places = sizes.map(() => 1);
  for (let left = clients * k - sizes.length; left > 0; left--) {
    let next = -1;
    for (let c = 0; c < sizes.length; c++) {
      if (places[c] === Math.min(clients, sizes[c])) continue;
      // Hands compared as fractions: exact, the same on every machine.
      if (next < 0 || sizes[c] * places[next] > sizes[next] * places[c]) next = c;
    }
    if (next < 0) {
      throw new FederationError(
        'bad-request',
        `--partition classes:${k}: the labels have too few samples for ${clients} clients with ${k} labels each; take fewer clients or a smaller k`,
      );
    }
    places[next]++;
  }
  return places;
}

/** The labels of each client, all different. */
function drawHeld(
  places: readonly number[],
  clients: number,
  k: number,
  random: Random,
): number[][] {
  const held: number[][] = Array.from({ length: clients }, () => []);
  // A label has at most as many places as there are clients: in turn, none gets it twice.
  const inTurn = places.flatMap((count, label) => new Array<number>(count).fill(label));
  inTurn.forEach((label, i) => {
    held[i % clients].push(label);
  });
  for (let trial = 0; trial < EXCHANGES * clients * k; trial++) {
    const [a, b] = [held[random.below(clients)], held[random.below(clients)]];
    const [i, j] = [random.below(k), random.below(k)];
    const [ours, theirs] = [a[i], b[j]];
    if (a.includes(theirs) || b.includes(ours)) continue;
    a[i] = theirs;
    b[j] = ours;
  }
  return held;
}
