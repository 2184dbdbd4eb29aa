import { sha256Hex } from '../../../codec/sha256.js';
import { learnedExtractor } from '../learned-extractor.js';
import { dictionaryRounds } from '../stage.js';
import { fileOf, playTo, smallClients, smallTask } from './small-federation.js';

/** SHA-256 of the small federation's state after every round, and of the extractor that it makes. */
export async function smallDigests(): Promise<string[]> {
  const clients = smallClients(7);
  const digests: string[] = [];
  for (let round = 0; round <= dictionaryRounds(smallTask); round++) {
    digests.push(sha256Hex(fileOf(smallTask, await playTo(smallTask, clients, round))));
  }
  const about = { name: 'small', trainedOn: 'bars', command: 'a test' };
  const { file } = learnedExtractor(smallTask, await playTo(smallTask, clients), about);
  return [...digests, sha256Hex(file)];
}
