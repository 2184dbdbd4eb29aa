import { describe, expect, it } from 'vitest';
import { deviceClass } from './device-class.js';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';

describe('the class of a device', () => {
  it.each([
    [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${webKit} Mobile Safari/537.36`, 'phone'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1', 'phone'],
    [`Mozilla/5.0 (Linux; Android 14; SM-X900) ${webKit} Safari/537.36`, 'tablet'],
    ['Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1', 'tablet'],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} Safari/537.36`, 'computer'],
    ['node', 'program'],
    [undefined, 'program'],
  ])('of %s is %s', (agent, expected) => {
    expect(deviceClass(agent)).toBe(expected);
  });
});
