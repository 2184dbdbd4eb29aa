/** `bench --browser`: the same cases in a page of a headless Chromium. */
import { fileURLToPath } from 'node:url';
import { BuiltPage } from '../browser/built-page.js';
import type { ExtractionInput } from './extraction.js';
import type { BenchRequest, BenchResult } from './run-cases.js';

/** An {@link ExtractionInput} that crosses into a page. */
export interface PlainInput {
  readonly extractor: readonly number[];
  readonly images: Omit<ExtractionInput['images'], 'pixels'> & {
    readonly pixels: readonly number[];
  };
}

/** What the page offers. */
export interface PageBench {
  bench(
    request: BenchRequest,
    input: PlainInput,
    note: (line: string) => void,
  ): Promise<BenchResult>;
}

/** The page's sources; the path holds for this file's compiled form too. */
const ROOT = fileURLToPath(new URL('../../src/bench/page', import.meta.url));

/** @throws FederationError `unknown-file` if there is no Chromium */
export async function runInBrowser(
  request: BenchRequest,
  { extractor, images }: ExtractionInput,
  note: (line: string) => void,
): Promise<BenchResult> {
  const built = await BuiltPage.build(ROOT);
  try {
    const { page, close } = await built.open();
    await page.exposeFunction('note', note);
    const input: PlainInput = {
      extractor: [...extractor],
      images: { ...images, pixels: [...images.pixels] },
    };
    const result = await page.evaluate(
      ([request, input]) => {
        const { bench, note } = globalThis as unknown as PageBench & {
          note(line: string): void;
        };
        return bench(request, input, note);
      },
      [request, input] as const,
    );
    await close();
    return result;
  } finally {
    await built.close();
  }
}
