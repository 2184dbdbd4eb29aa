/**
 * Compiles the kernels (AssemblyScript) and embeds the module, as base64 text, in a TypeScript file:
 * Node, page and worker then load the same bytes without fetching anything.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'shared/src/kernels');
const FLAGS = ['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd'];

/** Builds `module.generated.ts` unless it was made from the same sources. */
export async function buildKernels() {
  const sources = join(folder, 'assembly');
  const output = join(folder, 'module.generated.ts');
  const digest = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(sources).sort()) digest.update(readFileSync(join(sources, name)));
  const mark = `// Made from sources ${digest.digest('hex')}`;
  if (existsSync(output) && readFileSync(output, 'utf8').startsWith(mark)) return;

  const { default: asc } = await import('assemblyscript/asc');
  let module;
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'module.wasm', ...FLAGS], {
    readFile: (name) => {
      const path = join(sources, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) module = contents;
    },
    listFiles: () => [],
  });
  if (error || !module) throw new Error(`the kernels do not compile:\n${stderr}`);
  const text = Buffer.from(module).toString('base64');
  writeFileSync(
    output,
    `${mark}\n/** The compiled kernels, base64. */\nexport const KERNEL_MODULE =\n  '${text}';\n`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildKernels();
