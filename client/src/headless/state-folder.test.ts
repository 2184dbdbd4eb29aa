import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultStateFolder, stateFile } from './state-folder.js';

describe('defaultStateFolder', () => {
  it('lies in FEDHYBNN_DATA, or in ./data', () => {
    expect(defaultStateFolder({ FEDHYBNN_DATA: '/srv/state' })).toBe(join('/srv/state', 'clients'));
    expect(defaultStateFolder({ FEDHYBNN_DATA: '' })).toBe(resolve('data', 'clients'));
    expect(defaultStateFolder({})).toBe(resolve('data', 'clients'));
  });
});

describe('stateFile', () => {
  it('keeps coordinators and tasks apart', () => {
    const file = (base: string, task = 'mnist') => stateFile('s', base, task, 'mnist-1of2');
    expect(file('http://localhost:8080')).toBe(
      join('s', 'localhost-8080-mnist', 'mnist-1of2.json'),
    );
    expect(file('http://[::1]:80')).toBe(join('s', '---1--mnist', 'mnist-1of2.json'));
    const files = [
      file('http://a:1'),
      file('http://a:2'),
      file('https://a'),
      file('http://a:1', 'other'),
    ];
    expect(new Set(files).size).toBe(files.length);
  });
});
