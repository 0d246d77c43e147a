/**
 * The build products that an agent keeps for a workspace: `$DATA/agents/AGENT/caches/WORKSPACE`.
 * `kept.json` names the generation that the next session gets. A generation never changes while a
 * session uses it, so that sessions at the same time do not disturb each other.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { foldersAbove } from '../../skills-index/skill/bundle-path.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { createLockFile, holderLives, unlock, withLock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import { removeTree } from '../files/remove-tree.ts';
import { keptDaysMax, keptListBytesMax } from '../limits.ts';

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

export type KeptList = v.InferOutput<typeof shape>;

/** The folder with the build products of all workspaces of an agent. */
export function cachesFolderOf({ data }: { readonly data: string }, agent: string): string {
  return join(data, 'agents', agent, 'caches');
}

/** The list of what is kept; undefined when nothing readable is kept. */
export function readKept(cache: string): KeptList | undefined {
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
export function newGeneration(cache: string, session: string): string {
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
export function writeKept(cache: string, list: KeptList): void {
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
  const kept = readKept(cache)?.generation;
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
export function listCaches(caches: string): { readonly folder: string; readonly list: KeptList }[] {
  return entriesOf(caches).flatMap((name) => {
    const list = readKept(join(caches, name));
    return list === undefined ? [] : [{ folder: join(caches, name), list }];
  });
}

/** Whether somebody cleared the cache at this time or later. */
export function isClearedSince(cache: string, since: number): boolean {
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
