/**
 * Finds the stored set of a skill's packages at a start, and verifies the set: a set whose files
 * have the recorded states is whole, and the files of any other set are hashed again.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { packageSetKey } from '../../skills-index/packages/package-set.ts';
import type { PackageSetFact } from '../../skills-index/run/plan/plan-input.ts';
import type { PackageCapability } from '../../skills-index/skill/capability.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';

/** The record of a set. */
export interface SetRecord {
  readonly schema: 'skillgate.package-set/1';
  readonly ecosystem: Ecosystem;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly bytes: number;
  /** The files that are compiled code of the machine. */
  readonly native: number;
  /** The state of the interpreter for which the set was made. */
  readonly python?: string;
  /** The state of all files and folders of the set. */
  readonly state: string;
}

/** A file or folder of a set. */
export interface SetEntry {
  readonly path: string;
  /** SHA-256 in hexadecimal digits; undefined for a folder. */
  readonly sha256?: string;
}

export function setFolder(data: string, key: string): string {
  return join(data, 'packages', 'sets', key);
}

/** The folder of a set that a sandbox mounts. */
export function setTree(folder: string): string {
  return join(folder, 'tree');
}

/**
 * Finds the set of the packages of one ecosystem.
 * @param python the interpreter of this host
 */
export function findSet(
  data: string,
  ecosystem: Ecosystem,
  packages: readonly PackageCapability[],
  python: string | undefined,
): PackageSetFact {
  const folder = setFolder(data, packageSetKey(ecosystem, packages));
  const record = readRecord(folder);
  if (record === undefined)
    return {
      code: 'packages-missing',
      why: `this host does not have its packages of ${ecosystem}`,
    };
  if (record.python !== undefined && record.python !== interpreterState(python))
    return {
      code: 'packages-missing',
      why: 'python3 of this host has changed since its packages were stored',
    };
  const why = whyNotWhole(folder, record);
  if (why !== undefined) return { code: 'packages-damaged', why };
  // The time of the folder is the time of its last use.
  fs.utimesSync(folder, new Date(), new Date());
  return { path: setTree(folder) };
}

/** Returns undefined for a set that is not there. */
export function readRecord(folder: string): SetRecord | undefined {
  const path = join(folder, 'set.json');
  return fs.existsSync(path) ? (JSON.parse(fs.readFileSync(path, 'utf8')) as SetRecord) : undefined;
}

/** Returns why the files of a set are not those that were stored; undefined for a whole set. */
export function whyNotWhole(folder: string, record: SetRecord): string | undefined {
  const tree = setTree(folder);
  const entries = readEntries(folder);
  if (stateOf(tree, entries) === record.state) return undefined;
  const why = firstDifference(tree, entries);
  // A new link to a file in another set changes the state of the file, and no byte.
  if (why === undefined) writeRecord(folder, { ...record, state: stateOf(tree, entries) ?? '' });
  return why;
}

/** Puts a record in its place at once, so that no start reads half of the record. */
export function writeRecord(folder: string, record: SetRecord): void {
  const path = join(folder, `set.${process.pid}.new`);
  fs.writeFileSync(path, JSON.stringify(record), { mode: 0o600 });
  fs.renameSync(path, join(folder, 'set.json'));
}

/**
 * The state of the files: a digest of what changes with each change of a file. The kernel itself
 * sets the time of the last change (ctime), also of a folder that loses or gets a file.
 * @returns undefined when a file is missing
 */
export function stateOf(tree: string, entries: readonly SetEntry[]): string | undefined {
  // Numbers in one buffer: texts would take a third longer, and a set may have 10,000 files.
  const states = new Float64Array(entries.length * 4);
  for (const [index, { path }] of entries.entries()) {
    const found = fs.lstatSync(`${tree}/${path}`, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    states.set([found.ino, found.size, found.ctimeMs, found.mode], index * 4);
  }
  return createHash('sha256').update(states).digest('hex');
}

/** Lines of `SHA-256 PATH`; a folder has hyphens in the place of the digest. */
export function printEntries(entries: readonly SetEntry[]): string {
  return entries.map(({ path, sha256 = noDigest }) => `${sha256} ${path}`).join('\n');
}

const noDigest = '-'.repeat(64);

function readEntries(folder: string): SetEntry[] {
  const lines = fs.readFileSync(join(folder, 'files'), 'utf8').split('\n');
  return lines.map((line) => {
    const sha256 = line.slice(0, noDigest.length);
    const path = line.slice(noDigest.length + 1);
    return sha256 === noDigest ? { path } : { path, sha256 };
  });
}

function firstDifference(tree: string, entries: readonly SetEntry[]): string | undefined {
  const known = new Set(entries.map(({ path }) => path));
  for (const { path, sha256 } of entries) {
    const at = `${tree}/${path}`;
    const found = fs.lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return `${path} of its stored packages is missing`;
    const isKind = sha256 === undefined ? found.isDirectory() : found.isFile();
    if (!isKind || (found.mode & 0o222) !== 0)
      return `${path || 'the folder'} of its stored packages has another type or mode`;
    if (sha256 === undefined) {
      const added = fs
        .readdirSync(at)
        .find((name) => !known.has(path === '' ? name : `${path}/${name}`));
      if (added !== undefined) return `its stored packages have the new file ${join(path, added)}`;
    } else if (createHash('sha256').update(fs.readFileSync(at)).digest('hex') !== sha256)
      return `${path} of its stored packages has changed`;
  }
  return undefined;
}

/** The state of an interpreter: an update of the system changes the state. */
export function interpreterState(path: string | undefined): string {
  if (path === undefined) return '';
  const { dev, ino, mtimeMs, size } = fs.statSync(path);
  return [path, dev, ino, size, mtimeMs].join(' ');
}
