/**
 * Compares `locked` in skill.json with the lock files of the skill. Only what both say alike is
 * approved, fetched and mounted.
 */

import { satisfies } from 'semver';
import type { BundlePath } from '../skill/bundle-path.ts';
import { type Ecosystem, ecosystems, houseWord } from '../skill/ecosystem.ts';
import type { Manifest } from '../skill/manifest.ts';
import { requiredName } from '../skill/manifest-packages.ts';
import { Problem, type Reason } from '../skill/problem.ts';
import { type LockedPackage, lockedDigest, lockedKeys } from './locked-package.ts';
import { finishWork, type LongWork, parsePackageLockInSteps } from './locks/package-lock.ts';
import { parsePylockInSteps } from './locks/pylock.ts';
import { areSpecifiers, isVersionIn } from './python-marker.ts';

/** Gives the bytes of a file of the skill. */
export type FileOf = (path: string) => Uint8Array | undefined;

/**
 * The packages that the skill's locks pin, for a manifest that says the same. The skill has no lock
 * of an ecosystem whose versions the host chooses.
 * @param verb begins the message: `publish`, `install`
 * @throws Problem `package-lock-missing`, `package-lock-differs`, `package-lock-invalid`
 */
export function requireLocked(
  verb: string,
  { packages = {} }: Pick<Manifest, 'packages'>,
  fileOf: FileOf,
): LockedPackage[] {
  return finishWork(requireLockedInSteps(verb, { packages }, fileOf));
}

/** `requireLocked` for a server: a step for each package of a lock, or for some entries. */
export function* requireLockedInSteps(
  verb: string,
  { packages = {} }: Pick<Manifest, 'packages'>,
  fileOf: FileOf,
): LongWork<LockedPackage[]> {
  const all: LockedPackage[] = [];
  for (const ecosystem of ecosystems) {
    const group = packages[ecosystem];
    if (group === undefined) continue;
    const { lock, locked, requires } = group;
    if (lock === houseWord) {
      requireNoOwnLock(verb, ecosystem, fileOf);
      continue;
    }
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
    const pinned = yield* parseLockInSteps(ecosystem, bytes, lock);
    const reasons = [
      ...differences(locked, lockedEntries(pinned), lock),
      ...unmetRequirements(ecosystem, requires, pinned),
    ];
    const [first] = reasons;
    if (first !== undefined)
      throw new Problem(
        'package-lock-differs',
        `Cannot ${verb}: skill.json and ${lock} differ: ${first.message}`,
        { reasons },
      );
    all.push(...pinned);
  }
  return all;
}

/** Where `skillgate lock` writes the lock of each ecosystem. */
export const lockFileNames: Readonly<Record<Ecosystem, BundlePath>> = {
  python: 'pylock.toml' as BundlePath,
  npm: 'package-lock.json' as BundlePath,
};

// A reviewer would read a lock that no host obeys.
function requireNoOwnLock(verb: string, ecosystem: Ecosystem, fileOf: FileOf): void {
  const path = lockFileNames[ecosystem];
  if (fileOf(path) === undefined) return;
  throw new Problem(
    'package-lock-differs',
    `Cannot ${verb}: skill.json leaves the versions of ${ecosystem} packages to the host ("lock": "${houseWord}"), and the skill has the lock ${path}`,
    { hint: `Delete ${path}, or delete "lock": "${houseWord}" and type: skillgate lock` },
  );
}

/** Parses a lock in the format of its ecosystem. */
export function parseLock(ecosystem: Ecosystem, bytes: Uint8Array, path: string): LockedPackage[] {
  return finishWork(parseLockInSteps(ecosystem, bytes, path));
}

function* parseLockInSteps(
  ecosystem: Ecosystem,
  bytes: Uint8Array,
  path: string,
): LongWork<LockedPackage[]> {
  return ecosystem === 'python'
    ? yield* parsePylockInSteps(bytes, path)
    : yield* parsePackageLockInSteps(bytes, path);
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

// Compares what an author or operator requires with the versions of packages.

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

/** Whether a version of a package meets a requirement without a marker. */
export function isVersionMet(ecosystem: Ecosystem, requirement: string, version: string): boolean {
  if (ecosystem === 'python') {
    const specifiers = specifiersIn(requirement);
    return specifiers !== undefined && isVersionIn(specifiers, version);
  }
  const at = requirement.indexOf('@', 1);
  const range = at < 0 ? '*' : requirement.slice(at + 1);
  return satisfies(version, range, { includePrerelease: true });
}

/** Whether pip and uv can read the versions of a requirement; they cannot read `pandas=2.2`. */
export function hasReadableVersions(requirement: string): boolean {
  const specifiers = specifiersIn(requirement.split(';')[0] ?? '');
  return specifiers !== undefined && areSpecifiers(specifiers);
}

/** The specifiers of a requirement of Python without a marker. */
function specifiersIn(requirement: string): string | undefined {
  return /^[\w.-]+ *(?:\[[^\]]*\])? *\(?([^()]*)\)? *$/.exec(requirement)?.[1];
}
