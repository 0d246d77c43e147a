/**
 * The base programs of this host, which every sandbox has, and one folder with copies of them. A
 * sandbox binds the folder once: a bind for each of the programs would take tens of milliseconds.
 */
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BaseProgram } from '../../skills-index/run/plan/plan-input.ts';
import { basePrograms } from '../../skills-index/skill/base-programs.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { findProgram } from './host.ts';

/** Days after which the runner deletes copies of programs that no run has used. */
const baseFolderDaysMax = 7;

/** A folder with copies of base programs, and the copy's file name for each program. */
export interface BaseFolder {
  readonly path: string;
  readonly links: ReadonlyMap<string, string>;
}

// A file with a shell in it would then be in every sandbox. busybox and toybox are one file for
// many programs, by symbolic or hard links, and take the program from the name of the link.
const manyInOne = /^(busybox|toybox)/;
const notBase = 'busybox toybox sh ash bash dash ksh mksh zsh perl python3 ruby lua'.split(' ');

/**
 * Finds the base programs that this host has.
 * @param find finds a program of the system
 */
export function findBase(find = findProgram): readonly BaseProgram[] {
  const inodeOf = (path: string): string => {
    const { dev, ino } = fs.statSync(path);
    return `${dev}:${ino}`;
  };
  const shells = new Set(notBase.flatMap((name) => find(name) ?? []).map(inodeOf));
  return [...basePrograms].flatMap((program): BaseProgram[] => {
    const path = find(program);
    if (path === undefined || manyInOne.test(basename(path)) || shells.has(inodeOf(path)))
      return [];
    const needs = scriptInterpreter(path);
    return [{ program, path, ...(needs === undefined ? {} : { needs }) }];
  });
}

function scriptInterpreter(path: string): string | undefined {
  const head = Buffer.alloc(64);
  const file = fs.openSync(path, 'r');
  try {
    fs.readSync(file, head, 0, head.length, 0);
  } finally {
    fs.closeSync(file);
  }
  return /^#! *\S*\/([^\s/]+)/.exec(head.toString('latin1'))?.[1];
}

/**
 * Returns the folder with copies of these programs below `paths.cache`. The function makes a
 * missing folder, and compares each copy of an existing folder with the system's file: the cache
 * may come from another host, and other programs of this user can write to the cache. Comparing
 * takes some 15 ms, so a record below `paths.data` says which copies were compared.
 * @returns undefined where the cache cannot hold programs: no space, no rights, or `noexec`
 */
export function baseFolder(
  programs: readonly Pick<BaseProgram, 'program' | 'path'>[],
  { cache, data }: { readonly cache: string; readonly data: string },
): BaseFolder | undefined {
  const names = new Map<string, string>();
  for (const { program, path } of programs) if (!names.has(path)) names.set(path, program);
  const links = new Map(programs.map(({ program, path }) => [program, names.get(path) ?? program]));
  const above = join(cache, 'programs');
  try {
    const key = keyOf(names);
    const path = join(above, key);
    const record = join(data, 'base-programs', key);
    if (!isWhole(path, names, record)) place(path, names, record);
    const [first = ''] = names.values();
    fs.accessSync(join(path, first), fs.constants.X_OK);
    // The time of the folder is the time of its last use.
    fs.utimesSync(path, new Date(), new Date());
    return names.size === 0 ? undefined : { path, links };
  } catch {
    return undefined;
  }
}

type Names = ReadonlyMap<string, string>;

// An update of the system changes the key.
function keyOf(names: Names): string {
  const facts = [...names].map(([path, name]) => {
    const { dev, ino, size, mtimeMs, ctimeMs } = fs.statSync(path);
    return [name, path, dev, ino, size, mtimeMs, ctimeMs].join(' ');
  });
  return hexOf(canonicalDigest(facts)).slice(0, 32);
}

// A file that is no copy would be one more program in every sandbox.
function isWhole(folder: string, names: Names, record: string): boolean {
  if (!fs.existsSync(folder) || fs.readdirSync(folder).length !== names.size) return false;
  const states = [...names.values()].map((name) => stateOf(join(folder, name)));
  if (states.includes(undefined)) return false;
  const state = canonicalDigest(states);
  if (fs.existsSync(record) && fs.readFileSync(record, 'utf8') === state) return true;
  const isCopy = ([path, name]: readonly [string, string]): boolean =>
    fs.readFileSync(join(folder, name)).equals(fs.readFileSync(path));
  if (![...names].every(isCopy)) return false;
  fs.mkdirSync(dirname(record), { recursive: true, mode: 0o700 });
  fs.writeFileSync(record, state, { mode: 0o600 });
  return true;
}

// The kernel sets the time of the last change (ctime) of a file itself.
function stateOf(copy: string): string | undefined {
  const found = fs.lstatSync(copy, { bigint: true, throwIfNoEntry: false });
  if (found?.isFile() !== true || (found.mode & 0o7777n) !== 0o555n) return undefined;
  return [copy, found.dev, found.ino, found.size, found.ctimeNs].join(' ');
}

function place(folder: string, names: Names, record: string): void {
  const above = dirname(folder);
  fs.mkdirSync(above, { recursive: true });
  removeUnused(above, dirname(record));
  const made = fs.mkdtempSync(join(above, 'new-'));
  for (const [path, name] of names) {
    fs.copyFileSync(path, join(made, name));
    fs.chmodSync(join(made, name), 0o555);
  }
  // The run's uid has to reach the programs.
  fs.chmodSync(made, 0o755);
  // Another runner may have placed the same folder, and its runs use that folder now.
  if (isWhole(folder, names, record)) fs.rmSync(made, { recursive: true });
  else {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(made, folder);
  }
}

// Earlier versions of the system's programs, which no run uses any more.
function removeUnused(above: string, records: string): void {
  const oldest = Date.now() - baseFolderDaysMax * 24 * 60 * 60 * 1000;
  for (const name of fs.readdirSync(above)) {
    const path = join(above, name);
    if (fs.lstatSync(path).mtimeMs >= oldest) continue;
    fs.rmSync(path, { recursive: true, force: true });
    fs.rmSync(join(records, name), { force: true });
  }
}
