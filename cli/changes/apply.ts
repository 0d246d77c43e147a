/** Applies changes that were accepted: by descriptor, so that nobody redirects it meanwhile; each file whole or not at all. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { stateAt } from '../../runner/mounts/entry-state.ts';
import { ForeignEntry, type Owners, ownersOf } from '../../runner/mounts/ownership.ts';
import { bytesOf, withHandle, withParent } from '../../runner/mounts/walk-folder.ts';
import { lookIn } from '../../runner/mounts/workspace.ts';
import { takeTurns } from '../../runner/turns.ts';
import { type Change, type ChangedFolder, type EntryState, type LeftBehind, sameState } from '../../skills-index/run/changes.ts';
import { whyLinkRefused } from '../../skills-index/run/left-behind.ts';
import { type FurtherNames, whyBytecodeRefused, whyPathRefused } from '../../skills-index/run/protected-names.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { copyAccessList, filesWithAccessList, pathOnly } from './access-lists.ts';

/**
 * Refuses what is neither as the run found it nor as accepted already.
 * @param root `/proc/self/fd/N` of the folder, which the caller holds
 * @param further names that host policy says are obeyed
 * @param begun whether it was begun before and cut off, so that what lies between both passes as well
 * @throws Problem `changes-conflict` with every path
 */
export async function refuseConflicts(
  root: string,
  { changes, conflicts }: ChangedFolder,
  further: FurtherNames,
  begun = false,
): Promise<void> {
  const turn = takeTurns();
  const touched = new Set(conflicts);
  const goes = new Set(changes.filter((one) => one.after?.kind !== one.before?.kind).map((one) => one.path));
  const owners = ownersOf(fs.statSync(root));
  const why = ({ path, before, after }: Change): string | undefined => {
    if (touched.has(path)) return 'somebody else changed it while the run went on';
    if (after !== undefined && !owners.has(after.uid)) return new ForeignEntry(after.uid).message;
    const now = stateAt(root, latin(path), owners);
    const between = begun && (now?.kind === 'folder' ? after?.kind === 'folder' : now === undefined && after !== undefined);
    if (!sameState(now, before) && !sameState(now, after) && !between) return 'somebody else changed it since the run';
    if (
      now?.kind === 'folder' &&
      after?.kind !== 'folder' &&
      namesIn(root, path, owners).some((name) => !goes.has(`${path}/${name}`))
    )
      return 'somebody else put something into it';
    return whyPathRefused(path, before === undefined, further) ?? (after && whyBytecodeRefused(path));
  };
  const whyNot = (one: Change): string | undefined => {
    try {
      return why(one);
    } catch (cause) {
      if (cause instanceof ForeignEntry) return cause.message;
      throw cause;
    }
  };
  const reasons: { readonly message: string }[] = [];
  for (const one of changes) {
    await turn();
    const reason = whyNot(one);
    if (reason !== undefined) reasons.push({ message: `${one.path}: ${reason}` });
  }
  if (reasons.length === 0) return;
  throw new Problem('changes-conflict', `Nothing was applied: ${reasons.length} of the paths are not as the run found them`, {
    reasons,
  });
}

/**
 * Brings a folder to what was accepted, when nothing in it conflicts.
 * @param root as above
 * @param read the kept bytes with a digest; they are checked
 * @returns links that are left out by now, and why
 * @throws Problem `changes-conflict`, `changes-invalid`, or what the host says; it can be called again
 */
export async function applyChanges(
  root: string,
  { changes }: ChangedFolder,
  further: FurtherNames,
  read: Kept,
): Promise<LeftBehind[]> {
  const turn = takeTurns();
  const owners = ownersOf(fs.statSync(root));
  const act = (one: Change, how: (at: Buffer, one: Change) => void): void =>
    withParent(root, latin(one.path), owners, (to) => how(to, one));
  const deep = changes.toSorted((a, b) => b.path.split('/').length - a.path.split('/').length);
  for (const one of deep) {
    await turn();
    if (one.after?.kind !== one.before?.kind) gone(() => act(one, remove));
  }
  const stay = deep.filter((one) => one.after !== undefined);
  const replaced = stay.filter((one) => one.before?.kind === 'file' && one.after?.kind === 'file').map((one) => one.path);
  const listed = await filesWithAccessList(replaced, (path) => openAt(root, path, owners), turn);
  for (const one of stay.toReversed()) {
    await turn();
    act(one, (to, { after, path }) => {
      if (after?.kind === 'folder') putFolder(to, after);
      else if (after !== undefined) put(to, after, { read, keepList: listed.has(path) });
    });
  }
  // A folder that nobody may write to is made so when all is in it; where a link leads is known then too.
  const left: LeftBehind[] = [];
  const look = lookIn(root);
  for (const one of stay) {
    await turn();
    act(one, (to, { path, after }) => {
      const why = after?.kind === 'link' ? whyLinkRefused(latin(path), latin(after.to), look, further) : undefined;
      if (why !== undefined) {
        fs.unlinkSync(to);
        left.push({ path, why });
      }
      if (after?.kind === 'folder') withHandle(to, (self) => fs.chmodSync(self, after.mode));
    });
  }
  return left;
}

type Kept = (sha256: Digest) => Uint8Array;

// As folders are walked: a character for each byte.
function latin(path: string): string {
  return Buffer.from(path).toString('latin1');
}

function namesIn(root: string, path: string, owners: Owners): string[] {
  return withParent(root, latin(path), owners, (at) => fs.readdirSync(at, 'utf8'));
}

function openAt(root: string, path: string, owners: Owners): number | undefined {
  try {
    return withParent(root, latin(path), owners, (at) => fs.openSync(at, pathOnly));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

// What lay in a folder that is gone already, where it is called again.
function gone(act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  }
}

// What is not what it was has been changed already, or is judged above.
function remove(at: Buffer, { before, after }: Change): void {
  const found = fs.lstatSync(at, { throwIfNoEntry: false });
  if (found === undefined || before === undefined || kindOfEntry(found) === after?.kind) return;
  if (found.isDirectory()) fs.rmdirSync(at);
  else fs.unlinkSync(at);
}

function kindOfEntry(stats: fs.Stats): EntryState['kind'] {
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'file';
}

function putFolder(at: Buffer, after: EntryState): void {
  if (fs.lstatSync(at, { throwIfNoEntry: false }) === undefined) fs.mkdirSync(at, { mode: 0o700 });
  give(at, after);
  withHandle(at, (self, { mode }) => fs.chmodSync(self, (mode & 0o7777) | 0o700));
}

interface How {
  readonly read: Kept;
  /** Whether the file that is there has an access list. */
  readonly keepList: boolean;
}

function put(at: Buffer, after: Exclude<EntryState, { kind: 'folder' }>, { keepList, read }: How): void {
  const beside = Buffer.concat([
    at.subarray(0, at.lastIndexOf('/') + 1),
    bytesOf(`.skillgate-${randomBytes(8).toString('hex')}`),
  ]);
  try {
    if (after.kind === 'link') fs.symlinkSync(Buffer.from(after.to), beside);
    else write(beside, after, read);
    if (keepList) copyAccessList(at, beside);
    give(beside, after);
    if (after.kind === 'file') withHandle(beside, (self) => fs.chmodSync(self, after.mode));
    fs.renameSync(beside, at);
  } catch (cause) {
    fs.rmSync(beside, { force: true });
    throw cause;
  }
}

function write(at: Buffer, { sha256 }: Extract<EntryState, { kind: 'file' }>, read: Kept): void {
  const bytes = read(sha256);
  if (digestOf(bytes) !== sha256) throw new Problem('changes-invalid', `Kept bytes are not ${sha256}`);
  const file = fs.openSync(at, 'wx', 0o600);
  try {
    fs.writeFileSync(file, bytes);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

// The owner that was shown, never that of what lay there before: that user did not write these bytes.
function give(at: Buffer, { uid, gid }: EntryState): void {
  const now = fs.lstatSync(at);
  if (now.uid !== uid || now.gid !== gid) fs.lchownSync(at, uid, gid);
}
