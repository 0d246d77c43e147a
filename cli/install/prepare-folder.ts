/** Puts the folder of a skill into place in one step, and restores the old one after a failure. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type InstalledFiles,
  isFolder,
  type Layout,
  linkTarget,
  placesOf,
  sharedFolder,
} from './skill-folder.ts';

export interface PreparedFolder {
  /** Moves all folders into place; if a move fails, all moves are undone. */
  readonly commit: () => void;
  /** After `commit`: restores the replaced folders. */
  readonly undo: () => void;
  /**
   * After `commit`: moves the replaced folders into a folder.
   * @returns that folder; undefined where no folder was replaced
   */
  readonly keep: () => string | undefined;
  /** Removes the temporary folders: uncommitted new ones, or replaced old ones. */
  readonly discard: () => void;
}

interface Swap {
  readonly at: string;
  /** The replaced folder. */
  readonly old: string | undefined;
}

/**
 * Writes all files to a temporary folder; `commit` then moves each folder in one step.
 * @param isEdited whether the folders that it replaces hold a person's changes
 */
export function prepareFolder(
  layout: Layout,
  files: InstalledFiles,
  isEdited = false,
): PreparedFolder {
  const agents = join(layout.project, dirname(sharedFolder));
  const made = mkdirSync(agents, { recursive: true }) !== undefined;
  dropLeftovers(layout.project);
  const mark = isEdited ? editedMark : '';
  const beside = mkdtempSync(join(agents, `${leftoverPrefix}${process.pid}-${mark}`));
  const discard = () => {
    rmSync(beside, { recursive: true, force: true });
    if (made && existsSync(agents) && readdirSync(agents).length === 0)
      rmSync(agents, { recursive: true });
  };
  try {
    for (const [path, file] of files) {
      const at = join(beside, 'new', path);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, file.bytes, { mode: file.executable ? 0o755 : 0o644, flag: 'wx' });
    }
  } catch (cause) {
    discard();
    throw cause;
  }
  const swaps: Swap[] = [];
  const undo = () => {
    for (const { at, old } of swaps.splice(0).reverse()) {
      rmSync(at, { recursive: true, force: true });
      if (old !== undefined) renameSync(old, at);
    }
  };
  const commit = () => {
    try {
      const target = join(layout.project, sharedFolder, layout.folder);
      swap(join(beside, 'new'), target, join(beside, 'old'), swaps);
      for (const parent of layout.agentFolders) pointTo(layout, parent, target, beside, swaps);
    } catch (cause) {
      undo();
      throw cause;
    }
  };
  return { commit, undo, keep: () => keepReplaced(agents, layout.folder, swaps), discard };
}

const leftoverPrefix = '.skillgate-';
const editedMark = 'edited-';
const replacedPrefix = '.replaced-';

/**
 * Moves the folders of a skill aside, because a person changed them.
 * @returns the folder that has them now
 */
export function setAside(layout: Layout): string | undefined {
  const folders = placesOf(layout).flatMap(({ at, parent }) =>
    isFolder(at) ? [{ from: at, name: parent.replaceAll('/', '-') }] : [],
  );
  return keepFolders(join(layout.project, dirname(sharedFolder)), layout.folder, folders);
}

function keepReplaced(agents: string, folder: string, swaps: readonly Swap[]): string | undefined {
  const replaced = swaps.flatMap(({ old }) =>
    old !== undefined && isFolder(old) ? [{ from: old, name: basename(old) }] : [],
  );
  return keepFolders(agents, folder, replaced);
}

function keepFolders(
  agents: string,
  folder: string,
  folders: readonly { readonly from: string; readonly name: string }[],
): string | undefined {
  if (folders.length === 0) return undefined;
  // An agent's folder may have a copy when the shared folder is gone.
  mkdirSync(agents, { recursive: true });
  const kept = mkdtempSync(join(agents, `${replacedPrefix}${folder}-`));
  for (const { from, name } of folders) renameSync(from, join(kept, name));
  return kept;
}

function pointTo(
  layout: Layout,
  parent: string,
  target: string,
  beside: string,
  swaps: Swap[],
): void {
  const at = join(layout.project, parent, layout.folder);
  const fresh = join(beside, parent.replaceAll('/', '-'));
  if (layout.copy) cpSync(target, fresh, { recursive: true });
  else symlinkSync(linkTarget(parent, layout.folder), fresh);
  swap(fresh, at, `${fresh}-old`, swaps);
}

function swap(fresh: string, at: string, old: string, swaps: Swap[]): void {
  mkdirSync(dirname(at), { recursive: true });
  const stands = lstatSync(at, { throwIfNoEntry: false }) !== undefined;
  if (stands) renameSync(at, old);
  swaps.push({ at, old: stands ? old : undefined });
  renameSync(fresh, at);
}

/** Removes what interrupted installations left, whose processes have ended. */
export function dropLeftovers(project: string): void {
  const agents = join(project, dirname(sharedFolder));
  for (const name of existsSync(agents) ? readdirSync(agents) : []) {
    const [, pid, mark] =
      new RegExp(`^\\${leftoverPrefix}(\\d+)-(${editedMark})?`).exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    // Whoever changed the folder gets it back, though the installation was killed.
    if (mark !== undefined) keepFolders(agents, 'interrupted', oldFoldersIn(join(agents, name)));
    rmSync(join(agents, name), { recursive: true, force: true });
  }
}

function oldFoldersIn(leftover: string): { readonly from: string; readonly name: string }[] {
  return readdirSync(leftover)
    .filter((name) => /(^|-)old$/.test(name) && isFolder(join(leftover, name)))
    .map((name) => ({ from: join(leftover, name), name }));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
