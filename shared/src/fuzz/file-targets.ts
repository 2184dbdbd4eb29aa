/** Files: models, labeled bits, exported heads. */
import { decodeBitsFile, encodeBitsFile } from '../codec/bits-file.js';
import { decodeCoarseModel, encodeCoarseModel } from '../codec/coarse-model-file.js';
import { decodeModel, encodeModel } from '../codec/model-file.js';
import { encodeHead } from '../inference/head-file.js';
import { readHead } from '../inference/read-head.js';
import { BitMatrix } from '../kernels/bits.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import type { GlobalModel } from '../rules/rule.js';
import { JSON_TOKENS } from './json-tokens.js';
import { sealFrame, sealLast } from './sealed.js';
import { expectSame, expectThat, type FuzzTarget } from './target.js';

const taskHash = 'ab'.repeat(32);
const FRAME_FIELDS = [72, 76, 80];

const models: readonly GlobalModel[] = [
  { round: 3, fraction: 15, latents: Int16Array.of(0, 1, -1, 32_767, -32_767) },
  { round: 3, fraction: 24, latents: Int32Array.of(0, 1, -1, 2 ** 24, -(2 ** 24)) },
  { round: 0, fraction: 15, latents: new Int16Array(300).fill(-77) },
];

const modelFile: FuzzTarget = {
  name: 'decodeModel',
  corpus: models.map((model) => encodeModel({ taskHash, model })),
  fields: FRAME_FIELDS,
  seal: sealFrame,
  run(bytes) {
    const model = decodeModel(bytes, { taskHash });
    expectSame(encodeModel({ taskHash, model }), bytes, 'model file');
  },
};

const exactHash = 'cd'.repeat(32);
const coarseModelFile: FuzzTarget = {
  name: 'decodeCoarseModel',
  corpus: ([6, 7, 8] as const).map((bits) =>
    encodeCoarseModel({ taskHash, exactHash, bits, model: models[bits === 7 ? 1 : 0] }),
  ),
  fields: [...FRAME_FIELDS, 85],
  seal: sealFrame,
  run(bytes) {
    const { bits, model } = decodeCoarseModel(bytes, { taskHash, exactHash, parameters: 5 });
    const most = model.fraction === 15 ? 32_767 : 2 ** model.fraction;
    expectThat(bits >= 6 && bits <= 8, 'coarse model of other bits');
    expectThat(
      model.latents.every((latent) => Math.abs(latent) <= most),
      'a coarse latent is out of range',
    );
  },
};

const random = new Random(deriveSeed(5, 'bits'));
const bits = (rows: number, cols: number) =>
  BitMatrix.fromSigns(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.unit() - 0.5),
  );

const bitsFile: FuzzTarget = {
  name: 'decodeBitsFile',
  corpus: [
    encodeBitsFile({ bits: bits(3, 21), labels: Int32Array.of(0, 1, 2) }, 300),
    encodeBitsFile({ bits: bits(1, 1), labels: Int32Array.of(0) }, 1),
    encodeBitsFile({ bits: bits(40, 1), labels: new Int32Array(40) }, 2),
    encodeBitsFile({ bits: bits(4, 130), targets: bits(4, 11) }, 11),
  ],
  fields: [...FRAME_FIELDS, 84, 88],
  seal: sealFrame,
  run(bytes) {
    const data = decodeBitsFile(bytes);
    expectSame(encodeBitsFile(data, data.classes), bytes, 'bits file');
  },
};

function headOf(sizes: readonly number[], planes: number, scaled: boolean): Uint8Array {
  const outputs = sizes[sizes.length - 1];
  const labels = Array.from({ length: outputs === 1 ? 2 : outputs }, (_, i) => `class ${i}`);
  return encodeHead({
    metadata: { title: 'a head', labels },
    layers: sizes.slice(1).map((neurons, l) => ({
      planes: Array.from({ length: planes }, () => bits(neurons, sizes[l])),
      thresholds: Int32Array.from({ length: neurons }, () => random.below(9) - 4),
      scales: scaled && l + 2 === sizes.length ? new Float32Array(neurons).fill(0.5) : undefined,
    })),
  });
}

const heads = [headOf([9, 4], 1, false), headOf([40, 16, 3], 2, true), headOf([130, 1], 1, true)];
/** The first layer's inputs, neurons, planes and scaled stand behind the metadata. */
const layerFields = heads.flatMap((head) => {
  const at = 16 + ((new DataView(head.buffer).getUint32(8, true) + 15) & ~15);
  return [at, at + 4, at + 8, at + 12];
});
const headFile: FuzzTarget = {
  name: 'readHead',
  corpus: heads,
  fields: [6, 8, 12, ...layerFields],
  seal: sealLast,
  tokens: JSON_TOKENS,
  run(bytes) {
    const { metadata, layers } = readHead(bytes);
    const { title, labels, extractor, source } = metadata;
    const strings = [title, extractor ?? '', source ?? '', ...labels];
    expectThat(
      strings.every((text) => typeof text === 'string'),
      'metadata that are no strings',
    );
    for (const { inputs, neurons, planes, thresholds, scales, weights } of layers) {
      const rowBytes = 16 * Math.ceil(inputs / 128);
      expectThat(weights.length === planes * neurons * rowBytes, 'weights that are not all there');
      expectThat(thresholds.byteLength === 4 * neurons, 'thresholds that are not all there');
      for (let n = 0; scales !== undefined && n < neurons; n++) {
        const scale = scales.getFloat32(4 * n, true);
        expectThat(scale > 0 && scale < Number.POSITIVE_INFINITY, 'a scale that is not positive');
      }
    }
  },
};

/** Of every file that is no extractor. */
export function fileTargets(): FuzzTarget[] {
  return [modelFile, coarseModelFile, bitsFile, headFile];
}
