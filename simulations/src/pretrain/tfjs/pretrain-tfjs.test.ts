import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeExtractorFile,
  deriveSeed,
  encodeExtractorFile,
  type ImageBatch,
  loadExtractor,
  Random,
} from '@fedhybnn/shared';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTfjs, type TfjsCommandOptions } from './command.js';

const random = new Random(deriveSeed(1, 'tfjs'));
const draw = (length: number) => Float32Array.from({ length }, () => random.unit() - 0.5);

function noise(count: number, channels = 1): ImageBatch {
  const pixels = Uint8Array.from({ length: count * 64 * channels }, () => random.below(256));
  return { count, width: 8, height: 8, channels, pixels };
}

const images = noise(150);
const names = { name: 'tiny', trainedOn: 'noise', command: 'a test' };
const options: TfjsCommandOptions = { modelOutput: '', range: 'unit', bits: 16, seed: 2 };

let folder: string;
beforeAll(async () => {
  await tf.setBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-tfjs-'));
  await writeLayers('layers', [8, 8, 1]);
  await writeLayers('large', [12, 12, 3]);
  await writeGraph();
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, model: object, weights: ArrayBuffer | Uint8Array) {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'model.json'), JSON.stringify(model));
  await writeFile(join(folder, name, 'weights.bin'), new Uint8Array(weights));
}

/** A small convolutional network of Keras layers with random weights. */
async function writeLayers(name: string, inputShape: number[]) {
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape, filters: 4, kernelSize: 3, activation: 'relu', name: 'seen' }),
      layers.flatten({}),
      layers.dense({ units: 11, name: 'dense' }),
    ],
  });
  model.setWeights(model.getWeights().map((w) => tf.tensor(draw(w.size), w.shape)));
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await write(name, { modelTopology, weightsManifest }, weightData as ArrayBuffer);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
}

const matrix = draw(64 * 6);

/** One matrix product as the graph of a SavedModel. */
async function writeGraph() {
  const type = { type: 'DT_FLOAT' };
  const shape = (...sizes: number[]) => ({
    shape: { dim: sizes.map((size) => ({ size: String(size) })) },
  });
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: shape(-1, 64) } },
    { name: 'w', op: 'Const', attr: { dtype: type } },
    { name: 'y', op: 'MatMul', input: ['x', 'w'], attr: { T: type } },
    { name: 'z', op: 'Relu', input: ['y'], attr: { T: type } },
  ];
  const weights = [{ name: 'w', shape: [64, 6], dtype: 'float32' }];
  await write(
    'graph',
    {
      format: 'graph-model',
      modelTopology: { node, versions: { producer: 27 } },
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    },
    new Uint8Array(matrix.buffer),
  );
}

const make = (model: string, change: Partial<TfjsCommandOptions> = {}, on = images) =>
  makeTfjs({ ...options, model: join(folder, model), ...change }, on, names, () => {});

describe('an extractor of a TensorFlow.js model', () => {
  it('holds the model, and sets each bit for half of the images', async () => {
    const { file, statistics } = await make('layers');
    expect(statistics.features).toBe(11);
    const decoded = decodeExtractorFile(file);
    expect(decoded.header).toMatchObject({
      kind: 'tfjs',
      format: 'layers',
      bits: 16,
      features: 11,
    });
    expect(encodeExtractorFile(decoded)).toEqual(file);
    const bits = await (await loadExtractor(file)).extract(images);
    for (let bit = 0; bit < 16; bit++) {
      let set = 0;
      for (let i = 0; i < images.count; i++) set += Number(bits.get(i, bit));
      expect(Math.abs(set / images.count - 0.5)).toBeLessThan(0.02);
    }
  });

  it('is the same from a folder, from its file and from the web', async () => {
    const server: Server = createServer((request, response) => {
      import('node:fs').then(({ createReadStream }) =>
        createReadStream(join(folder, String(request.url)))
          .on('error', () => {
            response.writeHead(404).end();
          })
          .pipe(response),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { file } = await make('layers');
      expect((await make(join('layers', 'model.json'))).file).toEqual(file);
      expect((await make('', { model: `${web}/layers/model.json` })).file).toEqual(file);
      await expect(make('', { model: `${web}/nothing.json` })).rejects.toThrow(/status 404/);
    } finally {
      server.close();
    }
  });

  it('computes what the graph says', async () => {
    const { file } = await make('graph', { modelOutput: 'y', bits: 8 });
    const { header, model } = decodeExtractorFile(file) as Extract<
      ReturnType<typeof decodeExtractorFile>,
      { model: unknown }
    >;
    expect(header).toMatchObject({ format: 'graph', features: 6, output: 'y' });
    const { createRotation, toSignedFixedPoint } = await import('@fedhybnn/shared');
    const rotation = createRotation(header.rotation, 6, 8);
    const bits = await (await loadExtractor(file)).extract(images);
    let agreeing = 0;
    for (let i = 0; i < images.count; i++) {
      const product = Array.from({ length: 6 }, (_, f) => {
        let sum = 0;
        for (let k = 0; k < 64; k++) sum += (images.pixels[i * 64 + k] / 255) * matrix[k * 6 + f];
        return sum;
      });
      rotation.apply(product, 0).forEach((value, bit) => {
        const set = toSignedFixedPoint(value, header.fractionBits) >= model.thresholds[bit];
        agreeing += Number(set === bits.get(i, bit));
      });
    }
    expect(agreeing / (images.count * 8)).toBeGreaterThan(0.998);
    // Rectified, and by the graph's own output: other features, so another extractor.
    expect((await make('graph', { bits: 8 })).file).not.toEqual(file);
  });

  it('takes images of another size and number of channels than the model', async () => {
    const { file, statistics } = await make('large', { modelOutput: 'seen', bits: 64 });
    expect(statistics.features).toBe(400);
    const { header } = decodeExtractorFile(file);
    expect(header.kind === 'tfjs' && header.input).toEqual({ width: 8, height: 8, channels: 1 });
    await expect(make('large', {}, noise(120, 4))).rejects.toThrow(/3 channels, not 4/);
  });

  it('gives the same bits on another backend, but for at most 1e-3 of these few', async () => {
    const { file } = await make('layers');
    const wasm = await (await loadExtractor(file)).extract(images);
    await tf.setBackend('cpu');
    try {
      const cpu = await (await loadExtractor(file)).extract(images);
      let differing = 0;
      for (let i = 0; i < images.count; i++) {
        for (let bit = 0; bit < 16; bit++)
          differing += Number(wasm.get(i, bit) !== cpu.get(i, bit));
      }
      expect(differing).toBeLessThanOrEqual(2);
    } finally {
      await tf.setBackend('wasm');
    }
  });

  it.each<[string, string, Partial<TfjsCommandOptions>, RegExp]>([
    ['no model', 'nowhere', {}, /nowhere.*cannot be read; name a folder with model\.json/],
    ['more bits than features make', 'layers', { bits: 17 }, /11 features make at most 16 bits/],
    ['a layer that is not there', 'layers', { modelOutput: 'deep' }, /deep/],
    ['a node that is not there', 'graph', { modelOutput: 'q' }, /cannot be run/],
  ])('is refused with %s', async (_, model, change, message) => {
    await expect(make(model, change)).rejects.toThrow(message);
  });

  it('is refused without --model, and with weights from elsewhere', async () => {
    await expect(makeTfjs(options, images, names, () => {})).rejects.toThrow(/--model: which/);
    const weightsManifest = [{ paths: ['../layers/weights.bin'], weights: [] }];
    await write('thief', { modelTopology: {}, weightsManifest }, new Uint8Array());
    await expect(make('thief')).rejects.toThrow(
      /names \.\.\/layers\/weights\.bin, which is not beside/,
    );
  });

  it('is refused where its model does not fit its header', async () => {
    const decoded = decodeExtractorFile((await make('layers')).file);
    if (!('model' in decoded)) throw new Error('not of kind tfjs');
    const { header, model } = decoded;
    const other = { ...header, features: 12 };
    const extractor = await loadExtractor(encodeExtractorFile({ header: other, model }));
    await expect(extractor.extract(images)).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringMatching(/"features" is 12, but the model gives 11/),
    });
    const topology = new TextEncoder().encode('{"modelTopology":{}}');
    const broken = { ...header, topologyBytes: topology.length };
    const file = encodeExtractorFile({ header: broken, model: { ...model, topology } });
    await expect((await loadExtractor(file)).extract(images)).rejects.toMatchObject({
      code: 'file-corrupt',
    });
  });
});
