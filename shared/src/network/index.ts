export { checkLabeledBits } from './check-data.js';
export { describeHead, type LayerDescription } from './describe.js';
export { hadamardCode } from './hadamard.js';
export { checkHead, headLayers, type LayerShape, parameterCount } from './head.js';
export { type Evaluation, HeadEvaluator } from './head-evaluator.js';
export { initialModel } from './initial-model.js';
export type { LabeledBits } from './labeled-bits.js';
export { LocalTrainer, type TrainingRun } from './local-trainer.js';
export type { EpochProgress, LocalTraining, LocalUpdate } from './train-locally.js';
