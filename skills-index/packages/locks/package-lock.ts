/**
 * Parses package-lock.json, version 3. Only tarballs of a registry with a SHA-512 are taken.
 * Packages for development are left out: a skill that runs does not load them.
 */
import * as v from 'valibot';
import { isPackageName, normalPackageName } from '../../skill/ecosystem.ts';
import { isPackageVersion, packagesMax } from '../../skill/manifest-packages.ts';
import { Problem, type Reason } from '../../skill/problem.ts';
import { boundedList, parseShape, reasonsMax } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import type { FileHash, LockedPackage } from '../locked-package.ts';
import { parseTomlValue } from './toml-value.ts';

export const lockBytesMax = 4 * 1024 * 1024;

/** Entries of a package-lock.json that are read in one turn. */
const lockEntriesAtOnce = 500;

/** An entry with a version and a hash has 170 bytes, so 4 MiB have at most so many of them. */
const lockEntriesMax = 25_000;

const lockListMax = 50;

export const lockTextCharsMax = 2_000;

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

/**
 * Work of many short steps. A program with nothing else to do finishes the work at once; a server
 * lets others go on between the steps.
 */
export type LongWork<Result> = Generator<undefined, Result>;

/** Does all steps, one after the other. */
export function finishWork<Result>(steps: LongWork<Result>): Result {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

// What is wrong with a lock file, for the author.

/** Collects the faults of a lock, so that the author reads many of them at once. */
export class LockFaults {
  /** The first faults: a lock can have a hundred thousand, more than anybody reads. */
  readonly #faults: Reason[] = [];
  #count = 0;
  readonly #path: string;

  /** @param path the lock's path in messages */
  constructor(path: string) {
    this.#path = path;
  }

  add(message: string): void {
    this.#count++;
    if (this.#faults.length < reasonsMax)
      this.#faults.push({ message, place: { path: this.#path, line: 1, column: 1 } });
  }

  /** @throws Problem `package-lock-invalid` when there are faults */
  requireNone(): void {
    const [first] = this.#faults;
    if (first === undefined) return;
    const count = this.#count === 1 ? '' : `${this.#count} reasons, first: `;
    throw new Problem(
      'package-lock-invalid',
      `Cannot take the lock ${this.#path}: ${count}${first.message}`,
      { reasons: this.#faults },
    );
  }
}

// The pins of locks in other formats: uv.lock, the locks of uv beside scripts, and requirements.txt
// with hashes. A new lock keeps their versions, and lists only files with their hashes.

export interface Pin {
  readonly version: string;
  /** `sha256:…` of the files that the lock lists. */
  readonly hashes: ReadonlySet<string>;
  /** The path of the lock. */
  readonly path: string;
}

/** The pins by name. A name with several versions has no pin: markers choose among them. */
export function pinsIn(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): ReadonlyMap<string, Pin> {
  const found = files.flatMap(({ path, bytes }) => {
    if (bytes.byteLength > lockBytesMax) return [];
    const text = Buffer.from(bytes).toString('utf8');
    if (/(^|\/)uv\.lock$|\.py\.lock$/.test(path)) return pinsOfUv(path, text);
    return /(^|\/)requirements\.txt$/.test(path) ? pinsOfRequirements(path, text) : [];
  });
  const pins = new Map<string, Pin>();
  const several = new Set<string>();
  for (const [name, pin] of found) {
    const before = pins.get(name);
    if (before !== undefined && before.version !== pin.version) several.add(name);
    pins.set(name, pin);
  }
  return new Map([...pins].filter(([name]) => !several.has(name)));
}

const uvLock = v.looseObject({
  package: v.array(
    v.looseObject({
      name: v.string(),
      version: v.exactOptional(v.string()),
      source: v.looseObject({ registry: v.exactOptional(v.string()) }),
      wheels: v.optional(v.array(v.looseObject({ hash: v.exactOptional(v.string()) })), []),
    }),
  ),
});

function pinsOfUv(path: string, text: string): [string, Pin][] {
  const lock = v.safeParse(uvLock, tomlOf(text));
  if (!lock.success) return [];
  return lock.output.package.flatMap(({ name, source, version = '', wheels }) =>
    source.registry === undefined
      ? []
      : pin(
          path,
          name,
          version,
          wheels.map(({ hash = '' }) => hash),
        ),
  );
}

function tomlOf(text: string): unknown {
  try {
    return parseTomlValue(text);
  } catch {
    return undefined;
  }
}

function pinsOfRequirements(path: string, text: string): [string, Pin][] {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, name = '', version = ''] =
      /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^\s;#]+)/.exec(line) ?? [];
    const hashes = [...line.matchAll(/--hash=(sha256:[0-9a-f]{64})/g)].map(([, hash = '']) => hash);
    return hashes.length === 0 ? [] : pin(path, name, version, hashes);
  });
}

function pin(
  path: string,
  name: string,
  version: string,
  hashes: readonly string[],
): [string, Pin][] {
  const known = new Set(hashes.filter((hash) => /^sha256:[0-9a-f]{64}$/.test(hash)));
  // The tools read the pins by lines: a name with a line break would be an option of pip.
  if (!isPackageName('python', name) || !isPackageVersion(version) || known.size === 0) return [];
  return [[normalPackageName('python', name), { version, hashes: known, path }]];
}
