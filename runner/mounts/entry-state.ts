/** What lies at a path of a folder: read by descriptor, no link followed, and nothing of another user. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { EntryState } from '../../skills-index/run/changes.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { type Owners, requireOwner } from './ownership.ts';
import { textOf, withHandle, withParent } from './walk-folder.ts';

/**
 * What a path of a folder is now; undefined when it is not there, or nothing that changes speak of. No link is followed.
 * @param owners whose it may be; what belongs to somebody else is not read
 * @throws ForeignEntry
 */
export function stateAt(root: string, path: string, owners: Owners): EntryState | undefined {
  return lookAt(root, path, owners, (at, self, stats) => {
    requireOwner(owners, stats);
    const link = stats.isSymbolicLink() ? fs.readlinkSync(at, 'latin1') : undefined;
    return readState(self, stats, link);
  });
}

/** When a path of a folder last changed in any way. */
export function changedAt(root: string, path: string, owners: Owners): number | undefined {
  return lookAt(root, path, owners, (_at, _self, stats) => stats.ctimeMs);
}

type Look<Result> = (at: Buffer, self: string, stats: fs.Stats) => Result;

function lookAt<Result>(root: string, path: string, owners: Owners, look: Look<Result>): Result | undefined {
  try {
    return withParent(root, path, owners, (at) => withHandle(at, (self, stats) => look(at, self, stats)));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

type Read = { readonly state: EntryState | undefined; readonly content?: Uint8Array };

/** A file with its bytes, or anything else. */
export function readContent(self: string, stats: fs.Stats, link: string | undefined): Read {
  if (!stats.isFile()) return { state: readState(self, stats, link) };
  const content = fs.readFileSync(self);
  return { state: fileState(stats, digestOf(content), content.length), content };
}

function readState(self: string, stats: fs.Stats, link: string | undefined): EntryState | undefined {
  const { uid, gid } = stats;
  if (link !== undefined) return { kind: 'link', to: textOf(link), uid, gid };
  if (stats.isDirectory()) return { kind: 'folder', mode: stats.mode & 0o7777, uid, gid };
  return stats.isFile() ? fileState(stats, ...digestOfFile(self)) : undefined;
}

function fileState({ mode, uid, gid }: fs.Stats, sha256: Digest, bytes: number): EntryState {
  return { kind: 'file', sha256, bytes, mode: mode & 0o7777, uid, gid };
}

// Piece by piece: a large file of the folder is no limit for what a run may delete or replace.
function digestOfFile(self: string): [Digest, number] {
  const file = fs.openSync(self, 'r');
  try {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(1024 * 1024);
    let bytes = 0;
    for (let read = fs.readSync(file, piece); read > 0; read = fs.readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
      bytes += read;
    }
    return [parseDigest(`sha256:${hash.digest('hex')}`), bytes];
  } finally {
    fs.closeSync(file);
  }
}
