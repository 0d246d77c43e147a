/**
 * Parses package-lock.json, version 3. Only tarballs of a registry with a SHA-512 are taken.
 * Packages for development are left out: a skill that runs does not load them.
 */
import * as v from 'valibot';
import { isPackageName } from '../../skill/ecosystem.ts';
import { packagesMax } from '../../skill/limits.ts';
import { isPackageVersion } from '../../skill/manifest-packages.ts';
import { boundedList, parseShape } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import {
  lockBytesMax,
  lockEntriesAtOnce,
  lockEntriesMax,
  lockListMax,
  lockTextCharsMax,
} from '../limits.ts';
import type { FileHash, LockedPackage } from '../locked-package.ts';
import { LockFaults } from './lock-fault.ts';
import { finishWork, type LongWork } from './long-work.ts';

const text = v.pipe(v.string(), v.maxLength(lockTextCharsMax, 'is too long'));
const texts = v.exactOptional(
  v.union([
    boundedList(text, lockListMax),
    v.pipe(
      text,
      v.transform((one) => [one]),
    ),
  ]),
);
const flag = v.exactOptional(v.boolean());
// npm copies many members of package.json into the lock. The others change nothing here.
const entryShape = v.looseObject({
  name: v.exactOptional(text),
  version: v.exactOptional(text),
  resolved: v.exactOptional(v.union([text, v.boolean()])),
  integrity: v.exactOptional(text),
  link: flag,
  dev: flag,
  inBundle: flag,
  optional: flag,
  hasInstallScript: flag,
  os: texts,
  cpu: texts,
  libc: texts,
});
const lockShape = v.looseObject({
  lockfileVersion: v.literal(3, 'is not 3: write the lock with npm 9 or newer'),
  // A record of valibot would take 100 ms for the entries of a hostile lock.
  packages: v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'is not an object',
  ),
});
const entriesShape = v.object({ packages: v.record(v.string(), entryShape) });

type Entry = v.InferOutput<typeof entryShape>;

/**
 * @param path the lock's path in messages
 * @throws Problem `package-lock-invalid` with every reason, `json-invalid`
 */
export function parsePackageLock(bytes: Uint8Array, path: string): LockedPackage[] {
  return finishWork(parsePackageLockInSteps(bytes, path));
}

/** `parsePackageLock` for a server: a step for some entries at once. */
export function* parsePackageLockInSteps(
  bytes: Uint8Array,
  path: string,
): LongWork<LockedPackage[]> {
  const faults = new LockFaults(path);
  if (bytes.byteLength > lockBytesMax)
    faults.add(`it has ${bytes.byteLength} bytes; at most ${lockBytesMax}`);
  faults.requireNone();
  const parsed = parseJson(bytes, path);
  yield;
  const lock = parseShape(lockShape, parsed, 'package-lock-invalid', path);
  yield;
  const entries: [string, Entry][] = [];
  const all = Object.entries(lock.packages);
  if (all.length > lockEntriesMax)
    faults.add(`it has ${all.length} entries; at most ${lockEntriesMax}`);
  faults.requireNone();
  for (let at = 0; at < all.length; at += lockEntriesAtOnce) {
    const some = { packages: Object.fromEntries(all.slice(at, at + lockEntriesAtOnce)) };
    const here = { value: some, placeOf: parsed.placeOf };
    const { packages } = parseShape(entriesShape, here, 'package-lock-invalid', path);
    entries.push(...Object.entries(packages));
    yield;
  }
  const found = new Map<string, { readonly one: LockedPackage; readonly places: string[] }>();
  for (const [at, [place, entry]] of entries.entries()) {
    if (at % lockEntriesAtOnce === 0) yield;
    // The root is the skill itself. Bundled packages lie in the tarball of their parent.
    if (place === '' || entry.dev === true || (entry.inBundle === true && isPlace(place))) continue;
    const one = lockedOf(place, entry, faults);
    if (one === undefined) continue;
    const key = `${one.name}@${one.version}`;
    const before = found.get(key);
    if (before === undefined) {
      found.set(key, { one, places: [place] });
      continue;
    }
    if (contentOf(before.one) !== contentOf(one))
      faults.add(`${place}: ${key} is there twice, with other content`);
    before.places.push(place);
  }
  const packages = [...found.values()].map(({ one, places }) => ({
    ...one,
    places: places.sort(),
  }));
  yield;
  const names = new Set(packages.map((one) => one.name));
  for (const one of packages) refuseImpostor(one, names, faults);
  if (found.size > packagesMax) faults.add(`it has ${found.size} packages; at most ${packagesMax}`);
  faults.requireNone();
  return packages;
}

function contentOf({ places: _, ...its }: LockedPackage): string {
  return JSON.stringify(its);
}

// A reviewer takes an import of `a` for the locked package `a`, wherever that package lies.
function refuseImpostor(
  { name, places = [] }: LockedPackage,
  names: ReadonlySet<string>,
  faults: LockFaults,
): void {
  for (const place of places) {
    const shown = nameOf(place);
    if (shown !== name && names.has(shown))
      faults.add(`${place}: it is ${name}, and the lock has another package ${shown}`);
  }
}

function nameOf(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

const placeForm =
  /^(node_modules\/(@[A-Za-z0-9][A-Za-z0-9._~-]*\/)?[A-Za-z0-9][A-Za-z0-9._~-]*)(\/node_modules\/(@[A-Za-z0-9][A-Za-z0-9._~-]*\/)?[A-Za-z0-9][A-Za-z0-9._~-]*)*$/;

function isPlace(place: string): boolean {
  return place.length <= lockTextCharsMax && placeForm.test(place);
}

const onlyRegistry = 'A skill takes tarballs of a registry only';

function lockedOf(place: string, entry: Entry, faults: LockFaults): LockedPackage | undefined {
  const name = entry.name ?? nameOf(place);
  const { version = '', resolved } = entry;
  const fault = (message: string): undefined => {
    faults.add(`${place.slice(0, 200)}: ${message}`);
  };
  if (entry.link === true) return fault(`it is a link to a folder. ${onlyRegistry}`);
  if (!isPlace(place)) return fault(`it lies in a folder of the author. ${onlyRegistry}`);
  if (!isPackageName('npm', name)) return fault('it has no name of a package');
  if (!isPackageVersion(version)) return fault('it has no exact version');
  const why = typeof resolved === 'string' ? whyNotRegistry(resolved, name, version) : undefined;
  if (why !== undefined) return fault(`${why}. ${onlyRegistry}`);
  const hash = hashOf(entry.integrity ?? '');
  if (hash === undefined)
    return fault(
      entry.integrity === undefined
        ? 'it has no hash ("integrity")'
        : 'its hash is not SHA-512; remove the entry, and lock again',
    );
  const { os, cpu, libc } = entry;
  return {
    ecosystem: 'npm',
    name,
    version,
    ...(os === undefined ? {} : { os }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(libc === undefined ? {} : { libc }),
    ...(entry.optional === true ? { optional: true } : {}),
    ...(entry.hasInstallScript === true ? { hasInstallScript: true } : {}),
    places: [place],
    files: [{ name: tarballName(name, version), hash }],
  };
}

function tarballName(name: string, version: string): string {
  return `${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`;
}

// A registry's tarball of `@scope/name` ends in `/@scope/name/-/name-1.0.0.tgz`.
function whyNotRegistry(resolved: string, name: string, version: string): string | undefined {
  if (/^git[+:]|^github:|\.git(#|$)/i.test(resolved)) return 'it comes from git';
  if (/^file:/i.test(resolved)) return 'it comes from a folder';
  if (!/^https?:\/\//i.test(resolved) || !URL.canParse(resolved)) return 'it has no https address';
  const path = new URL(resolved).pathname.replace(/%2f/gi, '/').replaceAll('%40', '@');
  return path.endsWith(`/${name}/-/${tarballName(name, version)}`)
    ? undefined
    : 'its address is not that of its tarball in a registry';
}

function hashOf(integrity: string): FileHash | undefined {
  for (const one of integrity.split(/\s+/)) {
    const [, digits] = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(one) ?? [];
    if (digits !== undefined) return `sha512:${Buffer.from(digits, 'base64').toString('hex')}`;
  }
  return undefined;
}
