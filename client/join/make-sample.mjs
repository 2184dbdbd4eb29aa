/** Makes `public/samples/digits.gz`, the built-in sample: every hundredth training image of MNIST. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { loadMnist } from '@fedhybnn/client/node';

const STEP = 100;

/** The file's bytes before gzip; `src/engine/images/built-in.ts` has the layout. */
export async function digitsSample() {
  const { images, labels } = await loadMnist({ split: 'train' });
  const size = images.width * images.height;
  const count = images.count / STEP;
  const bytes = Buffer.alloc(6 + count * (1 + size));
  bytes.writeUInt16LE(count, 0);
  bytes.writeUInt16LE(images.width, 2);
  bytes.writeUInt16LE(images.height, 4);
  for (let i = 0; i < count; i++) {
    bytes[6 + i] = labels[i * STEP];
    bytes.set(images.pixels.subarray(i * STEP * size, (i * STEP + 1) * size), 6 + count + i * size);
  }
  return bytes;
}

if (import.meta.main ?? process.argv[1]?.endsWith('make-sample.mjs')) {
  const packed = gzipSync(await digitsSample(), { level: 9 });
  writeFileSync(new URL('./public/samples/digits.gz', import.meta.url), packed);
  console.log(`${packed.length} bytes`);
}
