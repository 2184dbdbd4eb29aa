/** A run folder as data: parsed here, at the edge, and nowhere else. */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import * as z from 'zod';

const layerSchema = z.object({
  name: z.string(),
  inputs: z.number(),
  neurons: z.number(),
  parameters: z.number(),
  weights: z.string(),
  weightBytes: z.number(),
  binaryMacs: z.number(),
});

const deviceSchema = z.object({
  invited: z.number(),
  counted: z.number(),
  uplinkBytes: z.number(),
  downlinkBytes: z.number(),
  busySeconds: z.number(),
});

const spreadSchema = z.object({
  ...{ mean: z.number(), q10: z.number(), median: z.number(), q90: z.number() },
});

const personalSummarySchema = z.object({
  clients: z.number(),
  global: spreadSchema,
  personal: spreadSchema,
  gain: z.number(),
  lose: z.number(),
});

const summarySchema = z.looseObject({
  dataset: z.string(),
  rule: z.string(),
  clients: z.number(),
  cohort: z.number(),
  rounds: z.number(),
  seed: z.number(),
  finalAccuracy: z.number(),
  bestAccuracy: z.number(),
  uplinkBpp: z.number(),
  downlinkBpp: z.number(),
  uplinkBytes: z.number(),
  downlinkBytes: z.number(),
  parameters: z.number(),
  seconds: z.number(),
  roundsPerSecond: z.number(),
  peakRssMb: z.number(),
  modelHash: z.string(),
  simulatedSeconds: z.number().optional(),
  personal: personalSummarySchema.optional(),
  /** By device class. */
  devices: z.record(z.string(), deviceSchema).optional(),
});

const runSchema = z.object({
  summary: summarySchema,
  complete: z.boolean(),
  settings: z.record(z.string(), z.union([z.string(), z.boolean()])),
  /** The model that it began with, if not the task's own. */
  initial: z.object({ file: z.string(), sha256: z.string(), round: z.number() }).optional(),
  layers: z.array(layerSchema),
  task: z.looseObject({ labels: z.array(z.string()) }),
  versions: z.record(z.string(), z.string()),
  hardware: z.looseObject({
    cpu: z.string(),
    cores: z.number(),
    memoryGb: z.number(),
    platform: z.string(),
  }),
});

const roundSchema = z.looseObject({
  round: z.number(),
  accuracy: z.number().nullable(),
  loss: z.number().nullable(),
  counted: z.number(),
  screened: z.number(),
  rolledBack: z.boolean(),
  uplinkBytes: z.number(),
  downlinkBytes: z.number(),
  receivers: z.number(),
  seconds: z.number(),
  simulatedMs: z.number().optional(),
  extra: z.record(z.string(), z.union([z.number(), z.array(z.number())])).optional(),
});

const analysisSchema = z.object({
  confusion: z.array(z.array(z.number())).optional(),
  clientAccuracy: z.array(z.number()),
  clientRows: z.array(z.number()),
  clientLabels: z.array(z.array(z.number())).optional(),
});

const personalSchema = z.object({
  settings: z.object({ epochs: z.number(), learningRate: z.number() }),
  clients: z.array(z.object({ client: z.number(), global: z.number(), personal: z.number() })),
});

export type RoundRecord = z.infer<typeof roundSchema>;

export interface RunData extends z.infer<typeof runSchema> {
  readonly folder: string;
  /** The folder's own name. */
  readonly name: string;
  readonly rounds: readonly RoundRecord[];
  /** Of the last model; absent in folders of earlier versions. */
  readonly analysis?: z.infer<typeof analysisSchema>;
  /** Client by client, where the run personalized. */
  readonly personal?: z.infer<typeof personalSchema>;
}

/** @throws FederationError `unknown-file` or `file-corrupt` naming the file and the remedy */
export async function readRun(folder: string): Promise<RunData> {
  const run = parsed(runSchema, await textOf(folder, 'run.json'), join(folder, 'run.json'));
  const lines = (await textOf(folder, 'metrics.ndjson')).split('\n').filter((line) => line !== '');
  const rounds = lines.map((line, i) =>
    parsed(roundSchema, line, `${join(folder, 'metrics.ndjson')}:${i + 1}`),
  );
  const analysis = await optional(analysisSchema, join(folder, 'analysis.json'));
  // A file of an earlier run in this folder is none of this one's.
  const personal =
    run.summary.personal && (await optional(personalSchema, join(folder, 'personal.json')));
  return {
    ...run,
    folder,
    name: basename(resolve(folder)),
    rounds,
    ...(analysis !== undefined && { analysis }),
    ...(personal !== undefined && { personal }),
  };
}

/** What not every run has. */
async function optional<T>(schema: z.ZodType<T>, path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parsed(schema, text, path);
}

async function textOf(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FederationError(
      'unknown-file',
      `${path}: cannot be read; name a folder that run --out wrote to the end`,
      { cause },
    );
  }
}

function parsed<T>(schema: z.ZodType<T>, text: string, path: string): T {
  try {
    const result = schema.safeParse(JSON.parse(text));
    if (result.success) return result.data;
    const [{ path: field, message }] = result.error.issues;
    throw new Error(`field "${field.join('.')}": ${message}`);
  } catch (cause) {
    const { message } = cause as Error;
    throw new FederationError(
      'file-corrupt',
      `${path}: ${message.split('\n')[0]}; play the run again with this version`,
      { cause },
    );
  }
}
