import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { childController, pause, unlessAborted } from './waiting.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('pause', () => {
  it('ends at once with the reason of the signal, and leaves no listener', async () => {
    const controller = new AbortController();
    const long = pause(1e9, controller.signal);
    controller.abort(new Error('enough'));
    await expect(long).rejects.toThrow('enough');
    await expect(pause(1e9, controller.signal)).rejects.toThrow('enough');
    expect(listeners(controller.signal)).toBe(0);
  });

  it('leaves no listener when it ran its time', async () => {
    const { signal } = new AbortController();
    await pause(0, signal);
    expect(listeners(signal)).toBe(0);
  });
});

describe('unlessAborted', () => {
  it('settles as the work does', async () => {
    const { signal } = new AbortController();
    await expect(unlessAborted(Promise.resolve(3), signal)).resolves.toBe(3);
    await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(listeners(signal)).toBe(0);
  });

  it('does not wait for work that nobody wants any more', async () => {
    const controller = new AbortController();
    const never = unlessAborted(new Promise(() => {}), controller.signal);
    controller.abort(new Error('enough'));
    await expect(never).rejects.toThrow('enough');
  });
});

describe('childController', () => {
  it('is aborted with its parent, for the same reason, but not the other way', () => {
    const parent = new AbortController();
    const [first, second] = [childController(parent.signal), childController(parent.signal)];
    first.abort(new Error('mine'));
    expect(parent.signal.aborted).toBe(false);
    parent.abort(new Error('all'));
    expect(first.signal.reason.message).toBe('mine');
    expect(second.signal.reason.message).toBe('all');
    expect(childController(parent.signal).signal.reason.message).toBe('all');
  });

  it('is forgotten by its parent once released', () => {
    const parent = new AbortController();
    const child = childController(parent.signal);
    child.release();
    expect(listeners(parent.signal)).toBe(0);
  });
});
