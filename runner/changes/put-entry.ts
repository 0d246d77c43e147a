/**
 * Puts one accepted entry into its place. The owner of the folder can rename entries at any moment.
 * So owner, mode and access list are set through the descriptor of the new entry, never through a
 * name.
 */

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangedFolder, EntryState } from '../../skills-index/run/changes/changes.ts';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { ownersOf } from '../files/ownership.ts';
import {
  bytesOf,
  latinOf,
  pathOnly,
  takeTurns,
  withHandle,
  withParent,
} from '../files/walk-folder.ts';
import {
  haveAccessList,
  listNotKept,
  pathsInChild,
  runOnDescriptors,
} from '../mounts/access-lists.ts';

export interface PutOptions {
  /** Path in the folder that the run saw. */
  readonly path: string;
  /** Reads stored bytes by digest. */
  readonly read: (sha256: Digest) => Uint8Array;
  /**
   * Whether the new file gets exactly the access list of the replaced file, even when that file has
   * none.
   */
  readonly keepList: boolean;
  /** Whether the new entry at `self` inherited an access list that it must not have. */
  readonly mustRemoveList: (self: string) => boolean;
  /** The mode for the new entry at `self`. */
  readonly modeFor: (self: string, mode: number) => number;
  /** Throws when the replaced entry is not the judged one. */
  readonly requireJudged: (now: fs.Stats | undefined) => void;
  /** The time of the file's last change in the view, in milliseconds. */
  readonly modified: number | undefined;
  /** The attempt's secret for temporary names. */
  readonly secret: string;
}

/**
 * Creates an entry under a temporary name, sets its attributes, and renames it into place.
 * @throws Problem `changes-invalid`, `changes-conflict`
 */
export function putEntry(
  at: Buffer,
  after: EntryState,
  { mustRemoveList, keepList, modeFor, modified, path, read, requireJudged, secret }: PutOptions,
): void {
  const beside = temporaryPathOf(at, secret);
  const made = createEntry(beside, after, path);
  const self = `/proc/self/fd/${made}`;
  try {
    // Set the owner first: after a failure, no file of root may stay in the folder.
    setOwner(made, after);
    if (after.kind === 'file') write(made, after, read);
    if (keepList) copyAccessList(at, made, requireJudged);
    if (after.kind !== 'link' && mustRemoveList(self)) removeAccessList(made, after.kind);
    if (after.kind === 'file') fs.fchmodSync(made, modeFor(self, after.mode));
    if (after.kind === 'file' && modified !== undefined) setTime(made, modified);
    if (!isAt(beside, made)) throw replacedByOthers(path);
    requireJudged(fs.lstatSync(at, { throwIfNoEntry: false }));
    fs.renameSync(beside, at);
  } catch (cause) {
    // Another process's entry under this name must stay.
    if (isAt(beside, made)) remove(beside);
    throw cause;
  } finally {
    fs.closeSync(made);
  }
}

type Folder = Extract<EntryState, { kind: 'folder' }>;

/**
 * Gives the owner write access to an existing folder whose mode will change anyway, so that entries
 * can be put into it.
 */
export function makeFolderWritable(at: Buffer, after: Folder, owners: Owners): void {
  withFolder(at, after, owners, (self, { mode }) => {
    if ((mode & 0o700) !== 0o700) fs.chmodSync(self, (mode & 0o7777) | 0o700);
  });
}

/**
 * Sets group and mode of an existing folder after its entries are in place. The folder keeps its
 * owner; when the owner differs, it keeps its mode too.
 */
export function setFolder(
  at: Buffer,
  after: Folder,
  owners: Owners,
  modeFor: PutOptions['modeFor'],
): void {
  withFolder(at, after, owners, (self, stats) => {
    if (stats.gid !== after.gid) fs.chownSync(self, after.uid, after.gid);
    const mode = modeFor(self, after.mode);
    if ((stats.mode & 0o7777) !== mode) fs.chmodSync(self, mode);
  });
}

function withFolder(
  at: Buffer,
  { uid }: Folder,
  owners: Owners,
  act: (self: string, stats: fs.Stats) => void,
): void {
  withHandle(at, (self, stats) => {
    if (!stats.isDirectory() || !owners.has(stats.uid))
      throw replacedByOthers(at.subarray(at.lastIndexOf('/') + 1).toString('utf8'));
    if (stats.uid === uid) act(self, stats);
  });
}

function remove(at: Buffer): void {
  if (fs.lstatSync(at).isDirectory()) fs.rmdirSync(at);
  else fs.unlinkSync(at);
}

function isAt(at: Buffer, made: number): boolean {
  const found = fs.lstatSync(at, { throwIfNoEntry: false });
  const own = fs.fstatSync(made);
  return found?.ino === own.ino && found.dev === own.dev;
}

/** Creates an entry that only its creator can open, and returns its descriptor. */
function createEntry(beside: Buffer, after: EntryState, path: string): number {
  if (after.kind === 'file') return fs.openSync(beside, 'wx+', 0o600);
  if (after.kind === 'link') fs.symlinkSync(Buffer.from(after.to), beside);
  else fs.mkdirSync(beside, { mode: 0o700 });
  const made = fs.openSync(
    beside,
    after.kind === 'link' ? pathOnly : fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW,
  );
  const { nlink, uid, ...stats } = fs.fstatSync(made);
  const isOurs =
    uid === process.geteuid?.() &&
    (after.kind === 'link'
      ? (stats.mode & fs.constants.S_IFMT) === fs.constants.S_IFLNK && nlink === 1
      : (stats.mode & 0o777) === 0o700 && fs.readdirSync(`/proc/self/fd/${made}`).length === 0);
  if (isOurs) return made;
  fs.closeSync(made);
  throw replacedByOthers(path);
}

// Give the entry to the owner that the person saw. The owner of a replaced entry may be somebody
// else, who did not write these bytes.
function setOwner(made: number, { kind, uid, gid }: EntryState): void {
  const now = fs.fstatSync(made);
  if (now.uid === uid && now.gid === gid) return;
  // A link can only be opened with O_PATH, which fchown(2) rejects.
  if (kind === 'link') fs.chownSync(`/proc/self/fd/${made}`, uid, gid);
  else fs.fchownSync(made, uid, gid);
}

// A time in the future would keep builds from ever building again.
function setTime(made: number, modified: number): void {
  const now = Date.now();
  fs.futimesSync(made, now / 1000, Math.min(now, modified) / 1000);
}

function write(
  made: number,
  { sha256 }: Extract<EntryState, { kind: 'file' }>,
  read: PutOptions['read'],
): void {
  const bytes = read(sha256);
  if (digestOf(bytes) !== sha256)
    throw new Problem(
      'changes-invalid',
      `Cannot apply ${sha256}: the stored content has another digest`,
    );
  fs.writeFileSync(made, bytes);
  fs.fsyncSync(made);
}

function replacedByOthers(what: string): Problem {
  return new Problem(
    'changes-conflict',
    `Another process moved or replaced ${what} while changes were applied to its folder`,
    {
      hint: 'Find out which process writes to this folder, then accept again: skillgate changes accept continues where it stopped.',
    },
  );
}

// Temporary names for entries before they are renamed into place, and removal of the files that an
// interrupted attempt left. The names contain a secret of the attempt: otherwise anybody who can
// write to the folder, such as the run, could create an entry there first, to block the attempt or
// to get its own entry deleted.

/** A new secret for one attempt. */
export function newSecret(): string {
  return randomBytes(16).toString('hex');
}

/** Parses the secret; undefined for a file without one, as earlier versions wrote. */
export function parseSecret(text: string): string | undefined {
  return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}

/**
 * The temporary name of an entry in an attempt, in the same folder, because a rename does not cross
 * file systems.
 */
export function temporaryPathOf(at: Buffer, secret: string): Buffer {
  const name = at.subarray(at.lastIndexOf('/') + 1);
  const hash = hexOf(digestOf(Buffer.concat([bytesOf(secret), name]))).slice(0, 16);
  return Buffer.concat([at.subarray(0, at.length - name.length), bytesOf(`.skillgate-${hash}`)]);
}

/**
 * Removes the files that an interrupted attempt left. Entries that another process changed stay;
 * they block nothing, because the next attempt uses other names.
 */
export async function removeLeftovers(
  root: string,
  { changes }: ChangedFolder,
  secret: string,
): Promise<void> {
  const turn = takeTurns();
  const owners = ownersOf(fs.statSync(root));
  for (const { after, path } of changes) {
    await turn();
    if (after === undefined) continue;
    try {
      withParent(root, latinOf(path), owners, (at) =>
        removeOwn(temporaryPathOf(at, secret), after.uid),
      );
    } catch {
      // Another user may have replaced the entry or closed the folder.
    }
  }
}

function removeOwn(beside: Buffer, uid: number): void {
  const found = fs.lstatSync(beside, { throwIfNoEntry: false });
  // The entry still belongs to the user who created it, or to its final owner.
  if (found === undefined || ![process.geteuid?.(), uid].includes(found.uid)) return;
  if (found.isDirectory()) fs.rmdirSync(beside);
  else fs.unlinkSync(beside);
}

// Keeps the access control list (acl(5)) of a file whose content is replaced. Node cannot copy
// access lists, so the system's `cp` does, by descriptor.

/**
 * Copies the access list of the replaced file to the new file. When the replaced file has none, the
 * new file gets none, even if its folder would give it one.
 * @param to descriptor of the new file, which belongs to its final owner already
 * @param requireJudged throws when the replaced file is not the one that was judged
 */
function copyAccessList(from: Buffer, to: number, requireJudged: (now: fs.Stats) => void): void {
  const old = fs.openSync(from, pathOnly);
  try {
    const stats = fs.fstatSync(old);
    requireJudged(stats);
    // `cp` would block on a named pipe that replaced the file meanwhile.
    if (!stats.isFile()) throw listNotKept('another process replaced a file meanwhile');
    // `cp` would copy setuid and setgid bits together with the list.
    if ((stats.mode & 0o6000) !== 0)
      throw listNotKept('another process set setuid or setgid bits meanwhile');
    runOnDescriptors(
      '/bin/cp',
      ['--attributes-only', '--preserve=mode', ...pathsInChild([old, to])],
      [old, to],
    );
    const [before, after] = haveAccessList([old, to]);
    if (before !== after) throw listNotKept('cp of this host does not copy or remove access lists');
  } finally {
    fs.closeSync(old);
  }
}

/**
 * Removes the access list that a new entry inherited from its folder, and the default list of a new
 * folder.
 * @param made descriptor of the new entry; only its owner can use the entry until its mode is set
 */
function removeAccessList(made: number, kind: 'file' | 'folder'): void {
  // `cp` removes an access list by copying the attributes of an entry that has none.
  const plain = fs.mkdtempSync(join(tmpdir(), 'skillgate-plain-'));
  try {
    const [place = ''] = pathsInChild([made]);
    const file = join(plain, 'file');
    fs.writeFileSync(file, '', { mode: 0o600 });
    const [from, to, how] =
      kind === 'file' ? [file, place, '-T'] : [join(plain, 'folder'), `${place}/.`, '-rHT'];
    if (kind === 'folder') fs.mkdirSync(from, { mode: 0o700 });
    runOnDescriptors('/bin/cp', [how, '--attributes-only', '--preserve=mode', from, to], [made]);
    if (haveAccessList([made]).includes(true))
      throw listNotKept('cp of this host does not remove access lists');
  } finally {
    fs.rmSync(plain, { recursive: true, force: true });
  }
}
