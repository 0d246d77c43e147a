/** What a wheel needs, from its METADATA (PEP 566): the requirements that hold on one host. */
import * as v from 'valibot';
import { type Ecosystem, normalPackageName } from '../skill/ecosystem.ts';
import { Problem, type Reason } from '../skill/problem.ts';
import { type LockedFile, type LockedPackage, lockedKeys } from './locked-package.ts';
import { type HostPlatform, isMarked, isPythonIn, printPlatform } from './python-marker.ts';

/** Characters of its markers that name extras, counted for each extra. Honest: 5 million. */
const extraMarkerCharsMax = 20_000_000;

/** Requirements or extras that METADATA may have, with those of all systems and extras. */
const wheelNeedsMax = 2_000;

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

// What the metadata inside a package say. The package's author wrote them.

export interface PackageMetadata {
  readonly licence?: string;
  readonly requiresPython?: string;
}

/** The path of the file with the metadata, in an unpacked package. */
export const metadataPaths: Readonly<Record<Ecosystem, RegExp>> = {
  python: /^[^/]+\.dist-info\/METADATA$/,
  npm: /^package\.json$/,
};

/** Reads the text of the file with the metadata. What the text does not say is absent. */
export function parseMetadata(ecosystem: Ecosystem, text: string): PackageMetadata {
  return ecosystem === 'python' ? metadataOfWheel(text) : metadataOfNpm(text);
}

function metadataOfWheel(text: string): PackageMetadata {
  const lines = metadataLines(text);
  const [requiresPython] = metadataValues(lines, 'Requires-Python');
  const [expression] = metadataValues(lines, 'License-Expression');
  const licence = expression ?? shortLicence(lines) ?? classified(lines);
  return {
    ...(licence === undefined ? {} : { licence }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
}

/**
 * The lines of METADATA (PEP 566) with the fields, which end where the description begins. The
 * package's author chose the lines.
 */
export function metadataLines(text: string): string[] {
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  return head.split(/\r?\n/);
}

/** The values of a field, in the order of the lines. The case of a field's name means nothing. */
export function metadataValues(lines: readonly string[], field: string): string[] {
  const start = `${field.toLowerCase()}:`;
  return lines
    .filter((line) => line.toLowerCase().startsWith(start))
    .map((line) => line.slice(start.length).trim());
}

// Older metadata may have the whole text of a licence, whose further lines are indented.
function shortLicence(lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line) => /^license:/i.test(line));
  const text = lines[at]?.replace(/^license:\s*/i, '').trim() ?? '';
  const isLong = /^\s/.test(lines[at + 1] ?? '');
  return text === '' || isLong || text.toLowerCase() === 'unknown' ? undefined : text;
}

// The author chose the line, so it is cut and not matched: its spaces must cost no time.
function classified(lines: readonly string[]): string | undefined {
  const found = metadataValues(lines, 'Classifier').flatMap((line) => {
    const [kind = '', ...parts] = line.split('::');
    const licence = parts.at(-1)?.trim() ?? '';
    return kind.trim().toLowerCase() === 'license' && licence !== '' ? [licence] : [];
  });
  return found.length === 0 ? undefined : found.join(', ');
}

const manifest = v.looseObject({
  license: v.optional(v.union([v.string(), v.looseObject({ type: v.string() })])),
});

function metadataOfNpm(text: string): PackageMetadata {
  try {
    const { license } = v.parse(manifest, JSON.parse(text));
    if (license === undefined) return {};
    return { licence: typeof license === 'string' ? license : license.type };
  } catch {
    return {};
  }
}

// What each npm package of a lock needs: what Node finds for the package in the lock's places.

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

// Chooses the files of locked packages that one host needs.

export interface SelectedPackage {
  readonly package: LockedPackage;
  readonly file: LockedFile;
}

/**
 * Chooses one file for each package that the host needs. A package whose marker or system excludes
 * the host is not needed.
 * @throws Problem `package-unsuitable` with a reason for each package without a file for this host
 */
export function selectPackages(
  packages: readonly LockedPackage[],
  host: HostPlatform,
): SelectedPackage[] {
  const reasons: Reason[] = [];
  const selected = packages.flatMap((one): SelectedPackage[] => {
    const answer = one.ecosystem === 'python' ? selectWheel(one, host) : selectTarball(one, host);
    if (answer === undefined) return [];
    if (typeof answer !== 'string') return [{ package: one, file: answer }];
    reasons.push({ message: `${one.name} ${one.version}: ${answer}` });
    return [];
  });
  const [first] = reasons;
  if (first === undefined) return selected;
  throw new Problem(
    'package-unsuitable',
    `Cannot use the packages on this host (${printPlatform(host)}): ${first.message}`,
    { reasons },
  );
}

/** Returns undefined for a package that the host does not need, and a text that says why not. */
function selectWheel(
  { files, marker, requiresPython }: LockedPackage,
  host: HostPlatform,
): LockedFile | string | undefined {
  const { python } = host;
  if (python === undefined) return 'this host has no python3';
  if (marker !== undefined && !isMarked(marker, host)) return undefined;
  if (requiresPython !== undefined && !isPythonIn(requiresPython, python.version))
    return `it needs Python ${requiresPython}`;
  let best: { readonly file: LockedFile; readonly fit: number } | undefined;
  for (const file of files) {
    const fit = wheelFit(file.name, host);
    if (fit !== undefined && fit > (best?.fit ?? -1)) best = { file, fit };
  }
  return best?.file ?? `the lock has wheels for ${tagsOf(files)} only`;
}

const shownTagsMax = 6;

function tagsOf(files: readonly LockedFile[]): string {
  const tags = [
    ...new Set(
      files.map(({ name }) =>
        name
          .replace(/\.whl$/, '')
          .split('-')
          .slice(-3)
          .join('-'),
      ),
    ),
  ];
  const more = tags.length - shownTagsMax;
  return `${tags.slice(0, shownTagsMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function selectTarball(
  { cpu, files, libc, optional, os }: LockedPackage,
  host: HostPlatform,
): LockedFile | string | undefined {
  const isFor =
    isListed(os, host.os) && isListed(cpu, host.cpu) && isListed(libc, host.libc?.name ?? '');
  if (!isFor)
    return optional === true
      ? undefined
      : `it is for ${[...(os ?? []), ...(cpu ?? []), ...(libc ?? [])].join(', ')} only`;
  return files[0] ?? 'the lock has no tarball';
}

// As npm reads these lists: `!win32` excludes, and any other entry allows.
function isListed(list: readonly string[] | undefined, own: string): boolean {
  if (list === undefined || list.length === 0 || list.includes('any')) return true;
  if (list.includes(`!${own}`)) return false;
  const wanted = list.filter((one) => !one.startsWith('!'));
  return wanted.length === 0 || wanted.includes(own);
}

// The tags in a wheel's file name (PEP 425, 600, 656), against an interpreter and its host: may
// this host use the wheel, and which of several wheels fits best.

/** How machines are named in tags. */
const machines: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/** The glibc of the older manylinux names (PEP 513, 571, 599). */
const oldManylinux: Readonly<Record<string, string>> = {
  manylinux1: '2.5',
  manylinux2010: '2.12',
  manylinux2014: '2.17',
};

/**
 * How well a wheel fits: a higher number is closer to the host.
 * @returns undefined when the host cannot use the wheel
 */
export function wheelFit(file: string, host: HostPlatform): number | undefined {
  const parts = /^(.+)\.whl$/.exec(file)?.[1]?.split('-') ?? [];
  const [platforms = '', abis = '', pythons = ''] = parts.toReversed();
  if (parts.length < 5 || parts.length > 6 || host.python === undefined) return undefined;
  const minor = /^3\.(\d+)/.exec(host.python.version)?.[1];
  if (minor === undefined) return undefined;
  const fits = pythons
    .split('.')
    .flatMap((python) =>
      abis
        .split('.')
        .flatMap((abi) => codeFit(python, abi, Number(minor), host.python?.implementation) ?? []),
    );
  const places = platforms.split('.').flatMap((platform) => platformFit(platform, host) ?? []);
  if (fits.length === 0 || places.length === 0) return undefined;
  return Math.max(...fits) * 1_000 + Math.max(...places);
}

function codeFit(
  python: string,
  abi: string,
  minor: number,
  implementation: string | undefined,
): number | undefined {
  const [, kind = '', digits = ''] = /^(cp|py)3(\d*)$/.exec(python) ?? [];
  const of = digits === '' ? 0 : Number(digits);
  if (kind === '' || of > minor) return undefined;
  if (abi === 'none') return kind === 'py' ? 1 : of === minor ? 100 : undefined;
  if (kind !== 'cp' || implementation !== 'cpython') return undefined;
  if (abi === `cp3${minor}` && of === minor) return 400;
  return abi === 'abi3' ? 200 + of : undefined;
}

function platformFit(platform: string, { cpu, libc, os }: HostPlatform): number | undefined {
  if (platform === 'any') return 0;
  const machine = machines[cpu];
  if (os !== 'linux' || machine === undefined || !platform.endsWith(`_${machine}`))
    return undefined;
  const kind = platform.slice(0, -machine.length - 1);
  if (kind === 'linux') return 1;
  const [, family = '', major, minor] = /^(many|musl)linux_(\d+)_(\d+)$/.exec(kind) ?? [];
  const needs = oldManylinux[kind] ?? (major === undefined ? undefined : `${major}.${minor}`);
  const wanted = family === 'musl' ? 'musl' : 'glibc';
  if (needs === undefined || libc?.name !== wanted) return undefined;
  const number = numberOf(needs);
  return number <= numberOf(libc.version) ? 10 + number : undefined;
}

function numberOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 100 + minor;
}
