/**
 * Device classes: how fast a client trains and how fast its network is.
 *
 * Speeds are relative. Phones differ by more than a factor of ten, and the table of AI Benchmark's
 * ResNet latencies that FLHetBench publishes (github.com/Carkham/FLHetBench, some 900 devices) has
 * recent ones around 50 to 80 ms, old and cheap ones at 350 to 600 ms and a tail beyond 1,500 ms:
 * hence a phone, and a slow phone of an eighth of its speed, each log-normal around its median.
 * FedScale (Lai et al., arXiv 2105.11367) finds an order of magnitude in the network, too, with
 * heavy tails: hence log-normal bandwidths, σ = 1 for phones. A laptop's training speed is that of
 * one core of the machine in docs/kernels.md, rounded down; others are scaled from it.
 *
 *   client c:  class by its share;  speed = median · exp(σ·z),  z ~ N(0, 1), once and for all
 */
import { deriveSeed, exp, FederationError, Random } from '@fedhybnn/shared';
import { normal } from '../partitions/draws.js';

/** Parameters of the head that training speeds are told for: 512-256-10. */
const REFERENCE_PARAMETERS = 133_632;

export interface DeviceClass {
  /** Samples a second in local training, forward and backward, of a head of 512-256-10. */
  readonly samplesPerSecond: number;
  /** Megabits a second. */
  readonly uplink: number;
  readonly downlink: number;
  /** One round trip, in milliseconds. */
  readonly roundTripMs: number;
  /** σ of the logarithm of training speed and of bandwidth. */
  readonly computeSpread: number;
  readonly networkSpread: number;
}

export const DEVICE_CLASSES = {
  'slow-phone': {
    ...{ samplesPerSecond: 1_000, uplink: 1, downlink: 4, roundTripMs: 150 },
    ...{ computeSpread: 0.5, networkSpread: 1 },
  },
  phone: {
    ...{ samplesPerSecond: 8_000, uplink: 3, downlink: 12, roundTripMs: 80 },
    ...{ computeSpread: 0.3, networkSpread: 1 },
  },
  tablet: {
    ...{ samplesPerSecond: 10_000, uplink: 8, downlink: 30, roundTripMs: 50 },
    ...{ computeSpread: 0.3, networkSpread: 0.8 },
  },
  laptop: {
    ...{ samplesPerSecond: 40_000, uplink: 20, downlink: 80, roundTripMs: 30 },
    ...{ computeSpread: 0.3, networkSpread: 0.6 },
  },
} as const satisfies Record<string, DeviceClass>;

export type DeviceName = keyof typeof DEVICE_CLASSES;

export const DEVICE_NAMES = Object.keys(DEVICE_CLASSES) as DeviceName[];

/** What share of the clients each class has; shares sum to 1. */
export type DeviceShares = Readonly<Partial<Record<DeviceName, number>>>;

/** What `--devices` may name besides classes. */
const MIXES: Readonly<Record<string, DeviceShares>> = {
  mix: { 'slow-phone': 0.25, phone: 0.5, tablet: 0.1, laptop: 0.15 },
  phones: { 'slow-phone': 0.3, phone: 0.7 },
};

/**
 * Parses `mix`, `phones`, a class, or classes with their shares such as `phone:0.8,laptop:0.2`.
 * @throws FederationError `bad-request` naming what there is
 */
export function parseDevices(text: string): DeviceShares {
  const mix = Object.hasOwn(MIXES, text) ? MIXES[text] : undefined;
  if (mix !== undefined) return mix;
  if (isDevice(text)) return { [text]: 1 };
  const shares: Partial<Record<DeviceName, number>> = {};
  for (const part of text.split(',')) {
    const [name, share, ...rest] = part.split(':');
    if (!isDevice(name) || rest.length > 0 || shares[name] !== undefined) throw refusal(text);
    shares[name] = Number(share);
    if (!(Number(share) > 0)) throw refusal(text);
  }
  const sum = Object.values(shares).reduce((all, share) => all + share, 0);
  if (Math.abs(sum - 1) > 1e-6) throw refusal(text);
  return shares;
}

function isDevice(name: string): name is DeviceName {
  return Object.hasOwn(DEVICE_CLASSES, name);
}

function refusal(text: string): FederationError {
  return new FederationError(
    'bad-request',
    `--devices ${text}: must be ${Object.keys(MIXES).join(', ')}, one of ${DEVICE_NAMES.join(', ')}, or several with shares that sum to 1, such as phone:0.8,laptop:0.2`,
  );
}

/** The device of one client. */
export interface Device {
  readonly name: DeviceName;
  /** Samples · parameters a second. */
  readonly work: number;
  /** Bytes a second. */
  readonly uplink: number;
  readonly downlink: number;
  readonly roundTripMs: number;
}

/** The same for a seed, whatever other clients there are. */
export function deviceOf(shares: DeviceShares, client: number, seed: number): Device {
  const random = new Random(deriveSeed(seed, 'device', client));
  const name = drawName(shares, random.unit());
  const { samplesPerSecond, uplink, downlink, roundTripMs, computeSpread, networkSpread } =
    DEVICE_CLASSES[name];
  const work = samplesPerSecond * REFERENCE_PARAMETERS * exp(computeSpread * normal(random));
  // One factor for both directions: who has a bad network has it up and down.
  const network = (1e6 / 8) * exp(networkSpread * normal(random));
  return { name, work, uplink: uplink * network, downlink: downlink * network, roundTripMs };
}

function drawName(shares: DeviceShares, unit: number): DeviceName {
  let left = unit;
  let last: DeviceName = 'phone';
  for (const name of DEVICE_NAMES) {
    const share = shares[name] ?? 0;
    if (share === 0) continue;
    last = name;
    left -= share;
    if (left < 0) break;
  }
  return last;
}
