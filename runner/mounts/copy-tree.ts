/**
 * Copies a walked folder entry by entry, with owners, modes and times: into a private view, or out
 * of an ended one. A copied file never gets a setuid or setgid bit.
 */
import * as fs from 'node:fs';
import type { Owner } from '../files/owned-folder.ts';
import { bytesOf, type VisitedEntry, withHandle } from '../files/walk-folder.ts';

/** Gives the owner of an entry in the copy. */
export type OwnerInCopy = (stats: Owner) => Owner;

export interface TreeCopy {
  /** Copies an entry; the folder above comes first. Leaves out sockets and devices. */
  put(entry: VisitedEntry): void;
  /** Sets the modes of folders, after all entries. */
  finish(): void;
}

/** @param to the existing folder that gets the copies */
export function copyTree(to: string, ownerOf: OwnerInCopy = (stats) => stats): TreeCopy {
  const folders: (readonly [Buffer, fs.Stats])[] = [];
  return {
    put: ({ path, at, stats, link }) => {
      const copy = bytesOf(`${to}/${path}`);
      if (link !== undefined) {
        fs.symlinkSync(bytesOf(link), copy);
        const { uid, gid } = ownerOf(stats);
        if (process.getuid?.() === 0) fs.lchownSync(copy, uid, gid);
      }
      if (stats.isDirectory()) {
        fs.mkdirSync(copy, { mode: 0o700 });
        folders.push([copy, stats]);
      }
      if (stats.isFile())
        withHandle(at, (self, found) => {
          if (!found.isFile()) return;
          fs.copyFileSync(self, copy, fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL);
          copyAttributes(copy, found, ownerOf(found));
        });
    },
    finish: () => {
      for (const [at, stats] of folders.reverse()) copyAttributes(at, stats, ownerOf(stats));
    },
  };
}

/** Gives a copy the owner, mode and times of its original. */
export function copyAttributes(
  at: Buffer | string,
  stats: fs.Stats,
  { uid, gid }: Owner = stats,
): void {
  const { mode, atime, mtime } = stats;
  if (process.getuid?.() === 0) fs.chownSync(at, uid, gid);
  else setGroup(at, gid);
  // Set the mode after the group: in a folder with the setgid bit, new entries get the folder's
  // group.
  fs.chmodSync(
    at,
    mode & ((mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR ? 0o3777 : 0o1777),
  );
  fs.utimesSync(at, atime, mtime);
}

// The copy keeps the runner's group when the runner is not in the original group; a changed file
// then shows a changed group.
function setGroup(at: Buffer | string, gid: number): void {
  try {
    fs.chownSync(at, process.getuid?.() ?? 0, gid);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') throw cause;
  }
}
