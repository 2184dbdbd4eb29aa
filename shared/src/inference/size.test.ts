import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { expect, it } from 'vitest';

it('is at most 6 KB gzipped as a page gets it, with its module', async () => {
  const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: { entry, formats: ['es'], fileName: 'inference' },
    },
  });
  const [{ output }] = built as Rollup.RollupOutput[];
  const bytes = output.reduce(
    (sum, chunk) => sum + gzipSync(chunk.type === 'chunk' ? chunk.code : chunk.source).length,
    0,
  );
  expect(bytes).toBeLessThanOrEqual(6 * 1024);
  expect(bytes).toBeGreaterThan(1024);
});
