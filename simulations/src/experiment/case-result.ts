/** The result of a case with one seed, and its file. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import * as z from 'zod';
import { writeWhole } from '../run/write-whole.js';

const hardwareSchema = z.object({ cpu: z.string(), cores: z.number(), node: z.string() });
const multiLabelSchema = z.object({
  hammingLoss: z.number(),
  rankingLoss: z.number(),
  oneError: z.number(),
  averagePrecision: z.number(),
  microF1: z.number(),
  macroF1: z.number(),
});

const caseResultSchema = z.object({
  /** In [0, 1], after the last round. */
  accuracy: z.number(),
  parameters: z.number(),
  seconds: z.number(),
  hardware: hardwareSchema,
  multiLabel: multiLabelSchema.optional(),
  /** Of federations: what was measured on the way. */
  federation: z
    .object({
      modelHash: z.string(),
      uplinkBpp: z.number(),
      downlinkBpp: z.number(),
      /** Bytes of the extractor file and of the initial model, which a client loads once. */
      onceBytes: z.number(),
      /** Bytes of one client: its update and the step that it receives. */
      rounds: z.array(z.object({ accuracy: z.number(), bytes: z.number() })),
    })
    .optional(),
});

export type CaseResult = z.infer<typeof caseResultSchema>;
export type Hardware = z.infer<typeof hardwareSchema>;

/** Finished cases in a folder, one file each, by their keys. */
export class CaseCache {
  private constructor(private readonly folder: string) {}

  /** @throws FederationError `data-folder` naming `--out` if the folder cannot be made */
  static async create(folder: string): Promise<CaseCache> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (cause) {
      throw new FederationError(
        'data-folder',
        `--out: ${folder} cannot be made; choose another folder or change its permissions`,
        { cause },
      );
    }
    return new CaseCache(folder);
  }

  /** What was kept; nothing where the file is missing or of another form. */
  async get(key: string): Promise<CaseResult | undefined> {
    const text = await readFile(this.path(key), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const parsed = caseResultSchema.safeParse(jsonOf(text));
    return parsed.success ? parsed.data : undefined;
  }

  /** Whole or not at all. */
  async put(key: string, result: CaseResult): Promise<void> {
    await writeWhole(this.path(key), new TextEncoder().encode(`${JSON.stringify(result)}\n`));
  }

  private path(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
