/**
 * Finds the operator's advisories about a package. Three layouts exist: a folder for each package,
 * as the repository of the Open Source Security Foundation has; a folder of files; and the archives
 * that OSV publishes. The names of files do not say their package, so folders of files and archives
 * have notes.
 */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import {
  type Advisory,
  type AdvisoryKind,
  advisoryFiles,
  ecosystemOf,
  parseAdvisory,
} from '../../skills-index/run/indexes/advisory.ts';
import { type Ecosystem, normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type AdvisoryFiles,
  advisoryBytesMax,
  type FindAdvisories,
  notedAdvisories,
  openAdvisoryArchive,
  unreadable,
} from './advisory-archive.ts';

/** Advisories in one folder that has no folder for each package, and in one archive. */
const advisoriesMax = 300_000;

export interface AdvisorySource {
  /** The operator's folder; undefined where host policy names none. */
  readonly folder: string | undefined;
  /** The user's folder for what can be made again. */
  readonly cache: string;
  /** Called for each advisory while a folder or archive is read whole. */
  readonly onRead?: (path: string, read: number, total: number) => void;
}

/** Where mirrors have the folders of packages, beside the top of the folder. */
const deepLayouts = ['malicious/', 'osv/malicious/'];

/**
 * @throws Problem `host-policy-invalid` when the folder is absent or empty, has too many files, or
 * has an advisory that cannot be read: a package must not pass because its advisory was skipped
 */
export function openAdvisories(
  source: AdvisorySource,
  kind: AdvisoryKind = 'malware',
): FindAdvisories {
  const { folder } = source;
  if (folder === undefined) return () => [];
  const found = orUnreadable(folder, (path) => fs.statSync(path, { throwIfNoEntry: false }));
  if (found?.isDirectory() !== true)
    throw new Problem(
      'host-policy-invalid',
      `Cannot read advisories: there is no folder ${folder}`,
      { hint: 'name the folder of your OSV mirror: skillgate host advisories add folder DIR' },
    );
  const names = filesIn(folder);
  if (isBare(names))
    throw new Problem('host-policy-invalid', `Cannot read advisories: ${folder} is empty`, {
      hint: 'mount or fetch your OSV mirror, or: skillgate host advisories remove folder',
    });
  const top = ecosystemFolders(`${folder}/`, names);
  const deep = deepLayouts.flatMap((layout) => ecosystemFolders(`${folder}/${layout}`));
  const named = [...top, ...deep];
  const flat = [folder, ...top.map(({ path }) => path)].flatMap((path) => [
    ofFolder(source, path, kind),
    ofArchive(source, join(path, 'all.zip'), kind),
  ]);
  const foldersOf = packageFolders();
  return (ecosystem, name) => {
    const own = named
      .filter((one) => one.ecosystem === ecosystem)
      .flatMap(({ path }) => foldersOf(path, ecosystem, name))
      .flatMap((path) => namesIn(path, kind).map((file) => `${path}/${file}`));
    return [
      ...flat.flatMap((find) => find(ecosystem, name)),
      ...own.flatMap((path): readonly Advisory[] => parseAdvisory(readText(path), path)),
    ]
      .filter((one) => one.ecosystem === ecosystem && one.name === name)
      .filter(({ isMalware }) => isMalware || kind === 'all');
  };
}

// Such as the place of a mirror's file system that is not mounted.
function isBare(names: readonly string[]): boolean {
  return names.every((name) => name.startsWith('.') || name === 'lost+found');
}

// A session may begin before a mirror has the folders, so the usual names are always looked for.
function ecosystemFolders(
  above: string,
  names = filesIn(above),
): readonly { readonly ecosystem: Ecosystem; readonly path: string }[] {
  return [...new Set(['npm', 'pypi', 'PyPI', ...names])].flatMap((name) => {
    const ecosystem = ecosystemOf(name);
    return ecosystem === undefined ? [] : [{ ecosystem, path: `${above}${name}` }];
  });
}

/**
 * Finds the folders of a package. Mirrors name the folders as the advisories name the packages, in
 * lower case or not: `my_tool`, where the normal form is `my-tool`.
 */
function packageFolders() {
  const known = new Map<string, ReadonlyMap<string, readonly string[]>>();
  return (above: string, ecosystem: Ecosystem, name: string): readonly string[] => {
    // A start looks into some hundred of such folders, and join() takes longer than a look.
    if (ecosystem === 'npm')
      return [...new Set([name, name.toLowerCase()])].map((one) => `${above}/${one}`);
    const names = known.get(above) ?? byNormalName(ecosystem, filesIn(above));
    known.set(above, names);
    return (names.get(name) ?? []).map((one) => `${above}/${one}`);
  };
}

function byNormalName(
  ecosystem: Ecosystem,
  names: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const folders = names.filter((name) => !advisoryFiles.all.test(name));
  return Map.groupBy(folders, (name) => normalPackageName(ecosystem, name));
}

function ofArchive(source: AdvisorySource, path: string, kind: AdvisoryKind): FindAdvisories {
  return ofPlace(source, path, kind, () => openAdvisoryArchive(path, kind));
}

// The state of a folder of files needs a look at each file, so it is found once.
function ofFolder(source: AdvisorySource, path: string, kind: AdvisoryKind): FindAdvisories {
  let opened = openFolder(path, kind);
  return ofPlace(source, path, kind, (isAnew) => {
    if (isAnew) opened = openFolder(path, kind);
    return opened;
  });
}

function ofPlace(
  source: AdvisorySource,
  path: string,
  kind: AdvisoryKind,
  open: (isAnew: boolean) => AdvisoryFiles | undefined,
): FindAdvisories {
  return notedAdvisories(
    open,
    () => notePath(source, path, kind),
    source.onRead && ((read, total) => source.onRead?.(path, read, total)),
  );
}

function openFolder(folder: string, kind: AdvisoryKind): AdvisoryFiles | undefined {
  const names = namesIn(folder, kind);
  if (names.length === 0) return undefined;
  return {
    state: `${kind} ${folder} ${stateOf(folder, names)}`,
    list: () =>
      names.map((path) => ({ path, begin: 0, length: 0, size: 0, crc: 0, isStored: true })),
    read: (place) => {
      const path = join(folder, place.path);
      return { path, text: readText(path) };
    },
    close: () => {},
  };
}

function notePath({ cache }: AdvisorySource, path: string, kind: AdvisoryKind): string {
  const name = createHash('sha256').update(`${kind} ${path}`).digest('hex').slice(0, 16);
  return join(cache, 'advisories', `${name}.notes`);
}

// The kernel sets the time of the last change (ctime) itself, so a file that was written again in
// its place has another state.
function stateOf(folder: string, names: readonly string[]): string {
  const states = new Float64Array(names.length * 3);
  for (const [at, name] of names.entries()) {
    const { ctimeMs, ino, size } = orUnreadable(join(folder, name), (path) => fs.statSync(path));
    states.set([ino, size, ctimeMs], at * 3);
  }
  return createHash('sha256').update(names.join('\n')).update(states).digest('hex');
}

function readText(path: string): string {
  const found = orUnreadable(path, (file) => fs.statSync(file));
  if (!found.isFile()) throw unreadable(path, 'it is no file');
  if (found.size > advisoryBytesMax)
    throw unreadable(path, `it has ${found.size} bytes; at most ${advisoryBytesMax}`);
  return orUnreadable(path, (file) => fs.readFileSync(file, 'utf8'));
}

function orUnreadable<Result>(path: string, read: (path: string) => Result): Result {
  try {
    return read(path);
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : 'unknown', undefined, cause);
  }
}

function namesIn(folder: string, kind: AdvisoryKind): readonly string[] {
  const names = filesIn(folder)
    .filter((name) => advisoryFiles[kind].test(name))
    .sort();
  if (names.length > advisoriesMax)
    throw new Problem(
      'host-policy-invalid',
      `Cannot read ${folder}: it has more than ${advisoriesMax} advisories`,
      { hint: 'use the archive that OSV publishes for each ecosystem: ECOSYSTEM/all.zip' },
    );
  return names;
}

// Most packages have no folder, and an exception takes longer than a look.
function filesIn(folder: string): readonly string[] {
  const found = orUnreadable(folder, (path) => fs.statSync(path, { throwIfNoEntry: false }));
  return found?.isDirectory() === true ? orUnreadable(folder, (path) => fs.readdirSync(path)) : [];
}
