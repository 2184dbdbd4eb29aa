/** The task that is being made: one document, which the form and the text show alike. */
import {
  checkHead,
  checkRobust,
  type ExtractorInfo,
  FederationError,
  parameterCount,
  ruleFor,
  type Task,
  taskSchema,
  updateFrameBytes,
} from '@fedhybnn/shared';
import { computed, signal } from '@preact/signals';
import type * as z from 'zod/mini';
import { defaultTask } from './default-task.js';
import { isObject, type Json, type JsonObject, withValue } from './document.js';

export const draft = signal<JsonObject>(asJson(defaultTask(undefined)));
/** What is typed as text while it is not JSON. */
export const brokenText = signal<string | undefined>(undefined);
export const draftText = computed(() => brokenText.value ?? JSON.stringify(draft.value, null, 2));

export interface EvaluationFile {
  readonly name: string;
  readonly sha256: string;
  readonly samples: number;
  readonly bits: number;
  readonly classes: number;
}
export const evaluation = signal<EvaluationFile | undefined>(undefined);
export const draftAdmission = signal<'open' | 'code'>('code');

export type Issue = z.core.$ZodIssue;

/** The task, or what is wrong with the document. */
export const checked = computed<{ readonly task?: Task; readonly issues: readonly Issue[] }>(() => {
  const result = taskSchema.safeParse(draft.value);
  return result.success ? { task: result.data, issues: [] } : { issues: result.error.issues };
});

/** What contradicts itself though each field is well. */
export const contradiction = computed<FederationError | undefined>(() => {
  const { task } = checked.value;
  if (task === undefined) return undefined;
  try {
    checkHead(task);
    checkRobust(task);
    return undefined;
  } catch (thrown) {
    return FederationError.from(thrown);
  }
});

/** What the task means for a client. */
export const costs = computed(() => {
  const { task } = checked.value;
  if (task === undefined || contradiction.value !== undefined) return undefined;
  const parameters = parameterCount(task);
  const rule = ruleFor(task.federation.rule);
  return {
    parameters,
    updateBytes: updateFrameBytes(rule, parameters),
    stepBytes: rule.stepBytes(parameters),
  };
});

/** The issue of a field, or of something in it. */
export function issueAt(path: string): Issue | undefined {
  return checked.value.issues.find((issue) => {
    const at = issue.path.join('.');
    return at === path || at.startsWith(`${path}.`);
  });
}

export function change(path: string, value: Json | undefined): void {
  brokenText.value = undefined;
  draft.value = withValue(draft.value, path, value);
}

/** Takes the text for the document, if it is JSON. */
export function changeText(text: string): void {
  try {
    const value = JSON.parse(text) as Json;
    if (!isObject(value)) throw new SyntaxError('not an object');
    draft.value = value;
    brokenText.value = undefined;
  } catch {
    brokenText.value = text;
  }
}

/** Names the extractor, and what it takes in. */
export function chooseExtractor(extractor: ExtractorInfo): void {
  brokenText.value = undefined;
  const { sha256, kind, bits, input } = extractor;
  const fresh = asJson(defaultTask(extractor));
  const before = asJson(defaultTask(undefined));
  let next = withValue(draft.value, 'extractor', { sha256, kind, bits });
  next = withValue(next, 'input', asJson(input));
  // What nobody has changed yet fits the extractor.
  for (const field of ['id', 'title', 'description', 'labels']) {
    const untouched = suggestions.some((known) => same(known[field], draft.value[field]));
    if (untouched || same(before[field], draft.value[field])) {
      next = withValue(next, field, fresh[field]);
    }
  }
  suggestions.push(fresh);
  draft.value = next;
}

/** What extractors have suggested so far. */
const suggestions: JsonObject[] = [];

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
