export { skewDataset } from './dataset.js';
export { type FeatureSkew, parseFeatureSkew, shownFeatureSkew, skewOf } from './spec.js';
