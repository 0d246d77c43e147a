/**
 * Copies a walked folder entry by entry, with owners, modes and times: into a private view, or out
 * of an ended one. A copied file never gets a setuid or setgid bit.
 */
import * as fs from 'node:fs';
import { bytesOf, type VisitedEntry, withHandle } from '../files/walk-folder.ts';

export interface TreeCopy {
  /** Copies an entry; the folder above comes first. Leaves out sockets and devices. */
  put(entry: VisitedEntry): void;
  /** Sets the modes of folders, after all entries. */
  finish(): void;
}

/** @param to the existing folder that gets the copies */
export function copyTree(to: string): TreeCopy {
  const folders: (readonly [Buffer, fs.Stats])[] = [];
  return {
    put: ({ path, at, stats, link }) => {
      const copy = bytesOf(`${to}/${path}`);
      if (link !== undefined) {
        fs.symlinkSync(bytesOf(link), copy);
        if (process.getuid?.() === 0) fs.lchownSync(copy, stats.uid, stats.gid);
      }
      if (stats.isDirectory()) {
        fs.mkdirSync(copy, { mode: 0o700 });
        folders.push([copy, stats]);
      }
      if (stats.isFile())
        withHandle(at, (self, found) => {
          if (!found.isFile()) return;
          fs.copyFileSync(self, copy, fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL);
          copyAttributes(copy, found);
        });
    },
    finish: () => {
      for (const [at, stats] of folders.reverse()) copyAttributes(at, stats);
    },
  };
}

/** Gives a copy the owner, mode and times of its original. */
export function copyAttributes(
  at: Buffer | string,
  { uid, gid, mode, atime, mtime }: fs.Stats,
): void {
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
