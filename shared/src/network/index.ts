export { type BatchNorm, foldBatchNorm } from './batch-norm.js';
export { type BinaryLayer, BinaryNetwork } from './binary-network.js';
export { LFC_CLASSES, LFC_INPUTS, lfcHead, readBnnPynqLfc } from './bnn-pynq.js';
export { type CentralTraining, type TrainedEpoch, trainCentrally } from './central-training.js';
export { checkLabeledBits } from './check-data.js';
export { type ClientTrainer, createTrainer } from './client-trainer.js';
export { describeHead, type LayerDescription } from './describe.js';
export { createEvaluator, type Evaluator } from './evaluator.js';
export { exportHead, exportProblem } from './export-head.js';
export { hadamardCode } from './hadamard.js';
export { checkHead, headLayers, outputCount, parameterCount } from './head.js';
export { type Evaluation, HeadEvaluator } from './head-evaluator.js';
export { initialModel } from './initial-model.js';
export type { LabeledBits, MultiLabelBits, SingleLabelBits } from './labeled-bits.js';
export type { FeatureMap, LayerShape, WeightKind } from './layer-shape.js';
export { LocalTrainer, type TrainingRun } from './local-trainer.js';
export {
  averagePrecision,
  hammingLoss,
  macroF1,
  microF1,
  oneError,
  rankingLoss,
} from './multi-label-metrics.js';
export { initialRate } from './optimizer.js';
export type { EpochProgress, LocalTraining, LocalUpdate } from './train-locally.js';
