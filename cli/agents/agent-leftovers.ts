/**
 * Folders of a removed agent: `$DATA/agents/NAME`, and folders that a removal set aside to delete.
 * The next agent with the same name must not get them.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as files from '../../runner/files/public.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Paths } from '../command.ts';
import { leftoversShownMax } from '../limits.ts';

// An agent's name has no dot.
const aside = '.removed-';

export function ownFolderOf({ data }: Pick<Paths, 'data'>, name: string): string {
  return join(data, 'agents', name);
}

/** The agent's own folder, and folders that earlier removals could not delete. */
export function foldersOf(paths: Pick<Paths, 'data'>, name: string): string[] {
  const folder = join(paths.data, 'agents');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((entry) => entry === name || entry.startsWith(`${name}${aside}`))
    .map((entry) => join(folder, entry));
}

/**
 * Deletes the identity's file and renames its folder, both or neither. A folder can be renamed even
 * where a part of it cannot be deleted.
 */
export function setAside(file: string, own: string): void {
  const away = `${own}${aside}${randomUUID()}`;
  const isThere = lstatSync(own, { throwIfNoEntry: false }) !== undefined;
  if (isThere) renameSync(own, away);
  try {
    rmSync(file, { recursive: true, force: true });
  } catch (cause) {
    if (isThere) renameSync(away, own);
    throw cause;
  }
}

/** @throws Problem that names the remaining paths and their owners */
export function deleteFolders(name: string, folders: readonly string[]): void {
  for (const folder of folders) {
    // By descriptor: the folder's owner may exchange a part of it for a link meanwhile.
    files.removeTree(folder);
    if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined)
      throw new Problem(
        'file-not-found',
        `Agent ${name} is removed, but part of its folder could not be deleted: ${folder}`,
        {
          reasons: foreignIn(folder).map((message) => ({ message })),
          hint: `Delete ${folder} as the user who owns it, or change its owner, then run again: skillgate agent remove ${name}`,
        },
      );
  }
}

/** @throws Problem `usage` where the new agent would get the memory of an earlier agent */
export function requireNoLeftover(paths: Pick<Paths, 'data'>, name: string): void {
  const own = ownFolderOf(paths, name);
  if (lstatSync(own, { throwIfNoEntry: false }) === undefined) return;
  throw new Problem(
    'usage',
    `Cannot create agent ${name}: it would get the memory of an earlier agent in ${own}`,
    {
      hint: `Delete what is left of the earlier agent: skillgate agent remove ${name}`,
    },
  );
}

function foreignIn(folder: string): string[] {
  const paths = [folder, ...entriesIn(folder).map((name) => join(folder, name))].filter((path) =>
    existsSync(path),
  );
  const foreign = paths
    .map((path) => ({ path, uid: lstatSync(path).uid }))
    .filter(({ uid }) => uid !== process.getuid?.());
  return foreign
    .slice(0, leftoversShownMax)
    .map(({ path, uid }) => `${path} belongs to user ${uid}`);
}

/**
 * The entries of a folder, or the path itself where it is not a readable folder. Links are not
 * followed.
 */
export function partsOf(path: string): string[] {
  if (!lstatSync(path).isDirectory()) return [path];
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [path];
  }
}

/** The paths below a folder, as far as this user may read it. */
export function entriesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? [
            entry.name,
            ...entriesIn(join(folder, entry.name)).map((below) => join(entry.name, below)),
          ]
        : [entry.name],
    );
  } catch {
    return [];
  }
}
