import {
  type ExtractorInfo,
  RULE_DEFAULTS,
  type RuleSettings,
  serverStepFor,
  taskSchema,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { defaultTask, withGoal, withRule, withShare } from './default-task.js';
import { type JsonObject, valueAt } from './document.js';

const extractor: ExtractorInfo = {
  sha256: 'a'.repeat(64),
  kind: 'patches',
  bits: 512,
  name: 'mnist-patches-512',
  bytes: 1,
  shipped: true,
  input: { kind: 'image', width: 28, height: 28, channels: 1 },
};
const document = () => JSON.parse(JSON.stringify(defaultTask(extractor))) as JsonObject;
const kinds = Object.keys(RULE_DEFAULTS) as RuleSettings['kind'][];

describe('a new task', () => {
  it('is valid as soon as it has an extractor', () => {
    expect(taskSchema.safeParse(defaultTask(extractor)).success).toBe(true);
    const { error } = taskSchema.safeParse(defaultTask(undefined));
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['extractor.sha256']);
  });

  it('knows the labels of the extractors that ship', () => {
    expect(defaultTask({ ...extractor, name: 'fashion-vae-512' }).labels[9]).toBe('Ankle boot');
    expect(defaultTask(extractor).labels).toHaveLength(10);
  });

  it.each(kinds)('stays valid with the rule %s, and learns as suits it', (kind) => {
    const changed = withRule(document(), kind);
    expect(taskSchema.safeParse(changed).success).toBe(true);
    expect(valueAt(changed, 'federation.rule')).toEqual(RULE_DEFAULTS[kind]);
    expect(valueAt(changed, 'training.epochs')).toBe(kind === 'block-vote' ? 5 : 1);
  });

  it('takes the server step that suits a share', () => {
    const changed = withShare(document(), 0.25);
    expect(valueAt(changed, 'federation.rule.serverStep')).toBe(serverStepFor(0.25));
    expect(valueAt(withShare(document(), 0), 'federation.rule.serverStep')).toBe(0.06);
  });

  it('derives the fewest updates and the ready clients from the goal, until they are changed', () => {
    const changed = withGoal(document(), 7);
    expect([valueAt(changed, 'federation.minimum'), valueAt(changed, 'federation.ready')]).toEqual([
      ...[4, 7],
    ]);
    const own = withGoal(
      { ...document(), federation: { goal: 10, minimum: 2, ready: 10, overSelect: 1 } },
      20,
    );
    expect([valueAt(own, 'federation.minimum'), valueAt(own, 'federation.ready')]).toEqual([2, 20]);
  });
});
