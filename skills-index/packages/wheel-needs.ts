/** What a wheel needs, from its METADATA (PEP 566): the requirements that hold on one host. */
import { normalPackageName } from '../skill/ecosystem.ts';
import type { HostPlatform } from './host-platform.ts';
import { houseNeedsMax } from './limits.ts';
import { isMarked } from './python-marker.ts';

/**
 * Returns the requirements without their markers, and under the name of each extra the further
 * requirements of the extra. The requirements of the wheel itself are under the empty name.
 * @throws Problem `package-unsuitable` for a marker that cannot be read
 */
export function wheelNeeds(metadata: string, host: HostPlatform): ReadonlyMap<string, string[]> {
  const [head = ''] = metadata.split(/\r?\n\r?\n/, 1);
  const needs = valuesOf(head, 'Requires-Dist').map((one) => {
    const at = one.indexOf(';');
    const requirement = at < 0 ? one : one.slice(0, at);
    const marker = at < 0 ? undefined : one.slice(at + 1);
    const holds = (extra: string): boolean => marker === undefined || isMarked(marker, host, extra);
    return { requirement: requirement.trim(), holds };
  });
  const always = needs.filter(({ holds }) => holds(''));
  const found = new Map([['', always.map(({ requirement }) => requirement)]]);
  for (const extra of valuesOf(head, 'Provides-Extra')) {
    const name = normalPackageName('python', extra);
    const more = needs.filter(
      (one) => !always.includes(one) && (one.holds(extra) || one.holds(name)),
    );
    found.set(
      name,
      more.map(({ requirement }) => requirement),
    );
  }
  return found;
}

function valuesOf(head: string, field: string): string[] {
  const start = `${field.toLowerCase()}:`;
  return head
    .split(/\r?\n/)
    .filter((line) => line.toLowerCase().startsWith(start))
    .map((line) => line.slice(start.length).trim())
    .slice(0, houseNeedsMax);
}
