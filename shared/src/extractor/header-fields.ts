/** What the headers of extractor files have in common. */
import * as z from 'zod/mini';

export const side = (maximum: number) => z.int().check(z.minimum(1), z.maximum(maximum));
export const note = z.string().check(z.maxLength(2000));

/** Of every extractor of images. */
export const imageFields = {
  name: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
  /** L: bits a sample. */
  bits: side(65_536),
  input: z.strictObject({ width: side(4096), height: side(4096), channels: side(4) }),
  /** The command that made the file. */
  command: note,
};
