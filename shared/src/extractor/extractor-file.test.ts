import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../codec/crc32c.js';
import { sha256Hex } from '../codec/sha256.js';
import {
  decodeExtractorFile,
  type ExtractorFile,
  encodeExtractorFile,
  loadExtractor,
  type PatchesHeader,
  type PixelsHeader,
} from './index.js';

const pixels: PixelsHeader = {
  kind: 'pixels',
  name: 'tiny-pixels',
  bits: 6,
  input: { width: 3, height: 2, channels: 1 },
  threshold: 128,
  command: 'by hand',
};

const patches: PatchesHeader = {
  kind: 'patches',
  name: 'tiny-patches',
  bits: 3,
  input: { width: 4, height: 4, channels: 1 },
  size: 2,
  filters: 2,
  padding: 0,
  grid: { width: 3, height: 1 },
  rectifier: 0.1,
  contrastFloor: 25.5,
  fractionBits: 14,
  trainedOn: 'nothing',
  command: 'by hand',
  guardBand: 0.001,
};

const arrays = () => ({
  weights: Float32Array.from([0.5, -0.25, 1, 0, -1.5, 0.75, 0, -0.5]),
  features: Uint16Array.from([0, 3, 5]),
  thresholds: Uint16Array.from([1, 900, 65_535]),
});

/** Rewrites the checksum, so that a test reaches the check behind it. */
function sealed(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(0, bytes.length - 4);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(body.length, crc32c(body), true);
  return bytes;
}

/** A file of any header text and tail, with a right checksum. */
function fileOf(header: string, tail = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(12 + text.length + tail.length + 4);
  bytes.set(new TextEncoder().encode('FHBX\u0001\u0000\u0000\u0000'));
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, 12);
  bytes.set(tail, 12 + text.length);
  return sealed(bytes);
}

/** The file with the text's bytes as they are, whatever they are. */
function fileOfBytes(text: Uint8Array): Uint8Array {
  const bytes = fileOf('-'.repeat(text.length));
  bytes.set(text, 12);
  return sealed(bytes);
}

/** Canonical JSON of a header with a field replaced. */
function headerWith(header: PixelsHeader | PatchesHeader, change: Record<string, unknown>): string {
  const merged = Object.entries({ ...header, ...change }).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(merged), (_, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

const expectCorrupt = (bytes: Uint8Array, message: RegExp) => {
  const decode = () => decodeExtractorFile(bytes, 'file x.fhx');
  expect(decode).toThrow(message);
  expect(decode).toThrow(/^file x\.fhx: /);
  expect(decode).toThrow(expect.objectContaining({ code: 'file-corrupt' }));
};

describe('the extractor file', () => {
  it('has the documented bytes', () => {
    const file = encodeExtractorFile({ header: pixels });
    const text =
      '{"bits":6,"command":"by hand","input":{"channels":1,"height":2,"width":3},"kind":"pixels","name":"tiny-pixels","threshold":128}';
    expect(new TextDecoder().decode(file.subarray(0, 4))).toBe('FHBX');
    expect([...file.subarray(4, 12)]).toEqual([1, 0, 0, 0, text.length, 0, 0, 0]);
    expect(new TextDecoder().decode(file.subarray(12, -4))).toBe(text);
    expect(file).toEqual(fileOf(text));
  });

  it('gives back what was put in', () => {
    for (const file of [{ header: pixels }, { header: patches, arrays: arrays() }]) {
      expect(decodeExtractorFile(encodeExtractorFile(file as ExtractorFile))).toEqual(file);
    }
  });

  it('gives back any dictionary, at any offset in its buffer', () => {
    const weights = fc.float32Array({
      minLength: 8,
      maxLength: 8,
      noNaN: true,
      noDefaultInfinity: true,
    });
    fc.assert(
      fc.property(weights, fc.nat(7), (values, offset) => {
        const file = { header: patches, arrays: { ...arrays(), weights: values } };
        const bytes = encodeExtractorFile(file);
        const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
        shifted.set(bytes);
        expect(decodeExtractorFile(shifted)).toEqual(file);
      }),
    );
  });

  it('is refused after any change of a byte, and at any other length', () => {
    const whole = encodeExtractorFile({ header: patches, arrays: arrays() });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = whole.slice();
        bytes[at] ^= change;
        expectCorrupt(bytes, /./);
      }),
    );
    for (let length = 0; length < whole.length; length++) {
      expectCorrupt(whole.subarray(0, length), /./);
    }
    expectCorrupt(Uint8Array.from([...whole, 0]), /checksum/);
  });

  it('with NaN or an infinity among the weights is refused by index', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const bytes = encodeExtractorFile({ header: patches, arrays: arrays() });
      const weightsAt = bytes.length - 4 - 2 * 2 * 3 - 4 * 8;
      new DataView(bytes.buffer).setFloat32(weightsAt + 4 * 5, value, true);
      expectCorrupt(sealed(bytes), new RegExp(`weight 5 is ${value}, not a finite number`));
    }
  });

  it.each([
    ['another magic', sealed(fileOf('{}').fill(66, 0, 1)), /"magic"/],
    ['another version', sealed(fileOf('{}').fill(2, 4, 5)), /"version" is 2/],
    ['a header beyond its end', sealed(fileOf('{}').fill(255, 8, 10)), /"header length" is 65535/],
    ['a header that is not JSON', fileOf('{"kind":'), /not JSON/],
    ['an unknown kind', fileOf(headerWith(pixels, { kind: 'wavelet' })), /kind/],
    ['an unknown field', fileOf(headerWith(pixels, { labels: 1 })), /"labels"/],
    ['white space in the header', fileOf(`${headerWith(pixels, {})} `), /canonical/],
    ['bits that are not its pixels', fileOf(headerWith(pixels, { bits: 7 })), /"bits" is 7/],
    ['a threshold of no pixel', fileOf(headerWith(pixels, { threshold: 256 })), /"threshold"/],
    ['bytes after its arrays', fileOf(headerWith(pixels, {}), new Uint8Array(2)), /2 bytes follow/],
    ['arrays that are missing', fileOf(headerWith(patches, {})), /0 bytes follow.*declares 44/],
    ['patches beyond the image', fileOf(headerWith(patches, { size: 5 })), /"size" exceeds/],
    [
      'a grid that does not fit',
      fileOf(headerWith(patches, { grid: { width: 2, height: 1 } })),
      /"grid.width" does not divide the 3/,
    ],
    ['more bits than features', fileOf(headerWith(patches, { bits: 7 })), /only 6 features/],
    [
      'sizes beyond memory',
      fileOf(headerWith(patches, { filters: 4096, grid: { width: 3, height: 3 }, bits: 36_864 })),
      /0 bytes follow the header/,
    ],
  ])('with %s is refused', (_, bytes, message) => {
    expectCorrupt(bytes, message);
  });

  it('has one spelling of its text: no bytes that are not UTF-8, no byte order mark', () => {
    const text = new TextEncoder().encode(headerWith(pixels, { command: 'by ?' }));
    const broken = text.map((byte) => (byte === 0x3f ? 0xff : byte));
    expectCorrupt(fileOfBytes(broken), /not UTF-8/);
    expectCorrupt(fileOfBytes(Uint8Array.of(0xef, 0xbb, 0xbf, ...text)), /JSON/);
    expect(decodeExtractorFile(fileOfBytes(text)).header).toMatchObject({ command: 'by ?' });
  });

  it.each([
    ['features out of order', { features: Uint16Array.from([0, 5, 3]) }, /feature 2 .*ascending/],
    ['a feature twice', { features: Uint16Array.from([0, 3, 3]) }, /feature 2 .*ascending/],
    ['a feature beyond the last', { features: Uint16Array.from([0, 3, 6]) }, /feature 2 is 6/],
    ['a threshold of 0', { thresholds: Uint16Array.from([1, 0, 3]) }, /threshold 1 is 0/],
    ['too few weights', { weights: new Float32Array(7) }, /"weights" holds 7 numbers, not 8/],
  ])('is not written with %s', (_, change, message) => {
    const write = () =>
      encodeExtractorFile({ header: patches, arrays: { ...arrays(), ...change } });
    expect(write).toThrow(message);
  });

  it('is not written with a name that no file may have', () => {
    const write = () => encodeExtractorFile({ header: { ...pixels, name: 'Tiny Pixels' } });
    expect(write).toThrow(/"name"/);
  });
});

describe('a loaded extractor', () => {
  it('is named by the hash of its file', async () => {
    const file = encodeExtractorFile({ header: patches, arrays: arrays() });
    expect(await loadExtractor(file)).toMatchObject({
      kind: 'patches',
      sha256: sha256Hex(file),
      bits: 3,
      input: { width: 4, height: 4, channels: 1 },
    });
  });

  it('binarizes pixels at the threshold of its file', async () => {
    const extractor = await loadExtractor(encodeExtractorFile({ header: pixels }));
    const images = {
      ...{ count: 2, width: 3, height: 2, channels: 1 },
      pixels: Uint8Array.from([0, 127, 128, 129, 255, 1, 200, 0, 0, 0, 0, 128]),
    };
    const shares: number[] = [];
    const bits = await extractor.extract(images, (done) => shares.push(done));
    expect(bits).toMatchObject({ rows: 2, cols: 6 });
    expect([bits.row(0)[0], bits.row(1)[0]]).toEqual([0b011100, 0b100001]);
    expect(shares).toEqual([1]);
  });

  it('gives one bit a chosen feature, where it reaches its threshold', async () => {
    // One filter: right minus left. Contrast of a patch with a step d on both rows is d.
    const header: PatchesHeader = {
      ...patches,
      ...{ filters: 1, bits: 2, rectifier: 0, fractionBits: 8 },
      grid: { width: 3, height: 3 },
    };
    // A step of 51 gives 0.5 · (51 + 51) / (51 + 25.5) = 2/3, in 2⁻⁸: 170.67, rounded to 171.
    const weights = Float32Array.from([-0.5, 0.5, -0.5, 0.5]);
    const features = Uint16Array.from([1, 2]);
    const at = async (threshold: number) => {
      const thresholds = Uint16Array.from([threshold, 1]);
      const file = encodeExtractorFile({ header, arrays: { weights, features, thresholds } });
      const row = [0, 0, 51, 51];
      const image = Uint8Array.from([...row, ...row, ...row, ...row]);
      const extractor = await loadExtractor(file);
      const images = { count: 1, width: 4, height: 4, channels: 1, pixels: image };
      return (await extractor.extract(images)).row(0)[0];
    };
    // The second feature's patch is flat: its bit stays clear at any threshold.
    expect(await at(171)).toBe(0b01);
    expect(await at(172)).toBe(0b00);
  });

  it('refuses images of another shape and pixels that are not whole images', async () => {
    const extractor = await loadExtractor(encodeExtractorFile({ header: pixels }));
    const images = { count: 1, width: 2, height: 3, channels: 1, pixels: new Uint8Array(6) };
    await expect(extractor.extract(images)).rejects.toThrow(/2×3×1, but the extractor takes 3×2×1/);
    const short = { count: 2, width: 3, height: 2, channels: 1, pixels: new Uint8Array(11) };
    await expect(extractor.extract(short)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/take 12 pixel bytes, not 11/),
    });
  });
});
