/** A federation that has been played by the rules, with random votes: its files and its journal. */
import {
  encodeModel,
  encodeStep,
  type GlobalModel,
  initialModel,
  mnistTask,
  type PublishedRound,
  parameterCount,
  Random,
  type RuleSettings,
  roundContext,
  ruleFor,
  sha256Hex,
  type Task,
  taskHash,
} from '@fedhybnn/shared';
import type { ModelTarget } from '../model-sync.js';

export interface PlayedFederation {
  readonly task: Task;
  readonly hash: string;
  readonly parameters: number;
  /** From round 0 on. */
  readonly models: ModelTarget[];
  /** From round 1 on. */
  readonly published: PublishedRound[];
  /** By SHA-256. */
  readonly files: Map<string, Uint8Array>;
}

export function playFederation(
  rounds: number,
  kind: RuleSettings['kind'] = 'sign-vote',
): PlayedFederation {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 },
    hidden: [64],
    rule: kind,
    federation: { rounds: 100, goal: 1 },
  });
  const hash = taskHash(task);
  const parameters = parameterCount(task);
  const rule = ruleFor(task.federation.rule);
  const files = new Map<string, Uint8Array>();
  const put = (bytes: Uint8Array) => {
    const sha256 = sha256Hex(bytes);
    files.set(sha256, bytes);
    return sha256;
  };
  const random = new Random('00000000000000000000000000000001');
  let model: GlobalModel = initialModel(task);
  const models = [{ round: 0, sha256: put(encodeModel({ taskHash: hash, model })) }];
  const published: PublishedRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    const context = roundContext(task, round, parameters);
    const local = Float32Array.from({ length: parameters }, () => 2 * random.unit() - 1);
    const update = rule.encode(local, model, context, context.seed);
    const payload = rule.apply(model, rule.tally([update], context), context);
    const baseHash = models[round - 1].sha256;
    const step = encodeStep({ rule, taskHash: hash, baseHash, round, parameters, payload });
    model = rule.advance(model, payload, context);
    models.push({ round, sha256: put(encodeModel({ taskHash: hash, model })) });
    published.push({
      round,
      step: put(step),
      model: models[round].sha256,
      counted: 1,
      accuracy: null,
      uplinkBytes: 600,
      downlinkBytes: step.length,
    });
  }
  return { task, hash, parameters, models, published, files };
}
