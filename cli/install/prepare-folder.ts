/** How the folder of a skill gets to its place in one step, and back where something fails. */
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
import { sharedFolder } from './agent-folders.ts';
import { type InstalledFiles, isFolder, type Layout, linkTarget } from './skill-folder.ts';

export interface PreparedFolder {
  /** Moves everything to its place; where one move fails, all of them are taken back. */
  readonly commit: () => void;
  /** After `commit`: puts back what stood there. */
  readonly undo: () => void;
  /**
   * After `commit`: moves the folders that were replaced into a folder, which is returned;
   * undefined where there were none.
   */
  readonly keep: () => string | undefined;
  /** Removes what lies beside: what was not committed, or what was replaced. */
  readonly discard: () => void;
}

interface Swap {
  readonly at: string;
  /** Where lies what stood there. */
  readonly old: string | undefined;
}

/** Writes everything beside its place; `commit` then moves it there in one step each. */
export function prepareFolder(layout: Layout, files: InstalledFiles): PreparedFolder {
  const agents = join(layout.project, dirname(sharedFolder));
  const made = mkdirSync(agents, { recursive: true }) !== undefined;
  dropLeftovers(agents);
  const beside = mkdtempSync(join(agents, `${leftoverPrefix}${process.pid}-`));
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
const replacedPrefix = '.replaced-';

function keepReplaced(agents: string, folder: string, swaps: readonly Swap[]): string | undefined {
  const replaced = swaps.flatMap(({ old }) => (old !== undefined && isFolder(old) ? [old] : []));
  if (replaced.length === 0) return undefined;
  const kept = mkdtempSync(join(agents, `${replacedPrefix}${folder}-`));
  for (const old of replaced) renameSync(old, join(kept, basename(old)));
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

// What an interrupted installation left: the process that made it is gone.
function dropLeftovers(agents: string): void {
  for (const name of readdirSync(agents)) {
    const pid = new RegExp(`^\\${leftoverPrefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(agents, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
