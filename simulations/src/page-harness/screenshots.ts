/** Pictures of what a test saw, to be looked at: in `FEDHYBNN_SCREENSHOTS`, else a temporary folder. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';

let folder: string | undefined;

/** Where the pictures of this process go; told once. */
export function screenshotsFolder(): string {
  if (folder !== undefined) return folder;
  const asked = process.env.FEDHYBNN_SCREENSHOTS;
  folder = asked ? resolve(asked) : mkdtempSync(join(tmpdir(), 'fedhybnn-screenshots-'));
  mkdirSync(folder, { recursive: true });
  process.stdout.write(`Screenshots: ${folder}\n`);
  return folder;
}

/**
 * All of the page as a PNG, in the pixels of its style sheet. The screen is made as high as the page:
 * a picture of a page that scrolls would show what sticks to the screen's edge in its middle.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  const screen = page.viewportSize();
  if (screen === null) return;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: screen.width, height: Math.max(screen.height, height) });
  await page.screenshot({
    path: join(screenshotsFolder(), `${name}.png`),
    scale: 'css',
    animations: 'disabled',
  });
  await page.setViewportSize(screen);
}
