export { type MnistTaskOptions, mnistTask } from './built-in.js';
export { canonicalJson, taskHash } from './hash.js';
export {
  type FederationSettings,
  type RuleSettings,
  sha256Schema,
  type Task,
  type TrainingSettings,
  taskSchema,
} from './task.js';
