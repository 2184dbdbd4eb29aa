/** A folder of pictures such as a user has: photos of discs and of squares, in poor light. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { Random } from '@fedhybnn/shared';

type Shape = 'discs' | 'squares';

/** Writes `count` PNG files into `discs` and as many into `squares` below `folder`. */
export async function writePictures(folder: string, count: number, seed: string): Promise<void> {
  const random = new Random(seed);
  for (const shape of ['discs', 'squares'] as const) {
    await mkdir(join(folder, shape), { recursive: true });
    for (let i = 0; i < count; i++) {
      await writeFile(join(folder, shape, `IMG_${1000 + i}.png`), picture(shape, random));
    }
  }
}

/** Of any size, place, color and light, with noise. */
function picture(shape: Shape, random: Random): Uint8Array {
  const between = (low: number, high: number) => low + (high - low) * random.unit();
  const width = Math.round(between(48, 80));
  const height = Math.round(between(48, 80));
  const radius = between(0.25, 0.35);
  const [x0, y0] = [between(0.4, 0.6), between(0.4, 0.6)];
  const back = [between(120, 220), between(120, 220), between(120, 220)];
  const front = back.map((value) => value - between(70, 110));
  const light = between(-40, 40);
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x / width - x0, y / height - y0];
      const inside =
        shape === 'discs'
          ? dx * dx + dy * dy <= radius * radius
          : Math.max(Math.abs(dx), Math.abs(dy)) <= radius * 0.886;
      const shade = (light * x) / width + between(-15, 15);
      (inside ? front : back).forEach((value, channel) => {
        rgb[3 * (y * width + x) + channel] = Math.max(0, Math.min(255, value + shade));
      });
    }
  }
  return png(rgb, width, height);
}

/**
 * An 8-bit RGB file as in the PNG specification, every line with filter 0.
 * @param level of compression; 0 is none, and fast
 */
export function png(rgb: Uint8Array, width: number, height: number, level = 6): Uint8Array {
  const lines = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    lines.set(rgb.subarray(3 * width * y, 3 * width * (y + 1)), y * (1 + 3 * width) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
