/** What each npm package of a lock needs: what Node finds for the package in the lock's places. */
import * as v from 'valibot';
import { type LockedPackage, lockedKeys } from './locked-package.ts';

const names = v.optional(v.record(v.string(), v.unknown()), {});
const lockShape = v.looseObject({
  packages: v.record(
    v.string(),
    v.looseObject({
      dependencies: names,
      optionalDependencies: names,
      peerDependencies: names,
    }),
  ),
});

/**
 * Returns the keys of the needed packages by the key of each package. An optional package that the
 * host does not have is left out.
 * @param text package-lock.json
 * @param locked all packages of the lock
 * @param selected those that fit this host
 */
export function npmNeeds(
  text: string,
  locked: readonly LockedPackage[],
  selected: ReadonlySet<LockedPackage>,
): Record<string, string[]> {
  const { packages } = v.parse(lockShape, JSON.parse(text));
  const entries = new Map(Object.entries(packages));
  const keys = [...lockedKeys(locked)].filter(([, one]) => selected.has(one));
  const keyAt = new Map(keys.flatMap(([key, { places = [] }]) => places.map((at) => [at, key])));
  return Object.fromEntries(
    keys.map(([key, { places = [] }]) => {
      const needed = places.flatMap((place) => {
        const { dependencies, optionalDependencies, peerDependencies } = entries.get(place) ?? {};
        const wanted = { ...dependencies, ...optionalDependencies, ...peerDependencies };
        return Object.keys(wanted).flatMap((name) => foundFrom(place, name, keyAt) ?? []);
      });
      return [key, [...new Set(needed)].sort()];
    }),
  );
}

// Node looks into the folder of the package itself, then into each folder above.
function foundFrom(
  place: string,
  name: string,
  keyAt: ReadonlyMap<string, string>,
): string | undefined {
  for (
    let above = place;
    ;
    above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))
  ) {
    const key = keyAt.get(above === '' ? `node_modules/${name}` : `${above}/node_modules/${name}`);
    if (key !== undefined || above === '') return key;
  }
}
