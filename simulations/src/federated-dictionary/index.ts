/** Dictionaries learned by federations of virtual clients. Start with `play.ts`. */
export { addFederatedOptions, checkFederatedOptions, type FederatedOptions } from './options.js';
export { type DictionaryRound, type DictionarySimulation, playDictionary } from './play.js';
export { type FederatedStatistics, pretrainFederated } from './pretrain-federated.js';
