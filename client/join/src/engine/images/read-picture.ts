/** From a picture of any kind to the pixels that the task's extractor takes. */
import { FederationError } from '@fedhybnn/shared';
import type { Picture, TaskInfo, Unreadable } from '../messages.js';
import { centerGlyph } from './center-glyph.js';
import { inkOnPaper } from './ink-on-paper.js';
import { pictureSize } from './picture-size.js';
import { type GrayImage, rasterize } from './rasterize.js';

/** Longer side at which a photograph of a character is looked at. */
const WORKING_SIDE = 160;
/** Longer side to which a large photograph is decoded: far more than any input has. */
const DECODED_SIDE = 1024;
/** Pixels that a phone can be asked to decode: 4 bytes each. */
const MOST_PIXELS = 120e6;
/** Bytes of a file whose size in pixels is not known before it is decoded. */
const MOST_BYTES = 64e6;
/** Strokes are drawn this much larger than the image, then scaled down. */
const OVERSAMPLING = 4;

const WHY: Record<Unreadable['why'], string> = {
  'no-picture': 'is no picture that this browser reads; choose a PNG or JPEG file',
  'too-large': 'has too many pixels for a phone; choose a smaller picture',
};

export class UnreadablePicture extends FederationError {
  readonly unreadable: Unreadable;

  constructor(file: Blob, why: Unreadable['why'], cause?: unknown) {
    const name = file instanceof File ? file.name : 'the picture';
    super('file-corrupt', `${name}: ${WHY[why]}`, { cause });
    this.unreadable = { name, why };
  }
}

/**
 * The picture as the task's input: [height][width][channels].
 * @throws UnreadablePicture naming the file
 */
export async function readPicture(picture: Picture, task: TaskInfo): Promise<Uint8Array> {
  const { width, height } = task.input;
  if ('file' in picture) return readFile(picture.file, task);
  if (!task.glyphs) return rasterize(picture.strokes, width, height).pixels;
  const large = rasterize(picture.strokes, OVERSAMPLING * width, OVERSAMPLING * height);
  return centerGlyph(large, width, height).pixels;
}

async function readFile(file: Blob, task: TaskInfo): Promise<Uint8Array> {
  const { width, height, channels } = task.input;
  const bitmap = await decode(file);
  try {
    if (!task.glyphs) {
      const rgba = draw(bitmap, covering(bitmap, width / height), width, height);
      return channels === 1 ? toGray(rgba) : toRgb(rgba);
    }
    const whole = { left: 0, top: 0, width: bitmap.width, height: bitmap.height };
    if (bitmap.width === width && bitmap.height === height) {
      // As large as the input: taken for an image of a data set, which is centered already.
      return inkOnPaper(
        { width, height, pixels: toGray(draw(bitmap, whole, width, height)) },
        false,
      ).pixels;
    }
    const scale = Math.min(1, WORKING_SIDE / Math.max(bitmap.width, bitmap.height));
    const size = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(scale * side)));
    const gray: GrayImage = {
      width: size[0],
      height: size[1],
      pixels: toGray(draw(bitmap, whole, size[0], size[1])),
    };
    return centerGlyph(inkOnPaper(gray, true), width, height).pixels;
  } finally {
    bitmap.close();
  }
}

/** Decoded no larger than needed: a photograph of 20 MB would take 200 MB otherwise. */
async function decode(file: Blob): Promise<ImageBitmap> {
  const size = await pictureSize(file);
  const pixels = size === undefined ? 0 : size.width * size.height;
  if (pixels > MOST_PIXELS || (size === undefined && file.size > MOST_BYTES)) {
    throw new UnreadablePicture(file, 'too-large');
  }
  const longer = Math.max(size?.width ?? 0, size?.height ?? 0);
  const scaled =
    size !== undefined && longer > DECODED_SIDE
      ? {
          resizeWidth: Math.max(1, Math.round((size.width * DECODED_SIDE) / longer)),
          resizeQuality: 'high' as const,
        }
      : {};
  return createImageBitmap(file, scaled).catch((cause) => {
    throw new UnreadablePicture(file, 'no-picture', cause);
  });
}

interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The largest part of this ratio, from the middle. */
function covering({ width, height }: ImageBitmap, ratio: number): Part {
  const part = { width: Math.min(width, height * ratio), height: Math.min(height, width / ratio) };
  return { ...part, left: (width - part.width) / 2, top: (height - part.height) / 2 };
}

function draw(bitmap: ImageBitmap, part: Part, width: number, height: number): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new FederationError('internal', 'this browser gives no canvas');
  // What is transparent counts as white paper.
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, part.left, part.top, part.width, part.height, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/** Luma of ITU-R BT.601, in integers. */
function toGray(rgba: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) => {
    const [r, g, b] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
    return (299 * r + 587 * g + 114 * b + 500) / 1000;
  });
}

function toRgb(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let i = 0; i < rgba.length / 4; i++) rgb.set(rgba.subarray(4 * i, 4 * i + 3), 3 * i);
  return rgb;
}
