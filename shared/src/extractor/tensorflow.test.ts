import { getBackend } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { openTensorflow } from './tensorflow.js';

afterEach(() => vi.unstubAllGlobals());

it('asks a page for a backend, and takes wasm in Node once asked there', async () => {
  vi.stubGlobal('process', { ...process, versions: {} });
  await expect(openTensorflow()).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringMatching(/no TensorFlow.js backend is registered; import one first/),
  });
  vi.unstubAllGlobals();
  const handlers = () => [
    process.listeners('uncaughtException'),
    process.listeners('unhandledRejection'),
  ];
  const before = handlers();
  const opening = openTensorflow();
  const own = () => {};
  process.on('uncaughtException', own);
  const tf = await opening;
  // The backend's own handlers are gone again; the program's stays.
  expect(handlers()).toEqual([[...before[0], own], before[1]]);
  process.off('uncaughtException', own);
  expect(getBackend()).toBe('wasm');
  expect(await openTensorflow()).toBe(tf);
});
