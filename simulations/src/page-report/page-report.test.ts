import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import { Phones } from '../page-harness/phones.js';
import { FAST_3G } from '../page-harness/slow-line.js';
import { checkPage } from './checks.js';
import { visit } from './visit.js';

describe.skipIf(!hasChromium)('npm run page-report (needs Chromium)', () => {
  let coordinator: DigitsCoordinator;
  let phones: Phones;
  beforeAll(async () => {
    [coordinator, phones] = await Promise.all([DigitsCoordinator.start(), Phones.start()]);
  });
  afterAll(async () => {
    await phones?.close();
    await coordinator?.remove();
  });

  it('finds the page installable, safe, compressed, kept and usable without a network', async () => {
    const checks = await checkPage(coordinator, phones);
    expect(checks).toHaveLength(13);
    expect(checks.filter(({ passes }) => !passes)).toEqual([]);
  });

  it('tells times and bytes of a visit, over a line that is slow', async () => {
    const slow = { name: 'slow', cpu: 1, line: FAST_3G };
    const figures = await visit(coordinator, phones, slow, 3);
    const { firstPaintMs, interactiveMs, firstViewBytes, trainingBytes, workMs } = figures;
    expect(figures).toMatchObject({ rounds: 3, consoleErrors: 0 });
    expect(workMs).toBeGreaterThan(0);
    expect(firstPaintMs).toBeLessThanOrEqual(interactiveMs);
    expect(firstViewBytes).toBeLessThan(trainingBytes);
    // What came took its time: three round trips at least, and the bits of the line.
    expect(interactiveMs).toBeGreaterThan(
      3 * FAST_3G.roundTripMs + (8000 * 0.8 * firstViewBytes) / FAST_3G.down,
    );
  });
});
