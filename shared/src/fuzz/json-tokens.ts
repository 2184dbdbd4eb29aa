/** What parsers of JSON stumble over. */
export const JSON_TOKENS: readonly string[] = [
  ...['null', 'true', '[]', '{}', '""', '"', '{', '}', '[', ']', ',', ':', '\\', '\\u0000', '\n'],
  ...['\\ud800', '\ufeff', '\ufffd', '\u2028', '\u0000', '"__proto__":1,', '"constructor":{},'],
  ...['"toString":0,', '-0', '-1', '0.5', '1e308', '1e999', '1e-400', '9007199254740993', '1.0'],
  ...['-1e999', '0'.repeat(70), 'a'.repeat(300), '['.repeat(500), '{"a":'.repeat(300), ' '],
  ...['01', '+1', 'NaN', 'Infinity', '/**/', "'", '..', '%00', '\u202e', 'é', '𝔘'],
];
