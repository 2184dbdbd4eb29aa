/** Frames of RFC 6455, as far as a client of the coordinator meets them: whole messages. */
export const OPCODES = { text: 1, binary: 2, close: 8 } as const;

/**
 * A frame to send. Its mask is 0, so that masking costs nothing; the receiver unmasks all the same.
 * @returns its header, and the payload as it is
 */
export function frameOf(opcode: number, payload: Uint8Array): [Buffer, Uint8Array] {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended + 4);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  return [header, payload];
}

/** Cuts what arrives from a server into frames. */
export class FrameReader {
  private held: Buffer = Buffer.alloc(0);

  constructor(private readonly onFrame: (opcode: number, payload: Buffer) => void) {}

  push(bytes: Buffer): void {
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    for (;;) {
      const { held } = this;
      if (held.length < 2) return;
      const short = held[1] & 0x7f;
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (held.length < start) return;
      const length =
        short < 126
          ? short
          : short === 126
            ? held.readUInt16BE(2)
            : Number(held.readBigUInt64BE(2));
      if (held.length < start + length) return;
      this.held = held.subarray(start + length);
      this.onFrame(held[0] & 0x0f, held.subarray(start, start + length));
    }
  }
}
