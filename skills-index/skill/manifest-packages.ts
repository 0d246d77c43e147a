/**
 * The part `packages` of skill.json: the packages that the skill requires of each ecosystem, and
 * the packages that the skill's lock pins. Each pinned package is a capability.
 */
import validRange from 'semver/ranges/valid.js';
import * as v from 'valibot';
import { type BundlePath, isBundlePath } from './bundle-path.ts';
import type { PackageCapability } from './capability.ts';
import { type Digest, isDigest } from './digest.ts';
import {
  type Ecosystem,
  ecosystems,
  houseWord,
  isPackageName,
  normalPackageName,
} from './ecosystem.ts';
import { boundedList, exactObject } from './shape.ts';

export const packageRequireCharsMax = 300;

export const packageRequiresMax = 100;

/** Maximum number of packages of one ecosystem that one lock of a skill may pin. */
export const packagesMax = 300;

const packageVersionCharsMax = 100;

export interface PackageGroup {
  /** What the author asks for: `pandas>=2` (PEP 508), `docx@^9`. */
  readonly requires: readonly string[];
  readonly why: string;
  /**
   * The lock file of the ecosystem's own tools in the skill. `house`: the skill has no lock, and
   * each host takes what meets `requires` from the lock of its operator.
   */
  readonly lock?: BundlePath | typeof houseWord;
  /**
   * Each package of the lock: `2.2.3 sha256:…`, the version and the digest of the lock's entry.
   * Absent while only the author's wish for a `lock` is there.
   */
  readonly locked?: Readonly<Record<string, string>>;
}

export type ManifestPackages = Readonly<Partial<Record<Ecosystem, PackageGroup>>>;

const versionForm = /^[A-Za-z0-9][A-Za-z0-9.!+_-]*$/;
const lockNames: Readonly<Record<Ecosystem, RegExp>> = {
  python: /(^|\/)pylock(\.[^./]+)?\.toml$/,
  npm: /(^|\/)package-lock\.json$/,
};
// Only names, extras, versions and markers: no address, no path, and no option of a tool. pip reads
// its input by lines and replaces `${NAME}`, so only signs pass that begin no line, path or option.
// Each part begins with its own spaces, so that many spaces are read in one way only.
const pythonRequirement =
  /^(?!.* -)([A-Za-z0-9][\w.-]*)( *\[[\w., -]*\])?( *(\([\w.*+!<>=~, -]*\)|[<>=!~][\w.*+!<>=~, -]*))?( *; *[\w.*+!<>=~, '"()-]+)? *$/;

/** Whether neither a lock nor the host pins the packages. No such skill is published. */
export function isUnlocked({ lock, locked }: Pick<PackageGroup, 'lock' | 'locked'>): boolean {
  return locked === undefined && lock !== houseWord;
}

/** Whether a text can be the version of a package of any ecosystem. */
export function isPackageVersion(version: string): boolean {
  // The word is a capability of its own, so no lock may pin it as a version.
  if (version === houseWord) return false;
  return version.length <= packageVersionCharsMax && versionForm.test(version);
}

/** The name in a requirement, in its normal form; undefined when the text is no requirement. */
export function requiredName(ecosystem: Ecosystem, requirement: string): string | undefined {
  const at = requirement.indexOf('@', 1);
  const [name, range] =
    ecosystem === 'python'
      ? [pythonRequirement.exec(requirement)?.[1] ?? '', '*']
      : at < 0
        ? [requirement, '*']
        : [requirement.slice(0, at), requirement.slice(at + 1)];
  if (!isPackageName(ecosystem, name) || range === '' || validRange(range) === null)
    return undefined;
  return normalPackageName(ecosystem, name);
}

/** A package that an entry of `locked` pins. */
export interface PinnedPackage extends Omit<PackageCapability, 'why'> {
  readonly version: string;
  readonly digest: Digest;
}

/** The name and version that one entry of `locked` pins; undefined when the entry is malformed. */
export function parseLockedEntry(
  ecosystem: Ecosystem,
  key: string,
  value: string,
): PinnedPackage | undefined {
  const [version = '', digest, ...more] = value.split(' ');
  const name = key.endsWith(`@${version}`) ? key.slice(0, -version.length - 1) : key;
  const isNormal = isPackageName(ecosystem, name) && normalPackageName(ecosystem, name) === name;
  if (!isNormal || !isPackageVersion(version) || !isDigest(digest) || more.length > 0)
    return undefined;
  return { ecosystem, name, version, digest };
}

/**
 * The packages as capabilities. A group with the host's lock asks for its requirements in the
 * version `house`. A group without a lock asks for them without a version; no such skill can be
 * published.
 */
export function packageCapabilities(packages: ManifestPackages): PackageCapability[] {
  return ecosystems.flatMap((ecosystem) => {
    const group = packages[ecosystem];
    if (group === undefined) return [];
    const { requires, why, lock, locked } = group;
    if (locked === undefined) {
      const names = requires.flatMap((one) => requiredName(ecosystem, one) ?? []);
      const version = lock === houseWord ? { version: houseWord } : {};
      return [...new Set(names)].map((name) => ({ ecosystem, name, ...version, why }));
    }
    return Object.entries(locked).flatMap(([key, value]) => {
      const entry = parseLockedEntry(ecosystem, key, value);
      return entry === undefined ? [] : [{ ...entry, why }];
    });
  });
}

/** @param why the shape of the author's reason */
export function packagesShape(why: v.GenericSchema<unknown, string>) {
  return exactObject({
    python: v.exactOptional(groupShape('python', why)),
    npm: v.exactOptional(groupShape('npm', why)),
  });
}

function groupShape(ecosystem: Ecosystem, why: v.GenericSchema<unknown, string>) {
  const example = ecosystem === 'python' ? 'pandas>=2' : 'docx@^9';
  const lockName = ecosystem === 'python' ? 'pylock.toml' : 'package-lock.json';
  return v.pipe(
    exactObject({
      requires: boundedList(
        v.pipe(
          v.string(),
          v.maxLength(packageRequireCharsMax, 'is too long'),
          v.check(
            (text) => requiredName(ecosystem, text) !== undefined,
            `is not a package with versions such as "${example}"; addresses, paths and git are refused`,
          ),
        ),
        packageRequiresMax,
      ),
      why,
      lock: v.exactOptional(
        v.pipe(
          v.string(),
          v.check(
            (path) => path === houseWord || (isBundlePath(path) && lockNames[ecosystem].test(path)),
            `is neither the path of a ${lockName} in the skill nor "${houseWord}"`,
          ),
          v.transform((path) => path as BundlePath | typeof houseWord),
        ),
      ),
      locked: v.exactOptional(
        v.pipe(
          v.record(v.string(), v.string()),
          v.check(
            (locked) => Object.keys(locked).length <= packagesMax,
            `has more than ${packagesMax} packages`,
          ),
          v.check(
            (locked) =>
              Object.entries(locked).every(
                ([key, value]) => parseLockedEntry(ecosystem, key, value) !== undefined,
              ),
            'has an entry that is not "NAME": "VERSION sha256:…"; skillgate lock writes these entries',
          ),
        ),
      ),
    }),
    v.check(
      ({ lock, locked }) => locked === undefined || (lock !== undefined && lock !== houseWord),
      `has "locked" without the path of a "lock"; skillgate lock writes both`,
    ),
  );
}
