/**
 * Compiles the kernels (AssemblyScript) and embeds the module, as base64 text, in a TypeScript file:
 * Node, page and worker then load the same bytes without fetching anything.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(import.meta.url);
const folder = join(dirname(dirname(script)), 'shared/src/kernels');
const sources = join(folder, 'assembly');
const output = join(folder, 'module.generated.ts');

/** Three pages (192 KiB) hold the scratch region of `assembly/memory.ts`. */
const FLAGS = '-O3 --noAssert --runtime stub --use abort= --enable simd --initialMemory 3'.split(
  ' ',
);

/** Builds `module.generated.ts` unless it was made from the same sources by the same compiler. */
export async function buildKernels() {
  const mark = `// Made from sources ${digestSources()}`;
  if (existsSync(output) && readFileSync(output, 'utf8').startsWith(mark)) return;

  const text = Buffer.from(await compile()).toString('base64');
  // Whoever reads the file meanwhile finds the old one or the new one whole.
  const draft = `${output}.${process.pid}`;
  writeFileSync(
    draft,
    `${mark}\n/** The compiled kernels, base64. */\nexport const KERNEL_MODULE =\n  '${text}';\n`,
  );
  renameSync(draft, output);
}

function digestSources() {
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/package.json');
  const names = readdirSync(sources).sort();
  const digest = createHash('sha256');
  for (const path of [script, compiler, ...names.map((name) => join(sources, name))]) {
    digest.update(readFileSync(path));
  }
  return digest.digest('hex');
}

/** The module's bytes. */
async function compile() {
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
  return module;
}

if (process.argv[1] && realpathSync(process.argv[1]) === script) await buildKernels();
