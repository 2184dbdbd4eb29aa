/** Pretraining: from unlabeled images to an extractor file. Start with `pretrain.ts`. */
export { registerPretrainCommand } from './command.js';
export { pixelsFile } from './pixels-file.js';
export {
  type Pretrained,
  type PretrainOptions,
  type PretrainProgress,
  type PretrainStatistics,
  pretrainPatches,
} from './pretrain.js';
export { pretrainQuantiles, type QuantileStatistics, type QuantilesOptions } from './quantiles.js';
