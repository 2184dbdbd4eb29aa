import { describe, expect, it } from 'vitest';
import { DEVICE_CLASSES, DEVICE_NAMES, type Device, deviceOf, parseDevices } from './index.js';

const mix = parseDevices('mix');
const many = Array.from({ length: 4000 }, (_, client) => deviceOf(mix, client, 1));
const ofClass = (name: string) => many.filter((device) => device.name === name);

/** Mean and standard deviation of the logarithms. */
function logarithms(devices: readonly Device[], pick: (device: Device) => number) {
  const logs = devices.map((device) => Math.log(pick(device)));
  const mean = logs.reduce((a, b) => a + b) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
  return { mean, deviation };
}

describe('--devices', () => {
  it('is a mix, a class, or classes with shares that sum to 1', () => {
    expect(parseDevices('phone')).toEqual({ phone: 1 });
    expect(parseDevices('phone:0.8,laptop:0.2')).toEqual({ phone: 0.8, laptop: 0.2 });
    expect(Object.values(mix).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    for (const text of [
      '',
      'watch',
      'phone:0.8',
      'phone:1.2',
      'phone:0.5,phone:0.5',
      'phone:x',
      'phone:-1,laptop:2',
    ]) {
      expect(() => parseDevices(text)).toThrow(/must be mix, phones, one of slow-phone, phone/);
    }
  });
});

describe('devices', () => {
  it('have the shares that were asked for', () => {
    for (const name of DEVICE_NAMES) {
      const share = mix[name] ?? 0;
      const error = Math.sqrt((share * (1 - share)) / many.length);
      expect(Math.abs(ofClass(name).length / many.length - share)).toBeLessThan(6 * error);
    }
  });

  it.each(DEVICE_NAMES)('of class %s are log-normal around their median', (name) => {
    const devices = ofClass(name);
    const { samplesPerSecond, uplink, downlink, computeSpread, networkSpread } =
      DEVICE_CLASSES[name];
    const compute = logarithms(devices, ({ work }) => work / 133_632);
    const network = logarithms(devices, (device) => (8 * device.uplink) / 1e6);
    const six = 6 / Math.sqrt(devices.length);
    expect(Math.abs(compute.mean - Math.log(samplesPerSecond))).toBeLessThan(six * computeSpread);
    expect(Math.abs(compute.deviation - computeSpread)).toBeLessThan(six * computeSpread);
    expect(Math.abs(network.mean - Math.log(uplink))).toBeLessThan(six * networkSpread);
    expect(Math.abs(network.deviation - networkSpread)).toBeLessThan(six * networkSpread);
    for (const device of devices) {
      expect(device.downlink / device.uplink).toBeCloseTo(downlink / uplink, 9);
    }
  });

  it('are the same for the same seed, and others for another', () => {
    expect(deviceOf(mix, 7, 1)).toEqual(many[7]);
    expect(deviceOf(mix, 7, 2)).not.toEqual(many[7]);
  });
});
