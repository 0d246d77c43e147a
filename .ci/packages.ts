/**
 * `npm run packages`: prints the packages that an installation of Skillgate fetches, each with the
 * packages that need it, and of how many more the build contains code.
 */
import { existsSync, readFileSync } from 'node:fs';

interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/**
 * Production packages by their place in node_modules, with the places that need each. Counted for
 * one platform, Linux on x64 with glibc: a native package has a build for each platform, and npm
 * installs one of them.
 */
export function productionPackages(lockfile: URL): ReadonlyMap<string, readonly string[]> {
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const needed = new Map<string, string[]>();
  const visit = (place: string): void => {
    for (const name of dependenciesOf(packages[place] ?? {})) {
      const found = resolve(packages, place, name);
      if (found === undefined || !isForLinux(packages[found] ?? {})) continue;
      const users = needed.get(found);
      needed.set(found, [...(users ?? []), place === '' ? 'skillgate' : nameOf(place)]);
      if (users === undefined) visit(found);
    }
  };
  visit('');
  return needed;
}

function dependenciesOf(locked: LockedPackage): string[] {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = locked;
  return [
    ...Object.keys(locked.dependencies ?? {}),
    ...Object.keys(locked.optionalDependencies ?? {}),
    ...Object.keys(peerDependencies).filter(
      (name) => peerDependenciesMeta[name]?.optional !== true,
    ),
  ];
}

// Resolves like Node: the nearest node_modules on the way up.
function resolve(
  packages: Readonly<Record<string, LockedPackage>>,
  place: string,
  name: string,
): string | undefined {
  const at = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
  if (at in packages) return at;
  if (place === '') return undefined;
  const above = place.lastIndexOf('/node_modules/');
  return resolve(packages, above < 0 ? '' : place.slice(0, above), name);
}

function isForLinux({ os, cpu, libc }: LockedPackage): boolean {
  const fits = (list: readonly string[] | undefined, value: string): boolean =>
    list === undefined || list.includes(value);
  return fits(os, 'linux') && fits(cpu, 'x64') && fits(libc, 'glibc');
}

function nameOf(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

if (import.meta.main) {
  const needed = productionPackages(new URL('../package-lock.json', import.meta.url));
  const rows = [...needed].map(([place, users]) => `${nameOf(place)}  ← ${users.join(', ')}`);
  const licences = new URL('../dist/cli/LICENSES.txt', import.meta.url);
  const contained = existsSync(licences)
    ? `${readFileSync(licences, 'utf8').split('\n---\n').length} in the build`
    : 'npm run build shows how many are in the build';
  console.log([...rows.sort(), `${needed.size} packages; ${contained}`].join('\n'));
}
