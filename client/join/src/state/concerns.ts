/** What speaks against training now: a browser that saves data, a battery that is low. */

export type Concern = 'data-saver' | 'low-battery';

/** The parts of browsers' interfaces that are not in TypeScript's libraries. */
interface Battery extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
}
interface SparingNavigator {
  readonly connection?: { readonly saveData?: boolean };
  readonly getBattery?: () => Promise<Battery>;
}

const LOW = 0.2;

/** Nothing where the browser does not tell. */
export async function concerns(): Promise<readonly Concern[]> {
  const found: Concern[] = [];
  const { connection } = navigator as SparingNavigator;
  if (connection?.saveData) found.push('data-saver');
  const battery = await openBattery();
  if (battery && isLow(battery)) found.push('low-battery');
  return found;
}

/** Calls back whenever the battery becomes low. */
export async function watchBattery(onLow: () => void): Promise<void> {
  const battery = await openBattery();
  if (!battery) return;
  let low = isLow(battery);
  const look = () => {
    const before = low;
    low = isLow(battery);
    if (low && !before) onLow();
  };
  battery.addEventListener('levelchange', look);
  battery.addEventListener('chargingchange', look);
}

function isLow({ charging, level }: Battery): boolean {
  return !charging && level <= LOW;
}

async function openBattery(): Promise<Battery | undefined> {
  return (navigator as SparingNavigator).getBattery?.().catch(() => undefined);
}
