/** What a version of a skill asks for or does that an earlier version did not. */
import { type Capability, covers, listCapabilities, minus, union } from '../skill/capability.ts';
import type { ScanReport } from './scan-report.ts';

/**
 * The declared or observed capabilities of `now` that no declared or observed capability of
 * `before` covers, without those that a wider one of the same list covers.
 */
export function addedCapabilities(
  before: Pick<ScanReport['capabilities'], 'declared' | 'observed'>,
  now: Pick<ScanReport['capabilities'], 'declared' | 'observed'>,
): Capability[] {
  const known = union(before.declared, before.observed);
  const added = listCapabilities(minus(union(now.declared, now.observed), known));
  return added.filter((one) => !added.some((wider) => covers(wider, one) && !covers(one, wider)));
}
