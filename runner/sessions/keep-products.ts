/**
 * Keeps the build products of an ended session for the agent's next session. The copies hold files,
 * folders and links alone, without setuid bits. Only sandboxes of the same agent and workspace
 * follow their links or run their files.
 */

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { KeptFolder, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import { foldersAbove } from '../../skills-index/skill/bundle-path.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { createLockFile, holderLives, unlock, withLock } from '../files/lock.ts';
import { ownersOf } from '../files/ownership.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import { removeTree } from '../files/remove-tree.ts';
import {
  bytesOf,
  folderOnly,
  pathOnly,
  textOf,
  type VisitedEntry,
  walkFolder,
  withParent,
} from '../files/walk-folder.ts';
import { copyTree } from '../mounts/copy-tree.ts';
import type { KeptProducts } from '../mounts/kept-folders.ts';
import { keptEntriesMax, type View } from '../mounts/views.ts';

/**
 * Bytes, entries and folders of build products that one agent keeps for one workspace. Days after
 * which the runner deletes kept products that no session has used.
 */
const keptBytesMax = 1024 * 1024 * 1024;

const keptFoldersMax = 200;

const keptDaysMax = 30;

const keptListBytesMax = 1024 * 1024;

interface CacheOfSession {
  readonly cache: string;
  readonly session: string;
  readonly workspace: string;
  /** The products that the session began with. */
  readonly base: KeptProductList | undefined;
  /** When the session began, in milliseconds. */
  readonly opened: number;
}

type KeptEntry = KeptProductList['folders'][number];

/** Copies the products. A product that does not fit is left out whole, with the reason. */
export async function keepProducts(
  own: CacheOfSession,
  view: View,
  products: readonly string[],
): Promise<KeptProducts> {
  const { base, cache, session } = own;
  const before = new Map((base?.folders ?? []).map((one) => [one.path, one]));
  const isSame = (path: string): boolean =>
    before.has(textOf(path)) && isUntouched(view.upper, path);
  if (products.length === before.size && products.every(isSame))
    return { kept: shownOf(base?.folders ?? []), left: [], commit: () => renew(own) };
  const generation = newGeneration(cache, session);
  const same = new Map(
    moveSame(own, generation, products.filter(isSame).map(textOf)).map((one) => [one.path, one]),
  );
  const left: LeftBehind[] = [];
  const folders: KeptEntry[] = [];
  const tree = fs.openSync(treeOf(cache, generation), folderOnly);
  const old =
    base === undefined ? undefined : fs.openSync(treeOf(cache, base.generation), folderOnly);
  try {
    for (const product of products) {
      const path = textOf(product);
      const room = roomBeside(folders);
      const found = same.get(path) ?? (await copyProduct({ view, tree, old, product, room }));
      const why = typeof found === 'string' ? found : whyNoRoom(room, found);
      if (typeof found !== 'string' && why === undefined) folders.push(found);
      else {
        removeProduct(treeOf(cache, generation), path);
        left.push({ path, why: `not kept for the next session: ${why}` });
      }
    }
  } finally {
    for (const descriptor of [tree, old]) if (descriptor !== undefined) fs.closeSync(descriptor);
  }
  const { opened, workspace } = own;
  const list = {
    schema: 'skillgate.kept/1',
    workspace,
    generation,
    at: new Date().toISOString(),
    folders,
  } as const;
  const commit = (): void =>
    withCache(cache, () => {
      if (!isClearedSince(cache, opened)) writeKeptProducts(cache, list);
    });
  return { kept: shownOf(folders), left, commit };
}

// Products that nobody touched change their generation without a copy, unless another session sees
// them.
function moveSame(
  { base, cache, session }: CacheOfSession,
  generation: string,
  paths: readonly string[],
): KeptEntry[] {
  if (base === undefined || paths.length === 0) return [];
  return withCache(cache, () => {
    const list = readKeptProducts(cache);
    if (list?.generation !== base.generation || isUsed(cache, base.generation, session)) return [];
    const moved = base.folders.filter(({ path }) => paths.includes(path));
    for (const { path } of moved) {
      const to = `${treeOf(cache, generation)}/${path}`;
      fs.mkdirSync(to.slice(0, to.lastIndexOf('/')), { recursive: true, mode: 0o700 });
      fs.renameSync(`${treeOf(cache, base.generation)}/${path}`, to);
    }
    writeKeptProducts(cache, {
      ...base,
      folders: base.folders.filter((one) => !moved.includes(one)),
    });
    return moved;
  });
}

// Another session may have named another generation meanwhile.
function renew({ base, cache }: CacheOfSession): void {
  if (base === undefined) return;
  withCache(cache, () => {
    if (readKeptProducts(cache)?.generation === base.generation)
      writeKeptProducts(cache, { ...base, at: new Date().toISOString() });
  });
}

interface Room {
  readonly bytes: number;
  readonly entries: number;
  readonly folders: number;
}

function roomBeside(folders: readonly KeptEntry[]): Room {
  const sum = (of: (one: KeptEntry) => number): number =>
    folders.reduce((all, one) => all + of(one), 0);
  return {
    bytes: keptBytesMax - sum(({ bytes }) => bytes),
    entries: keptEntriesMax - sum(({ entries }) => entries),
    folders: keptFoldersMax - folders.length,
  };
}

function whyNoRoom(room: Room, { bytes, entries }: Omit<KeptEntry, 'path'>): string | undefined {
  if (room.folders < 1) return `an agent keeps at most ${keptFoldersMax} folders for a workspace`;
  if (bytes <= room.bytes && entries <= room.entries) return undefined;
  return `an agent keeps at most ${keptBytesMax / 1024 / 1024} MiB and ${keptEntriesMax} entries for a workspace`;
}

interface Copied {
  readonly view: View;
  /** Descriptors of the new generation, and of the generation that the session began with. */
  readonly tree: number;
  readonly old: number | undefined;
  readonly product: string;
  readonly room: Room;
}

/** Returns the reason as text when the product cannot be kept. */
async function copyProduct({
  view,
  tree,
  old,
  product,
  room,
}: Copied): Promise<KeptEntry | string> {
  const root = `/proc/self/fd/${view.pin}`;
  const owners = ownersOf(fs.fstatSync(view.pin));
  const to = `/proc/self/fd/${tree}`;
  const sums = { files: 0, entries: 0, bytes: 0 };
  let top: number | undefined;
  try {
    for (const above of foldersAbove(product))
      fs.mkdirSync(bytesOf(`${to}/${above}`), { recursive: true, mode: 0o700 });
    top = withParent(root, product, owners, (at) => fs.openSync(at, pathOnly));
    const copy = copyTree(to);
    const isLinked = linker(to, view.upper === undefined ? undefined : old);
    const put = (entry: VisitedEntry): void => {
      const { stats } = entry;
      sums.entries++;
      if (!stats.isDirectory()) sums.files++;
      if (stats.isFile()) sums.bytes += stats.size;
      const why = whyNoRoom(room, sums);
      if (why !== undefined) throw new Error(why);
      if (!isLinked(entry)) copy.put(entry);
    };
    put(folderEntry(product, fs.fstatSync(top)));
    await walkFolder(`/proc/self/fd/${top}`, {
      restoresRights: true,
      visit: (entry) => {
        const { link, stats } = entry;
        const isKept = stats.isFile() || stats.isDirectory() || link !== undefined;
        if (isKept && owners.has(stats.uid)) put({ ...entry, path: `${product}/${entry.path}` });
        return isKept && owners.has(stats.uid);
      },
      fail: (_, cause) => {
        throw cause;
      },
    });
    copy.finish();
    return { path: textOf(product), ...sums };
  } catch (cause) {
    return (cause as Error).message;
  } finally {
    if (top !== undefined) fs.closeSync(top);
  }
}

function folderEntry(path: string, stats: fs.Stats): VisitedEntry {
  return { path, name: path, at: bytesOf(path), stats, link: undefined, siblings: new Set() };
}

// A file that the session saw and did not write has the change time of the kept file, which no run
// can set. Both generations then share the file, which nobody ever writes again.
function linker(to: string, old: number | undefined): (entry: VisitedEntry) => boolean {
  const at = (path: string): Buffer => bytesOf(`/proc/self/fd/${old}/${path}`);
  const keptAt = (path: string): fs.Stats | undefined =>
    fs.lstatSync(at(path), { throwIfNoEntry: false });
  const folders = new Map<string, boolean>();
  // The old generation may have a link in a folder's place. The link may lead to files of the host.
  const isFolder = (path: string): boolean => {
    if (path === '.') return true;
    const is =
      folders.get(path) ?? (isFolder(dirname(path)) && keptAt(path)?.isDirectory() === true);
    folders.set(path, is);
    return is;
  };
  return ({ path, stats }) => {
    if (old === undefined || !stats.isFile() || !isFolder(dirname(path))) return false;
    const kept = keptAt(path);
    if (kept?.isFile() !== true || kept.ctimeMs !== stats.ctimeMs || kept.size !== stats.size)
      return false;
    fs.linkSync(at(path), bytesOf(`${to}/${path}`));
    return true;
  };
}

function isUntouched(upper: number | undefined, path: string): boolean {
  if (upper === undefined) return false;
  return (
    fs.lstatSync(bytesOf(`/proc/self/fd/${upper}/${path}`), { throwIfNoEntry: false }) === undefined
  );
}

function shownOf(folders: readonly KeptEntry[]): KeptFolder[] {
  return folders.map(({ bytes, files, path }) => ({ path, files, bytes }));
}

// The build products that an agent keeps for a workspace: `$DATA/agents/AGENT/caches/WORKSPACE`.
// `kept.json` names the generation that the next session gets. A generation never changes while a
// session uses it, so that sessions at the same time do not disturb each other.

const number = v.pipe(v.number(), v.safeInteger('is not a whole number'));
const shape = exactObject({
  schema: v.literal('skillgate.kept/1'),
  workspace: v.string(),
  generation: v.pipe(v.string(), v.uuid('is not the name of a generation')),
  at: v.string(),
  // `entries` are files, links and folders.
  folders: v.array(
    exactObject({ path: v.string(), files: number, entries: number, bytes: number }),
  ),
});

export type KeptProductList = v.InferOutput<typeof shape>;

/** The folder with the build products of all workspaces of an agent. */
export function cachesFolderOf({ data }: { readonly data: string }, agent: string): string {
  return join(data, 'agents', agent, 'caches');
}

/** The list of what is kept; undefined when nothing readable is kept. */
export function readKeptProducts(cache: string): KeptProductList | undefined {
  try {
    const rule = { bytesMax: keptListBytesMax, secret: true, code: 'changes-invalid' } as const;
    const bytes = readPrivateFile(join(cache, listName), rule);
    if (bytes === undefined) return undefined;
    const list = parseShape(shape, parseJson(bytes, listName), 'changes-invalid', listName);
    return existsSync(treeOf(cache, list.generation)) ? list : undefined;
  } catch {
    // A damaged list costs the products, which a tool makes again.
    return undefined;
  }
}

export function treeOf(cache: string, generation: string): string {
  return join(cache, `${generation}.tree`);
}

/** Makes a new generation, which the session uses until `release`. */
function newGeneration(cache: string, session: string): string {
  const generation = randomUUID();
  use(cache, generation, session);
  mkdirSync(treeOf(cache, generation), { mode: 0o700 });
  return generation;
}

/** Marks a generation as used by a session. */
export function use(cache: string, generation: string, session: string): void {
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  createLockFile(join(cache, `${generation}${endOf(session)}`));
}

/** Ends the session's use of all generations, and deletes those that nobody needs. */
export function release(cache: string, session: string): void {
  withCache(cache, () => {
    for (const name of entriesOf(cache))
      if (name.endsWith(endOf(session))) unlock(join(cache, name));
    sweep(cache);
  });
}

/** Whether a session other than this one uses the generation. */
export function isUsed(cache: string, generation: string, session: string): boolean {
  return usesOf(cache, generation).some((name) => !name.endsWith(endOf(session)));
}

/** Runs `act` while no other process changes which generation is kept. */
export function withCache<Result>(cache: string, act: () => Result): Result {
  return withLock(join(cache, 'lock'), act);
}

/** Names the generation that the next session gets; without folders, it gets none. */
export function writeKeptProducts(cache: string, list: KeptProductList): void {
  if (list.folders.length === 0) rmSync(join(cache, listName), { force: true });
  else writePrivateFile(join(cache, listName), JSON.stringify(list));
}

/**
 * Deletes a product from a generation, with the empty folders above it: a folder that the
 * workspace lacks would show in the view.
 */
export function removeProduct(tree: string, path: string): void {
  removeTree(join(tree, path));
  for (const above of foldersAbove(path).reverse()) {
    try {
      rmdirSync(join(tree, above));
    } catch {
      // Another product lies there.
      return;
    }
  }
}

// Deletes generations that nobody uses and the list does not name.
function sweep(cache: string): void {
  const kept = readKeptProducts(cache)?.generation;
  for (const name of entriesOf(cache)) {
    const [, generation = ''] = /^([0-9a-f-]{36})\.tree$/.exec(name) ?? [];
    if (generation === '' || generation === kept || usesOf(cache, generation).length > 0) continue;
    removeTree(join(cache, name));
  }
}

/** Deletes an agent's products that no session has used for long. */
export function sweepOld(caches: string, now: number): void {
  for (const name of entriesOf(caches)) {
    const list = statSync(join(caches, name, listName), { throwIfNoEntry: false });
    if (list !== undefined && now - list.mtimeMs > keptDaysMax * 86_400_000)
      clearCache(join(caches, name));
  }
}

/**
 * Forgets what an agent keeps, for one workspace or for all. A session that runs goes on with its
 * products, and keeps none at its end, even when nothing is kept yet.
 * @returns whether such a workspace has a cache
 */
export function clearCaches(caches: string, workspace?: string): boolean {
  const names = entriesOf(caches).filter(
    (name) => workspace === undefined || name.replace(/(?:-\d+){3}$/, '') === workspace,
  );
  for (const name of names) clearCache(join(caches, name));
  return names.length > 0;
}

function clearCache(cache: string): void {
  withCache(cache, () => {
    writePrivateFile(join(cache, clearedName), '');
    rmSync(join(cache, listName), { force: true });
    sweep(cache);
  });
}

/** The caches of an agent with their lists, for people. */
export function listCaches(
  caches: string,
): { readonly folder: string; readonly list: KeptProductList }[] {
  return entriesOf(caches).flatMap((name) => {
    const list = readKeptProducts(join(caches, name));
    return list === undefined ? [] : [{ folder: join(caches, name), list }];
  });
}

/** Whether somebody cleared the cache at this time or later. */
function isClearedSince(cache: string, since: number): boolean {
  const cleared = statSync(join(cache, clearedName), { throwIfNoEntry: false });
  return cleared !== undefined && cleared.mtimeMs >= since;
}

const listName = 'kept.json';
const clearedName = 'cleared';

function endOf(session: string): string {
  return `.${session}.use`;
}

function usesOf(cache: string, generation: string): string[] {
  return entriesOf(cache).filter((name) => {
    if (!name.startsWith(`${generation}.`) || !name.endsWith('.use')) return false;
    if (holderLives(join(cache, name))) return true;
    unlock(join(cache, name));
    return false;
  });
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
