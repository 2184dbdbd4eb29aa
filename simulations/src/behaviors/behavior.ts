/**
 * How virtual clients behave, from a few settings. An invited client of s samples with device D takes
 *
 *   download + training + upload
 *     = (RTT + bytes_down/D.down)·j_n + E·s·parameters/D.work·j_t + (RTT + bytes_up/D.up)·j_n
 *   j_t = exp(0.2·z),  j_n = exp(0.4·z′),  z, z′ ~ N(0, 1) anew for each invitation
 *
 * times a straggler's factor with its chance. With the chance of a dropout it is lost at a moment of
 * that time, uniformly drawn, and is ready again 1 to 10 minutes later, or when it is there again. Latent bits
 * lie ready.
 */
import { deriveSeed, exp, Random } from '@fedhybnn/shared';
import type { Answer, Behavior, Invitation } from '../engine/behavior.js';
import { normal } from '../partitions/draws.js';
import { diurnalPresence, diurnalReturn } from './availability.js';
import { type Device, type DeviceShares, deviceOf } from './devices.js';

const MINUTE = 60_000;

export interface Stragglers {
  /** Chance that an invited client is one, in (0, 1]. */
  readonly chance: number;
  /** How many times as long it takes, above 1. */
  readonly factor: number;
}

export interface BehaviorSettings {
  /** Without them every client answers at once. */
  readonly devices?: DeviceShares | undefined;
  readonly availability: 'always' | 'diurnal';
  /** Chance that an invited client is lost before it answers, in [0, 1). */
  readonly dropout: number;
  readonly stragglers?: Stragglers | undefined;
  readonly seed: number;
  readonly clients: number;
  /** Samples of a client in a round. */
  readonly samples: (client: number, round: number) => number;
  /** Of the head. */
  readonly parameters: number;
  /** Of local training, a round. */
  readonly epochs: number;
}

/** Whether there is anything to simulate. */
export function isPrompt(
  settings: Pick<BehaviorSettings, 'devices' | 'availability' | 'dropout'>,
): boolean {
  return (
    settings.devices === undefined && settings.availability === 'always' && settings.dropout === 0
  );
}

/** A pure function of the settings and what it is asked: state lives nowhere. */
export function createBehavior(settings: BehaviorSettings): Behavior {
  const { availability, clients, seed } = settings;
  return {
    answer: (invitation) => answerOf(settings, invitation),
    ...(availability === 'diurnal' && {
      presence: (fromMs) => diurnalPresence(clients, seed, fromMs),
    }),
  };
}

function answerOf(settings: BehaviorSettings, invitation: Invitation): Answer {
  const { devices, dropout, stragglers, availability, seed } = settings;
  const { client, round, attempt, nowMs } = invitation;
  // With the time, since a client that was lost and came back has another try.
  const random = new Random(deriveSeed(seed, 'answer', client, round, attempt, nowMs));
  const lost = random.unit() < dropout;
  const moment = random.unit();
  const away = MINUTE + random.below(9 * MINUTE);
  const slow = stragglers !== undefined && random.unit() < stragglers.chance;
  const device = devices && deviceOf(devices, client, seed);
  const wanted = device === undefined ? 0 : milliseconds(settings, invitation, device, random);
  const afterMs = Math.round(wanted * (slow ? stragglers.factor : 1));
  if (!lost) return { kind: 'update', afterMs };
  const lostAfter = Math.floor(moment * afterMs);
  const back = nowMs + lostAfter + away;
  const ready = availability === 'diurnal' ? diurnalReturn(client, seed, back) : back;
  return { kind: 'drop-out', afterMs: lostAfter, backAfterMs: ready - nowMs };
}

function milliseconds(
  { samples, parameters, epochs }: BehaviorSettings,
  { client, round, uplinkBytes, downlinkBytes }: Invitation,
  { work, uplink, downlink, roundTripMs }: Device,
  random: Random,
): number {
  const training = (1000 * epochs * samples(client, round) * parameters) / work;
  const network =
    2 * roundTripMs + (1000 * downlinkBytes) / downlink + (1000 * uplinkBytes) / uplink;
  const busy = exp(0.2 * normal(random));
  const crowded = exp(0.4 * normal(random));
  return training * busy + network * crowded;
}
