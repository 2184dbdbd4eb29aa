/** The edge: a value from outside becomes a typed value, or an error that names the field. */
import * as z from 'zod/mini';
import { type ErrorCode, FederationError } from './errors.js';

/**
 * Parses `value` by `schema`.
 * @param what names the thing in the error, such as `task file mnist.json`
 * @throws FederationError (`code`, default `bad-request`) that names the first wrong field
 */
export function parse<T>(
  schema: z.ZodMiniType<T>,
  value: unknown,
  what: string,
  code: ErrorCode = 'bad-request',
): T {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new FederationError(code, `${what}: ${issue ? describeIssue(issue) : 'not valid'}`);
}

/** As {@link parse}, from JSON text. */
export function parseJson<T>(
  schema: z.ZodMiniType<T>,
  text: string,
  what: string,
  code: ErrorCode = 'bad-request',
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FederationError(
      code,
      `${what}: not JSON; check the text for a missing quote or comma`,
      {
        cause,
      },
    );
  }
  return parse(schema, value, what, code);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const field = issue.path.length === 0 ? 'the value' : `field ${quote(issue.path.join('.'))}`;
  switch (issue.code) {
    case 'invalid_type':
      return `${field} must be of type ${issue.expected}`;
    case 'unrecognized_keys':
      return `unknown field ${quote([...issue.path, issue.keys[0]].join('.'))}; remove it or check its spelling`;
    case 'too_small':
      return `${field} must ${measure(issue.origin)} ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `${field} must ${measure(issue.origin)} ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_value':
      return `${field} must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return `${field} fits none of the allowed forms`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `${field} must match the pattern ${issue.pattern ?? ''}`
        : `${field} is not a valid ${issue.format}`;
    default:
      return issue.message === 'Invalid input'
        ? `${field} is not valid`
        : `${field}: ${issue.message}`;
  }
}

/** What came from outside, on one line and not too long of it. */
function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

const measure = (origin: string) => (origin === 'string' || origin === 'array' ? 'have' : 'be');
const unit = (origin: string) =>
  origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '';
