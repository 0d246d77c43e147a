/**
 * Parses pylock.toml (PEP 751). Only wheels with a digest are taken: every other way to get a
 * package would run code at its installation, or has bytes that nobody pinned.
 */
import * as v from 'valibot';
import { isPackageName, normalPackageName } from '../../skill/ecosystem.ts';
import { isPackageVersion, packagesMax } from '../../skill/manifest-packages.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import type { FileHash, LockedFile, LockedPackage } from '../locked-package.ts';
import { isWheelOf } from '../wheel-name.ts';
import {
  finishWork,
  LockFaults,
  type LongWork,
  lockBytesMax,
  lockTextCharsMax,
} from './package-lock.ts';
import { countSigns, parseTomlText, tomlSignsMax } from './toml-value.ts';

const lockedFilesMax = 400;

const tomlPartCharsMax = 256 * 1024;

/**
 * Such signs, and characters, of one package in a lock: the parser takes 25 ms for them. uv writes
 * 2,600 signs and 51,000 characters for 154 wheels, the most in a lock of 173 packages. 400 wheels
 * have 7,200 signs and 140,000 characters.
 */
const tomlPartSignsMax = 8_000;

const text = v.pipe(v.string(), v.maxLength(lockTextCharsMax, 'is too long'));
const ignored = v.exactOptional(v.unknown());

const wheel = exactObject({
  name: v.exactOptional(text),
  url: v.exactOptional(text),
  path: v.exactOptional(text),
  size: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  hashes: v.exactOptional(v.record(v.string(), text)),
  'upload-time': ignored,
});

const lockShape = exactObject({
  'lock-version': v.literal('1.0', 'is not "1.0"'),
  packages: v.optional(
    boundedList(
      exactObject({
        name: text,
        version: v.exactOptional(text),
        marker: v.exactOptional(text),
        'requires-python': v.exactOptional(text),
        wheels: v.exactOptional(boundedList(wheel, lockedFilesMax)),
        sdist: ignored,
        vcs: ignored,
        directory: ignored,
        archive: ignored,
        index: ignored,
        dependencies: ignored,
        'attestation-identities': ignored,
        tool: ignored,
      }),
      packagesMax,
    ),
    [],
  ),
  'created-by': ignored,
  'requires-python': ignored,
  environments: ignored,
  extras: ignored,
  'dependency-groups': ignored,
  'default-groups': ignored,
  tool: ignored,
});

type Lock = v.InferOutput<typeof lockShape>;
type Entry = Lock['packages'][number];

/**
 * @param path the lock's path in messages
 * @throws Problem `package-lock-invalid` with every reason
 */
export function parsePylock(bytes: Uint8Array, path: string): LockedPackage[] {
  return finishWork(parsePylockInSteps(bytes, path));
}

/** `parsePylock` for a server: a step for each package. */
export function* parsePylockInSteps(bytes: Uint8Array, path: string): LongWork<LockedPackage[]> {
  const faults = new LockFaults(path);
  const value = yield* tomlOf(bytes, faults);
  const lock = parseShape(lockShape, unplaced(value, path), 'package-lock-invalid', path);
  for (const key of ['extras', 'dependency-groups'] as const)
    if (Array.isArray(lock[key]) && lock[key].length > 0)
      faults.add(`${key}: a skill has one set of packages; lock without ${key}`);
  const packages: LockedPackage[] = [];
  for (const entry of lock.packages) {
    packages.push(lockedOf(entry, faults));
    yield;
  }
  const keys = packages.map(({ name, version }) => `${name} ${version}`);
  for (const twice of new Set(keys.filter((key, at) => keys.indexOf(key) !== at)))
    faults.add(`${twice} is there twice`);
  faults.requireNone();
  return packages;
}

function* tomlOf(bytes: Uint8Array, faults: LockFaults): LongWork<unknown> {
  if (bytes.byteLength > lockBytesMax)
    faults.add(`it has ${bytes.byteLength} bytes; at most ${lockBytesMax}`);
  faults.requireNone();
  try {
    return yield* parsePylockParts(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof LockTooLarge) faults.add(cause.message);
    else
      faults.add(`it is not valid TOML: ${cause instanceof Error ? cause.message : 'unreadable'}`);
    faults.requireNone();
    return undefined;
  }
}

function lockedOf(entry: Entry, faults: LockFaults): LockedPackage {
  const { name, version = '', marker, wheels = [] } = entry;
  const requiresPython = entry['requires-python'];
  const about = `${name} ${version}`.trim();
  const fault = (message: string): void => faults.add(`${about}: ${message}`);
  if (!isPackageName('python', name) || normalPackageName('python', name) !== name)
    fault('its name is not in the normal form of PEP 503');
  else if (entry.vcs !== undefined) fault(`it comes from version control. ${onlyWheels}`);
  else if (entry.directory !== undefined) fault(`it comes from a folder. ${onlyWheels}`);
  else if (entry.archive !== undefined) fault(`it comes from an address. ${onlyWheels}`);
  else if (!isPackageVersion(version)) fault('it has no exact version');
  else if (wheels.length === 0)
    fault(
      `it has only a source distribution, which would run code at its installation. ${onlyWheels}`,
    );
  const files = wheels.flatMap((one) => wheelFile(one, { name, version }, fault));
  const names = files.map((file) => file.name);
  if (new Set(names).size < names.length) fault('two of its wheels have one name');
  return {
    ecosystem: 'python',
    name,
    version,
    ...(marker === undefined ? {} : { marker }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

const onlyWheels = 'A skill takes wheels of an index only';

function wheelFile(
  one: NonNullable<Entry['wheels']>[number],
  { name, version }: Pick<LockedPackage, 'name' | 'version'>,
  fault: (message: string) => void,
): LockedFile[] {
  const file = one.name ?? fileNameOf(one.url ?? '');
  const shown = file ?? 'a wheel';
  if (one.path !== undefined) fault(`${shown} lies in a folder of the author. ${onlyWheels}`);
  else if (one.url !== undefined && !/^https?:\/\//i.test(one.url))
    fault(`${shown} has the address ${JSON.stringify(one.url.slice(0, 80))}, which is not https`);
  else if (file === undefined || !isWheelOf(name, version, file))
    fault(`${JSON.stringify(shown)} is not the name of a wheel of this package and version`);
  else {
    const hash = hashOf(one.hashes ?? {});
    if (hash !== undefined)
      return [{ name: file, hash, ...(one.size === undefined ? {} : { size: one.size }) }];
    const others = Object.keys(one.hashes ?? {});
    fault(
      others.length === 0
        ? `${file} has no hash`
        : `${file} has no SHA-256, only ${others.join(', ').slice(0, 80)}`,
    );
  }
  return [];
}

/** The name of the file at an address; undefined for a text that is no address. */
export function fileNameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return undefined;
  }
}

function hashOf(hashes: Readonly<Record<string, string>>): FileHash | undefined {
  const { sha256 = '', sha512 = '' } = hashes;
  if (/^[0-9a-f]{64}$/.test(sha256)) return `sha256:${sha256}`;
  return /^[0-9a-f]{128}$/.test(sha512) ? `sha512:${sha512}` : undefined;
}

// Parses a pylock.toml package by package. The parser of TOML needs most of a second for a lock of
// 300 packages, and a registry must answer others meanwhile.

/** A lock that would take too long to parse. */
class LockTooLarge extends Error {}

type Table = Readonly<Record<string, unknown>>;

/**
 * The value of a lock; a step for each package.
 * @throws LockTooLarge; Error for a text that is not TOML
 */
export function* parsePylockParts(text: string): LongWork<Table> {
  const signs = countSigns(text);
  if (signs > tomlSignsMax)
    throw new LockTooLarge(
      `it has ${signs} line ends and signs = , . [ {; at most ${tomlSignsMax}. Lock fewer packages`,
    );
  const merged = new Map<string, unknown>();
  const packages: unknown[] = [];
  const parts = partsOf(text);
  // One part lies before the packages. Hundred thousand empty packages would take seconds.
  if (parts.length > packagesMax + 1)
    throw new LockTooLarge(`it has ${parts.length - 1} packages; at most ${packagesMax}`);
  for (const part of parts) {
    requireSmall(part);
    for (const [key, value] of Object.entries(parseTomlText(part) as Table))
      if (key === 'packages' && part.startsWith(header)) packages.push(...listed(value));
      else if (merged.has(key)) throw new RangeError(`the key ${key} is in two places`);
      else merged.set(key, value);
    yield;
  }
  if (packages.length === 0) return Object.fromEntries(merged);
  if (merged.has('packages')) throw new RangeError('the key packages is in two places');
  return { ...Object.fromEntries(merged), packages };
}

const header = '[[packages]]';

/** What lies before the packages, and each package with the tables behind it. */
function partsOf(text: string): string[] {
  // Only in a text over several lines can a line that begins with the header be anything else.
  return /"""|'''/.test(text) ? [text] : text.split(/(?<=\n)(?=\[\[packages\]\])/);
}

function requireSmall(part: string): void {
  const signs = countSigns(part);
  if (part.length <= tomlPartCharsMax && signs <= tomlPartSignsMax) return;
  const [, name] = /^name = ("[^"\n]{1,100}")/m.exec(part) ?? [];
  const what = part.startsWith(header) ? `the package ${name ?? 'without a name'}` : 'a part';
  throw new LockTooLarge(
    `${what} has ${part.length} characters and ${signs} line ends and signs = , . [ {; at most ${tomlPartCharsMax} and ${tomlPartSignsMax}. Write each package below a line [[packages]], as uv and pip do, without wheels that nobody needs`,
  );
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
