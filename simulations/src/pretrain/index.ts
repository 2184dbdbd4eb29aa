/** Pretraining: from unlabeled images to an extractor file. Start with `pretrain.ts`. */
export { registerPretrainCommand } from './command.js';
export {
  type Pretrained,
  type PretrainOptions,
  type PretrainProgress,
  type PretrainStatistics,
  pretrainPatches,
} from './pretrain.js';
