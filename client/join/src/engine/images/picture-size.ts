/** Width and height of a picture file, read from its first bytes, before anything is decoded. */

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Metadata before the size, such as a preview of the camera, may be this long. */
const LOOKED_AT = 512 * 1024;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Nothing of a file of another kind than PNG and JPEG, or a damaged one. */
export async function pictureSize(file: Blob): Promise<PictureSize | undefined> {
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer());
  if (PNG.every((byte, i) => bytes[i] === byte)) return sizeOfPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return sizeOfJpeg(bytes);
  return undefined;
}

/** The header chunk comes first (W3C PNG, 11.2.1). */
function sizeOfPng(bytes: Uint8Array): PictureSize | undefined {
  if (bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** In the frame header (ITU-T T.81, B.2.2): SOF0 … SOF15 but for DHT, JPG and DAC. */
function sizeOfJpeg(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer);
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // Markers may be padded by fill bytes.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}
