import { afterEach, describe, expect, it, vi } from 'vitest';
import { concerns, watchBattery } from './concerns.js';

class Battery extends EventTarget {
  charging = false;
  level = 0.9;

  becomes(level: number, charging = false): void {
    Object.assign(this, { level, charging });
    this.dispatchEvent(new Event('levelchange'));
  }
}

const browser = (parts: object) => vi.stubGlobal('navigator', parts);
const withBattery = (battery: Battery) => browser({ getBattery: async () => battery });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what speaks against training', () => {
  it('is nothing where the browser does not tell', async () => {
    browser({});
    expect(await concerns()).toEqual([]);
    browser({ getBattery: () => Promise.reject(new Error('not allowed')) });
    expect(await concerns()).toEqual([]);
  });

  it('is a browser that saves data, and a battery that is low and not charged', async () => {
    const low = Object.assign(new Battery(), { level: 0.1 });
    browser({ connection: { saveData: true }, getBattery: async () => low });
    expect(await concerns()).toEqual(['data-saver', 'low-battery']);
    low.charging = true;
    expect(await concerns()).toEqual(['data-saver']);
  });

  it('is told once each time that the battery becomes low', async () => {
    const battery = new Battery();
    withBattery(battery);
    const onLow = vi.fn();
    await watchBattery(onLow);
    battery.becomes(0.5);
    expect(onLow).toHaveBeenCalledTimes(0);
    battery.becomes(0.15);
    battery.becomes(0.14);
    expect(onLow).toHaveBeenCalledTimes(1);
    battery.becomes(0.14, true);
    battery.becomes(0.14);
    expect(onLow).toHaveBeenCalledTimes(2);
  });
});
