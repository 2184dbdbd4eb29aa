/**
 * Loaded by `node --import` before a coordinator: its wall clock is as far from the machine's as the
 * last message of its parent says, in milliseconds. Timers and the monotonic clock are left alone, as
 * they are by a machine whose clock is set.
 */
const Machine = Date;
let shift = 0;

class Shifted extends Machine {
  constructor(...given: [] | [number]) {
    if (given.length === 0) super(Machine.now() + shift);
    else super(...given);
  }

  static override now(): number {
    return Machine.now() + shift;
  }
}
globalThis.Date = Shifted as DateConstructor;

process.on('message', (ms: number) => {
  shift = ms;
  process.send?.(ms);
});
// Waiting for messages alone does not keep the process alive.
process.channel?.unref();
