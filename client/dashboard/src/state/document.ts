/** A JSON document and its fields by path, such as `federation.rule.share`. Pure. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Undefined where there is none. */
export function valueAt(document: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path.split('.')) {
    if (!isObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

/** A copy with another value; objects on the way are made, and undefined takes the field away. */
export function withValue(document: JsonObject, path: string, value: Json | undefined): JsonObject {
  const [key, ...rest] = path.split('.');
  if (rest.length > 0) {
    const inner = document[key];
    return { ...document, [key]: withValue(isObject(inner) ? inner : {}, rest.join('.'), value) };
  }
  const { [key]: _before, ...others } = document;
  if (value === undefined) return others;
  // A field that is there keeps its place.
  return key in document ? { ...document, [key]: value } : { ...others, [key]: value };
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
