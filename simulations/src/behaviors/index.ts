/** How virtual clients behave in simulated time. Start with `behavior.ts`. */
export { type BehaviorSettings, createBehavior, type Stragglers } from './behavior.js';
export {
  DEVICE_CLASSES,
  DEVICE_NAMES,
  type Device,
  type DeviceClass,
  type DeviceName,
  type DeviceShares,
  deviceOf,
  parseDevices,
} from './devices.js';
export { addBehaviorOptions, type BehaviorOptions } from './options.js';
export { roundSettings } from './round-settings.js';
export { behaviorOf, bufferedSettings } from './simulate.js';
export { type BehaviorSummary, behaviorSummary, shownTime } from './summary.js';
export { MeteredDevices } from './usage.js';
