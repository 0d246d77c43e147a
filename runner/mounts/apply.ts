/** Applies changes that were accepted: by descriptor, so that nobody redirects it meanwhile; each file whole or not at all. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { type Change, type ChangedFolder, type EntryState, sameState } from '../../skills-index/run/changes.ts';
import { whyPathRefused } from '../../skills-index/run/protected-names.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { stateAt } from './changes.ts';
import { staysInside } from './judge-entry.ts';
import { bytesOf, withHandle, withParent } from './walk-folder.ts';

/**
 * Brings a folder to what was accepted. What is there already is passed over, so that it can be called again where it was cut off.
 * @param root `/proc/self/fd/N` of the folder, which the caller holds
 * @param read the kept bytes with a digest
 * @throws Problem `changes-conflict` with every path that is neither as it was nor as it would be; then nothing is changed
 */
export function applyChanges(root: string, { changes, conflicts }: ChangedFolder, read: (sha256: Digest) => Uint8Array): void {
  const at = (path: string): string => Buffer.from(path).toString('latin1');
  const goes = new Set(changes.filter((one) => one.after?.kind !== one.before?.kind).map((one) => one.path));
  const why = ({ path, before, after }: Change): string | undefined => {
    const now = stateAt(root, at(path))?.state;
    if (conflicts.includes(path)) return 'somebody else changed it while the run went on';
    if (!sameState(now, before) && !sameState(now, after)) return 'somebody else changed it since the run';
    if (
      now?.kind === 'folder' &&
      after?.kind !== 'folder' &&
      namesIn(root, at(path)).some((name) => !goes.has(`${path}/${name}`))
    )
      return 'somebody else put something into it';
    return whyPathRefused(path, before === undefined);
  };
  const reasons = changes.map((one) => [one.path, why(one)] as const).filter(([, reason]) => reason !== undefined);
  if (reasons.length > 0)
    throw new Problem('changes-conflict', `Nothing was applied: ${reasons.length} of the paths are not as the run found them`, {
      reasons: reasons.map(([path, reason]) => ({ message: `${path}: ${reason}` })),
    });
  const owner = fs.statSync(root);
  const act = (one: Change, how: (at: Buffer, one: Change) => void): void => withParent(root, at(one.path), (to) => how(to, one));
  const deep = changes.toSorted((a, b) => b.path.split('/').length - a.path.split('/').length);
  for (const one of deep) if (one.after?.kind !== one.before?.kind) gone(() => act(one, remove));
  const stay = deep.filter((one) => one.after !== undefined);
  for (const one of stay.toReversed())
    act(one, (to, { path, after }) => {
      if (after?.kind === 'link' && !staysInside(root, at(path), at(after.to)))
        throw new Problem('changes-conflict', `${path} would leave the folder by now`);
      if (after?.kind === 'folder') putFolder(to, owner);
      else if (after !== undefined) put(to, after, owner, read);
    });
  // A folder that nobody may write to is made so when all is in it.
  for (const one of stay)
    act(one, (to, { after }) => {
      if (after?.kind === 'folder') withHandle(to, (self) => fs.chmodSync(self, after.mode));
    });
}

function namesIn(root: string, path: string): string[] {
  return withParent(root, path, (at) => fs.readdirSync(at, 'utf8'));
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

function putFolder(at: Buffer, owner: fs.Stats): void {
  if (fs.lstatSync(at, { throwIfNoEntry: false }) === undefined) {
    fs.mkdirSync(at, { mode: 0o700 });
    give(at, owner);
  } else withHandle(at, (self, { mode }) => fs.chmodSync(self, (mode & 0o7777) | 0o700));
}

function put(
  at: Buffer,
  after: Exclude<EntryState, { kind: 'folder' }>,
  owner: fs.Stats,
  read: (sha256: Digest) => Uint8Array,
): void {
  const old = fs.lstatSync(at, { throwIfNoEntry: false });
  const beside = Buffer.concat([
    at.subarray(0, at.lastIndexOf('/') + 1),
    bytesOf(`.skillgate-${randomBytes(8).toString('hex')}`),
  ]);
  try {
    if (after.kind === 'link') fs.symlinkSync(Buffer.from(after.to), beside);
    else write(beside, after, read);
    give(beside, old ?? owner);
    if (after.kind === 'file') withHandle(beside, (self) => fs.chmodSync(self, after.mode));
    fs.renameSync(beside, at);
  } catch (cause) {
    fs.rmSync(beside, { force: true });
    throw cause;
  }
}

function write(at: Buffer, { sha256 }: Extract<EntryState, { kind: 'file' }>, read: (sha256: Digest) => Uint8Array): void {
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

function give(at: Buffer, { uid, gid }: fs.Stats): void {
  if (process.getuid?.() === 0) fs.lchownSync(at, uid, gid);
}
