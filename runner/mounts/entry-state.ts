/**
 * Reads the state of one path in a folder by descriptor, without following links. The runner does
 * not read entries of other users.
 */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { EntryState } from '../../skills-index/run/changes/changes.ts';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { requireOwner } from '../files/ownership.ts';
import { takeTurns, textOf, withHandle, withParentIfThere } from '../files/walk-folder.ts';

/** Bytes of a file of the host that the runner reads to record the file's state before a change. */
export const changedBytesMax = 200 * 1024 * 1024;

/**
 * Returns the present state of a path. Returns undefined when the path is free, or leads to an
 * entry that is no file, folder or link.
 * @param owners users whose entries may be read
 * @throws ForeignEntry when the entry belongs to another user
 */
export async function stateAt(
  root: string,
  path: string,
  owners: Owners,
): Promise<EntryState | undefined> {
  const found = withParentIfThere(root, path, owners, (at) =>
    withHandle(at, (self, stats) => {
      requireOwner(owners, stats);
      if (stats.isFile() && stats.size <= changedBytesMax)
        return { stats, file: fs.openSync(self, 'r') };
      return { stats, link: stats.isSymbolicLink() ? fs.readlinkSync(at, 'latin1') : undefined };
    }),
  );
  if (found === undefined) return undefined;
  if (found.file !== undefined) return fileState(found.stats, ...(await digestOfFile(found.file)));
  return found.stats.isFile() ? largeFile(found.stats) : stateOf(found.stats, found.link);
}

/** Returns the content of a file, unless the file is larger than `bytesMax`. */
export function contentAt(
  root: string,
  path: string,
  owners: Owners,
  bytesMax: number,
): Uint8Array | undefined {
  return withParentIfThere(root, path, owners, (at) =>
    withHandle(at, (self, stats) => {
      requireOwner(owners, stats);
      return stats.isFile() && stats.size <= bytesMax ? fs.readFileSync(self) : undefined;
    }),
  );
}

/** Returns when the entry at a path last changed in any way (ctime). */
export function changedAt(root: string, path: string, owners: Owners): number | undefined {
  return withParentIfThere(root, path, owners, (at) => fs.lstatSync(at).ctimeMs);
}

type Read = { readonly state: EntryState | undefined; readonly content?: Uint8Array };

/** Returns the state of an open entry. For a file, the state includes the content. */
export function readContent(self: string, stats: fs.Stats, link: string | undefined): Read {
  if (!stats.isFile()) return { state: stateOf(stats, link) };
  const content = fs.readFileSync(self);
  return { state: fileState(stats, digestOf(content), content.length), content };
}

function stateOf({ mode, uid, gid }: fs.Stats, link: string | undefined): EntryState | undefined {
  if (link !== undefined) return { kind: 'link', to: textOf(link), uid, gid };
  const isFolder = (mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR;
  return isFolder ? { kind: 'folder', mode: mode & 0o7777, uid, gid } : undefined;
}

function fileState({ mode, uid, gid }: fs.Stats, sha256: Digest, bytes: number): EntryState {
  return { kind: 'file', sha256, bytes, mode: mode & 0o7777, uid, gid };
}

// A file above the size limit is larger than any run may write, so a change can only delete or
// replace the file. Identity, time and size show whether such a file changed; reading the file
// would take long.
function largeFile(stats: fs.Stats): EntryState {
  const { dev, gid, ino, mode, mtimeMs, size, uid } = stats;
  const sha256 = digestOf(`${dev}:${ino} ${mtimeMs} ${size}`);
  return { kind: 'file', sha256, bytes: size, mode: mode & 0o7777, uid, gid, by: 'identity' };
}

// Read a file in pieces, so that other work of this process runs between the pieces.
async function digestOfFile(file: number): Promise<[Digest, number]> {
  const turn = takeTurns();
  try {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(1024 * 1024);
    let bytes = 0;
    for (let read = fs.readSync(file, piece); read > 0; read = fs.readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
      bytes += read;
      await turn();
    }
    return [parseDigest(`sha256:${hash.digest('hex')}`), bytes];
  } finally {
    fs.closeSync(file);
  }
}
