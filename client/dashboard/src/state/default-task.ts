/** What a new task begins with, and what follows from a choice. Pure. */
import {
  classificationTask,
  type ExtractorInfo,
  MNIST_SUBJECT,
  RULE_DEFAULTS,
  type RuleSettings,
  serverStepFor,
  type Task,
  type TaskSubject,
} from '@fedhybnn/shared';
import { type JsonObject, valueAt, withValue } from './document.js';

const ROUNDS = 50;
const GOAL = 10;

/** The ten classes of Fashion-MNIST, in the order of its labels. */
const FASHION = [
  ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
  ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
];

const FASHION_SUBJECT: TaskSubject = {
  ...MNIST_SUBJECT,
  id: 'fashion',
  title: 'Clothes',
  description:
    'Learns to tell ten kinds of clothes from 28×28 gray images. Images stay where they are',
  labels: FASHION,
};

const NOTHING: Task['extractor'] = { sha256: '', kind: 'patches', bits: 512 };

/** @param extractor undefined: none is chosen yet */
export function defaultTask(extractor: ExtractorInfo | undefined): Task {
  const identity = extractor && {
    ...{ sha256: extractor.sha256, kind: extractor.kind, bits: extractor.bits },
  };
  return classificationTask(
    { ...subjectOf(extractor?.name ?? ''), input: extractor?.input ?? MNIST_SUBJECT.input },
    {
      extractor: identity ?? NOTHING,
      federation: { rounds: ROUNDS, goal: GOAL, deadlineMs: 60_000 },
    },
  );
}

function subjectOf(extractor: string): TaskSubject {
  return extractor.startsWith('fashion') ? FASHION_SUBJECT : MNIST_SUBJECT;
}

/** Another rule, with the training that suits it. */
export function withRule(document: JsonObject, kind: RuleSettings['kind']): JsonObject {
  const fitting = classificationTask(MNIST_SUBJECT, {
    extractor: NOTHING,
    rule: kind,
    federation: { rounds: 1, goal: 1 },
  });
  let next = withValue(document, 'federation.rule', { ...RULE_DEFAULTS[kind] });
  next = withValue(next, 'training.epochs', fitting.training.epochs);
  next = withValue(next, 'training.optimizer', { ...fitting.training.optimizer });
  return withValue(next, 'head.logitScale', fitting.head.logitScale);
}

/** Another share of the parameters, with the server step that suits it. */
export function withShare(document: JsonObject, share: number): JsonObject {
  const next = withValue(document, 'federation.rule.share', share);
  const valid = share >= 0.001 && share <= 1;
  return valid ? withValue(next, 'federation.rule.serverStep', serverStepFor(share)) : next;
}

/** Another goal; what was derived from the old one follows it. */
export function withGoal(document: JsonObject, goal: number): JsonObject {
  const at = (field: string) => Number(valueAt(document, `federation.${field}`));
  const derived = (of: number) => ({
    minimum: Math.max(1, Math.ceil(of / 2)),
    ready: Math.ceil(of * at('overSelect')),
  });
  const before = derived(at('goal'));
  const after = derived(goal);
  let next = withValue(document, 'federation.goal', goal);
  for (const field of ['minimum', 'ready'] as const) {
    if (at(field) === before[field]) next = withValue(next, `federation.${field}`, after[field]);
  }
  return next;
}
