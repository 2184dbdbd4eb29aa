/** Extractor files of every kind: the whole file, and its header's text alone. */
import {
  decodeExtractorFile,
  type ExtractorFile,
  encodeExtractorFile,
} from '../extractor/extractor-file.js';
import { loadExtractor } from '../extractor/load-extractor.js';
import { JSON_TOKENS } from './json-tokens.js';
import { sealLast } from './sealed.js';
import { anyAccepts, expectSame, expectThat, type FuzzTarget } from './target.js';

const image = (bits: number) => ({
  name: 'tiny',
  bits,
  input: { width: 4, height: 4, channels: 1 },
  command: 'by hand',
});
const notes = { trainedOn: 'nothing', guardBand: 0.001 };

const files: readonly ExtractorFile[] = [
  { header: { kind: 'pixels', ...image(16), threshold: 128 } },
  {
    header: {
      ...{ kind: 'patches', ...image(3), ...notes, size: 2, filters: 2, padding: 0 },
      ...{ grid: { width: 3, height: 1 }, rectifier: 0.1, contrastFloor: 25.5, fractionBits: 14 },
    },
    arrays: {
      weights: Float32Array.of(0.5, -0.25, 1, 0, -1.5, 0.75, 0, -0.5),
      features: Uint16Array.of(0, 3, 5),
      thresholds: Uint16Array.of(1, 900, 65_535),
    },
  },
  {
    header: {
      ...{ kind: 'quantiles', name: 'table', bits: 5, command: 'by hand', trainedOn: 'é' },
      columns: [
        { kind: 'numeric', name: 'age', thresholds: 3 },
        { kind: 'category', name: 'kind', categories: ['a', '𝔘'] },
      ],
    },
    thresholds: Float64Array.of(-1.5, 0, 1e300),
  },
  {
    header: { kind: 'vae', ...image(3), hidden: 2, variant: 'concrete', trainedOn: 'nothing' },
    encoder: {
      scales: Float32Array.of(0.5, 2),
      biases: Int32Array.of(0, -5),
      thresholds: Int32Array.of(1, 2, 3),
      first: new Int8Array(32).fill(-3),
      second: new Int8Array(6).fill(9),
    },
  },
  {
    header: {
      ...{ kind: 'tfjs', ...image(2), ...notes, format: 'layers', output: '', range: 'unit' },
      ...{ features: 2, rotation: 'ab'.repeat(16), fractionBits: 4 },
      ...{ topologyBytes: 2, weightBytes: 4 },
    },
    model: {
      thresholds: Int16Array.of(1, -1),
      topology: Uint8Array.of(0x7b, 0x7d),
      weights: new Uint8Array(4),
    },
  },
];
const corpus = files.map(encodeExtractorFile);

const wholeFile: FuzzTarget = {
  name: 'decodeExtractorFile',
  corpus,
  fields: [4, 6, 8],
  seal: sealLast,
  tokens: JSON_TOKENS,
  run: decodeWell,
};

const loaded: FuzzTarget = {
  ...wholeFile,
  name: 'loadExtractor',
  async run(bytes) {
    const { bits } = await loadExtractor(bytes, { patches: 'portable' });
    expectThat(bits > 0, 'an extractor of no bits');
  },
};

/** Mutates the text; the file around it is well-formed. */
const headerText: FuzzTarget = {
  name: 'header of an extractor file',
  corpus: corpus.map((bytes) => bytes.subarray(12, 12 + headerLength(bytes))),
  tokens: JSON_TOKENS,
  run(text) {
    anyAccepts(corpus.map((whole) => () => decodeWell(fileWith(text, whole))));
  },
};

export function extractorTargets(): FuzzTarget[] {
  return [wholeFile, loaded, headerText];
}

/** The format is canonical: there is one file for its contents. */
function decodeWell(bytes: Uint8Array): void {
  const file = decodeExtractorFile(bytes);
  expectSame(encodeExtractorFile(file), bytes, 'extractor file');
}

function headerLength(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
}

/** The file with another header, its arrays and a checksum that fits. */
function fileWith(text: Uint8Array, whole: Uint8Array): Uint8Array {
  const rest = whole.subarray(12 + headerLength(whole));
  const bytes = new Uint8Array(12 + text.length + rest.length);
  bytes.set(whole.subarray(0, 12));
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, 12);
  bytes.set(rest, 12 + text.length);
  sealLast(bytes);
  return bytes;
}
