/**
 * Folders and files that the runner gives to another user, and what it reads in them. Whoever owns
 * a folder can put a link, a pipe or another folder into the place of any name in it, at any
 * moment. So the runner makes and gives an entry only while the folder above is its own. Later it
 * uses no path below the entry, but descriptors; test/house/given-folders.test.ts checks that.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { withHandle } from './walk-folder.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Makes an empty folder that only its new owner may enter. */
export function makeOwnedFolder(path: string, owner: Owner): void {
  requireOwnFolder(dirname(path));
  fs.mkdirSync(path, { mode: 0o700 });
  give(path, owner);
}

/** Gives one entry to a user. A runner that is not root can give nothing, and needs not. */
export function give(path: string, { gid, uid }: Owner): void {
  if (process.getuid?.() !== 0) return;
  requireOwnFolder(dirname(path));
  withHandle(path, (self) => fs.chownSync(self, uid, gid));
}

/**
 * Gives folders with everything in them. chown(1) works by descriptor and gives the top last; a
 * link in a folder is given, and the target of the link is not.
 */
export function giveTrees(paths: readonly string[], { gid, uid }: Owner): void {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) requireOwnFolder(dirname(path));
  execFileSync('/bin/chown', ['-R', '-h', '-P', `${uid}:${gid}`, '--', ...paths]);
}

/** Opens a file without following a link, and without waiting for the writer of a pipe. */
export function openForReading(path: Buffer | string): number {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
  return fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/**
 * The first bytes of a regular file with its status; undefined for anything else.
 * @throws as open(2)
 */
export function readHead(
  path: Buffer | string,
  bytesMax: number,
): { readonly bytes: Buffer; readonly stats: fs.Stats } | undefined {
  const file = openForReading(path);
  try {
    const stats = fs.fstatSync(file);
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(bytesMax, stats.size));
    return { bytes: bytes.subarray(0, fs.readSync(file, bytes, 0, bytes.length, 0)), stats };
  } finally {
    fs.closeSync(file);
  }
}

// In a sticky folder such as /tmp, users cannot replace the entries of other users.
function requireOwnFolder(path: string): void {
  const { mode, uid } = fs.statSync(path);
  const isOpen = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  if (isOpen || (uid !== 0 && uid !== process.getuid?.()))
    throw new Error(
      `${path} is not the runner’s alone: its owner could replace what is made there`,
    );
}
