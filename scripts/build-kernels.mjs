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
const inferenceOutput = join(dirname(folder), 'inference/module.generated.ts');

/** Six pages (384 KiB) hold the scratch region of `assembly/memory.ts`. */
const FLAGS = '-O3 --noAssert --runtime stub --use abort= --enable simd --initialMemory 6'.split(
  ' ',
);

/** What needs relaxed SIMD is chosen in the sources by `ASC_FEATURE_RELAXED_SIMD`. */
const RELAXED = ['--enable', 'relaxed-simd'];

/** Builds both `module.generated.ts` unless they were made from the same sources by the same compiler. */
export async function buildKernels() {
  const mark = `// Made from sources ${digestSources()}`;
  await generate(output, mark, {
    SIMD_MODULE: ['index.ts', FLAGS],
    RELAXED_MODULE: ['index.ts', [...FLAGS, ...RELAXED]],
  });
  await generate(inferenceOutput, mark, { INFERENCE_MODULE: ['inference.ts', FLAGS] });
}

/** Writes a file of modules, each a base64 text by its name. */
async function generate(file, mark, modules) {
  if (existsSync(file) && readFileSync(file, 'utf8').startsWith(mark)) return;
  const lines = [mark];
  for (const [name, [entry, flags]] of Object.entries(modules)) {
    const text = Buffer.from(await compile(entry, flags)).toString('base64');
    lines.push(`/** Compiled kernels, base64. */`, `export const ${name} =\n  '${text}';`);
  }
  // Whoever reads the file meanwhile finds the old one or the new one whole.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${lines.join('\n')}\n`);
  renameSync(draft, file);
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

/** The bytes of the module that an entry file makes. */
async function compile(entry, flags) {
  const { default: asc } = await import('assemblyscript/asc');
  let module;
  const { error, stderr } = await asc.main([entry, '--outFile', 'module.wasm', ...flags], {
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
