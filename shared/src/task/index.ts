export { mnistTask, type MnistTaskOptions } from './built-in.js';
export { canonicalJson, taskHash } from './hash.js';
export {
  type FederationSettings,
  type RuleSettings,
  sha256Schema,
  type Task,
  taskSchema,
  type TrainingSettings,
} from './task.js';
