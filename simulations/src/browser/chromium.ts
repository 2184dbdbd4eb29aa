/** The real browser of tests and measurements: Debian's Chromium, headless. */
import { existsSync } from 'node:fs';
import { FederationError } from '@fedhybnn/shared';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium is: Debian's place, unless `FEDHYBNN_CHROMIUM` says otherwise. */
export const CHROMIUM = process.env.FEDHYBNN_CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);

/** @throws FederationError `unknown-file` if there is no Chromium */
export function requireChromium(): void {
  if (hasChromium) return;
  throw new FederationError(
    'unknown-file',
    `${CHROMIUM}: no Chromium there; install it (Debian: apt-get install chromium) or name it in FEDHYBNN_CHROMIUM`,
  );
}

/**
 * @param more arguments for Chromium
 * @throws FederationError `unknown-file` if there is no Chromium
 */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  requireChromium();
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
