/**
 * Keeps the access control list (acl(5)) of a file whose content is replaced. Node cannot copy
 * access lists, so the system's `cp` does, by descriptor.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathOnly } from '../files/walk-folder.ts';
import {
  haveAccessList,
  listNotKept,
  pathsInChild,
  runOnDescriptors,
} from '../mounts/access-lists.ts';

/**
 * Copies the access list of the replaced file to the new file. When the replaced file has none, the
 * new file gets none, even if its folder would give it one.
 * @param to descriptor of the new file, which belongs to its final owner already
 * @param requireJudged throws when the replaced file is not the one that was judged
 */
export function copyAccessList(
  from: Buffer,
  to: number,
  requireJudged: (now: fs.Stats) => void,
): void {
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
export function removeAccessList(made: number, kind: 'file' | 'folder'): void {
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
