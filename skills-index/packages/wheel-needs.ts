/** What a wheel needs, from its METADATA (PEP 566): the requirements that hold on one host. */
import { normalPackageName } from '../skill/ecosystem.ts';
import { Problem } from '../skill/problem.ts';
import type { HostPlatform } from './host-platform.ts';
import { extraMarkerCharsMax, wheelNeedsMax } from './limits.ts';
import { metadataLines, metadataValues } from './package-metadata.ts';
import { isMarked } from './python-marker.ts';

/**
 * Returns the requirements without their markers, and under the name of each extra the further
 * requirements of the extra. The requirements of the wheel itself are under the empty name.
 * @throws Problem `package-unsuitable` for a marker that cannot be read, or for too many
 */
export function wheelNeeds(metadata: string, host: HostPlatform): ReadonlyMap<string, string[]> {
  const lines = metadataLines(metadata);
  const needs = valuesOf(lines, 'Requires-Dist').map((one) => {
    const at = one.indexOf(';');
    const requirement = at < 0 ? one : one.slice(0, at);
    const marker = at < 0 ? undefined : one.slice(at + 1);
    const holds = (extra: string): boolean => marker === undefined || isMarked(marker, host, extra);
    return { requirement: requirement.trim(), marker, holds };
  });
  const always = needs.filter(({ holds }) => holds(''));
  const found = new Map([['', always.map(({ requirement }) => requirement)]]);
  // A marker that does not name the extra holds for every extra, or for none.
  const optional = needs.filter(
    (one) => !always.includes(one) && one.marker?.includes('extra') === true,
  );
  const extras = valuesOf(lines, 'Provides-Extra');
  requireShort(
    extras,
    optional.map(({ marker = '' }) => marker),
  );
  for (const extra of extras) {
    const name = normalPackageName('python', extra);
    const more = optional.filter((one) => one.holds(extra) || (name !== extra && one.holds(name)));
    found.set(
      name,
      more.map(({ requirement }) => requirement),
    );
  }
  return found;
}

// Each marker is read for each extra, and the author of the package chose both.
function requireShort(extras: readonly string[], markers: readonly string[]): void {
  const chars = markers.reduce((sum, marker) => sum + marker.length, 0) * extras.length;
  if (chars > extraMarkerCharsMax)
    throw new Problem(
      'package-unsuitable',
      `Cannot read what a wheel needs: its METADATA has ${extras.length} extras, and for them ${chars} characters of markers; at most ${extraMarkerCharsMax}`,
    );
}

// A list that is cut would lose dependencies, which only shows when a skill imports them.
function valuesOf(lines: readonly string[], field: string): string[] {
  const values = metadataValues(lines, field);
  if (values.length > wheelNeedsMax)
    throw new Problem(
      'package-unsuitable',
      `Cannot read what a wheel needs: its METADATA has ${values.length} lines of ${field}; at most ${wheelNeedsMax}`,
    );
  return values;
}
