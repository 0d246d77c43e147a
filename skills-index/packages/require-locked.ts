/**
 * Compares `locked` in skill.json with the lock files of the skill. Only what both say alike is
 * approved, fetched and mounted.
 */
import { satisfies } from 'semver';
import { type Ecosystem, ecosystems } from '../skill/ecosystem.ts';
import type { Manifest } from '../skill/manifest.ts';
import { requiredName } from '../skill/manifest-packages.ts';
import { Problem, type Reason } from '../skill/problem.ts';
import { type LockedPackage, lockedDigest, lockedKeys } from './locked-package.ts';
import { parsePackageLock } from './package-lock.ts';
import { parsePylock } from './pylock.ts';
import { isVersionIn } from './python-version.ts';

/** Gives the bytes of a file of the skill. */
export type FileOf = (path: string) => Uint8Array | undefined;

/**
 * The packages that the skill's locks pin, for a manifest that says the same.
 * @param verb begins the message: `publish`, `install`
 * @throws Problem `package-lock-missing`, `package-lock-differs`, `package-lock-invalid`
 */
export function requireLocked(
  verb: string,
  { packages = {} }: Pick<Manifest, 'packages'>,
  fileOf: FileOf,
): LockedPackage[] {
  return ecosystems.flatMap((ecosystem) => {
    const group = packages[ecosystem];
    if (group === undefined) return [];
    const { lock, locked, requires } = group;
    if (lock === undefined || locked === undefined)
      throw new Problem(
        'package-lock-missing',
        `Cannot ${verb}: skill.json requires packages of ${ecosystem}, and no lock pins them`,
      );
    const bytes = fileOf(lock);
    if (bytes === undefined)
      throw new Problem(
        'package-lock-missing',
        `Cannot ${verb}: skill.json names the lock ${lock}, and the skill has no such file`,
      );
    const pinned = parseLock(ecosystem, bytes, lock);
    const reasons = [
      ...differences(locked, lockedEntries(pinned), lock),
      ...unmetRequirements(ecosystem, requires, pinned),
    ];
    const [first] = reasons;
    if (first === undefined) return pinned;
    throw new Problem(
      'package-lock-differs',
      `Cannot ${verb}: skill.json and ${lock} differ: ${first.message}`,
      { reasons },
    );
  });
}

/** Parses a lock in the format of its ecosystem. */
export function parseLock(ecosystem: Ecosystem, bytes: Uint8Array, path: string): LockedPackage[] {
  return ecosystem === 'python' ? parsePylock(bytes, path) : parsePackageLock(bytes, path);
}

/** `locked` of skill.json for the packages of a lock, sorted. */
export function lockedEntries(packages: readonly LockedPackage[]): Record<string, string> {
  return Object.fromEntries(
    [...lockedKeys(packages)]
      .map(([key, one]) => [key, `${one.version} ${lockedDigest(one)}`] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function differences(
  written: Readonly<Record<string, string>>,
  pinned: Readonly<Record<string, string>>,
  lock: string,
): Reason[] {
  return [...new Set([...Object.keys(written), ...Object.keys(pinned)])].sort().flatMap((key) => {
    const [a, b] = [written, pinned].map((of) => (Object.hasOwn(of, key) ? of[key] : undefined));
    if (a === b) return [];
    if (a === undefined) return [{ message: `${lock} pins ${key}, which skill.json lacks` }];
    if (b === undefined) return [{ message: `skill.json has ${key}, which ${lock} does not pin` }];
    return [{ message: `${key} is ${a} in skill.json, and ${b} in ${lock}` }];
  });
}

/** The requirements that a lock does not meet, with reasons. */
export function unmetRequirements(
  ecosystem: Ecosystem,
  requires: readonly string[],
  pinned: readonly LockedPackage[],
): Reason[] {
  return requires.flatMap((one) => {
    // Whether a marker holds differs from host to host.
    if (ecosystem === 'python' && one.includes(';')) return [];
    const name = requiredName(ecosystem, one);
    const found = pinned.filter(
      ({ name: own, places }) =>
        own === name && (places === undefined || places.includes(`node_modules/${name}`)),
    );
    if (found.length === 0)
      return [{ message: `skill.json requires ${one}, which the lock does not pin` }];
    return found
      .filter(({ version }) => !isVersionMet(ecosystem, one, version))
      .map(({ version }) => ({
        message: `skill.json requires ${one}, and the lock pins ${name} ${version}`,
      }));
  });
}

function isVersionMet(ecosystem: Ecosystem, requirement: string, version: string): boolean {
  if (ecosystem === 'python') {
    const [, specifiers] = /^[\w.-]+ *(?:\[[^\]]*\])? *\(?([^()]*)\)? *$/.exec(requirement) ?? [];
    return specifiers !== undefined && isVersionIn(specifiers, version);
  }
  const at = requirement.indexOf('@', 1);
  const range = at < 0 ? '*' : requirement.slice(at + 1);
  return satisfies(version, range, { includePrerelease: true });
}
