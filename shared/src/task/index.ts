export {
  classificationTask,
  MNIST_SUBJECT,
  mnistTask,
  OPTIMIZER_DEFAULTS,
  type TaskOptions,
  type TaskSubject,
} from './built-in.js';
export { type DictionaryTask, parseDictionaryTask } from './dictionary-task.js';
export { canonicalJson, taskHash } from './hash.js';
export {
  AGGREGATOR_DEFAULTS,
  type AggregatorSettings,
  ROBUST_DEFAULTS,
  type RobustSettings,
} from './robust-settings.js';
export {
  isBinary,
  RULE_DEFAULTS,
  type RuleSettings,
  ruleSchema,
  type SettingsOf,
  serverStepFor,
} from './rule-settings.js';
export {
  type ConvolutionSettings,
  type FederationSettings,
  type HeadSettings,
  inputSchema,
  sha256Schema,
  type Task,
  type TrainingSettings,
  taskSchema,
} from './task.js';
