/** What kind of device a client says that it is, as coarse as an operator needs it. */
import type { DeviceClass } from '@fedhybnn/shared';

/** @param agent the `User-Agent` of its connection: browsers send one, programs need not */
export function deviceClass(agent: string | undefined): DeviceClass {
  if (agent === undefined || !agent.startsWith('Mozilla/')) return 'program';
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(agent)) return 'tablet';
  return /Mobi|iPhone|Android/.test(agent) ? 'phone' : 'computer';
}
