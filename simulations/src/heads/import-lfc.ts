/** `fedhybnn-simulate import-lfc`: a published binary network as a head file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodeHead,
  FederationError,
  lfcHead,
  loadExtractor,
  readBnnPynqLfc,
} from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { readExtractorFile } from '../run/extractor-source.js';
import { writeWhole } from '../run/write-whole.js';

/** Adds `import-lfc` to a program. */
export function registerImportCommand(program: Command): void {
  program
    .command('import-lfc')
    .description('makes a head file of the weights of BNN-PYNQ LFC (MNIST, 98.35 %)')
    .argument('<folder>', 'folder with 0-0-weights.bin … 3-15-thres.bin')
    .addOption(
      new Option('--out <file>', 'where to write it').env('FEDHYBNN_OUT').makeOptionMandatory(),
    )
    .action(async (folder: string, { out }: { readonly out: string }) => {
      const layers = await readBnnPynqLfc(async (name) => readWeights(folder, name));
      const extractor = await loadExtractor(await readExtractorFile('pixels'));
      const file = encodeHead(lfcHead(layers, extractor.sha256));
      await writeWhole(out, file);
      process.stdout.write(
        `${out}: ${file.length} bytes; try it: fedhybnn-simulate evaluate ${out}\n`,
      );
    });
}

async function readWeights(folder: string, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(join(folder, name)));
  } catch (cause) {
    throw new FederationError(
      'unknown-file',
      `${join(folder, name)}: cannot be read; give the folder of the LFC weights of BNN-PYNQ`,
      { cause },
    );
  }
}
