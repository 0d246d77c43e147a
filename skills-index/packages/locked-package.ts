/**
 * A package as a lock pins it. The digest of the pinned package stands in skill.json, so Skillgate
 * refuses a lock file that says anything else about the package.
 */

import type { Digest } from '../skill/digest.ts';
import type { Ecosystem } from '../skill/ecosystem.ts';
import { canonicalDigest } from '../skill/text/canonical-json.ts';

/** One downloadable file of a locked package: a wheel, or a tarball of npm's registry. */
export interface LockedFile {
  /** The file's name, for example `six-1.16.0-py2.py3-none-any.whl`. */
  readonly name: string;
  /** The algorithm, a colon, and the digest in hexadecimal digits. */
  readonly hash: FileHash;
  /** The file's size in bytes. */
  readonly size?: number;
}

export type FileHash = `sha256:${string}` | `sha512:${string}`;

export interface LockedPackage {
  readonly ecosystem: Ecosystem;
  /** The package's name in its normal form (PEP 503 for Python). */
  readonly name: string;
  readonly version: string;
  /** PEP 508 marker. When absent, every Python needs the package. */
  readonly marker?: string;
  /** Versions of Python for which the package is made (PEP 440). */
  readonly requiresPython?: string;
  /** The systems of an npm package, as package-lock.json lists them: `linux`, `!win32`. */
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  /** Whether an npm package may be missing on a system for which the package is not made. */
  readonly optional?: true;
  /** Whether an npm package wants to run a script at its installation, which never happens. */
  readonly hasInstallScript?: true;
  /** Where npm's lock puts the package, sorted: `node_modules/a/node_modules/b`. */
  readonly places?: readonly string[];
  /** The files, sorted by name. */
  readonly files: readonly LockedFile[];
}

/** SHA-256 of the pinned package's RFC 8785 form, with all members. */
export function lockedDigest(one: LockedPackage): Digest {
  return canonicalDigest(one);
}

/**
 * The keys of the packages under `locked` in skill.json. A package has its name as key. When a lock
 * has several versions of a Python package, and for npm packages below other packages, the key is
 * `name@version`.
 */
export function lockedKeys(packages: readonly LockedPackage[]): ReadonlyMap<string, LockedPackage> {
  const names = packages.map(({ name }) => name);
  const isAlone = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
  return new Map(
    packages.map((one) => {
      const isPlain = one.places?.includes(`node_modules/${one.name}`) ?? isAlone(one.name);
      return [isPlain ? one.name : `${one.name}@${one.version}`, one];
    }),
  );
}
