/**
 * Keeps the access control list (acl(5)) of a file whose content is replaced. Node cannot, so the
 * system's `cp` does, by descriptor.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  haveAccessList,
  listNotKept,
  pathOnly,
  placesInChild,
  runOn,
} from '../mounts/access-lists.ts';

/**
 * Gives a new file exactly the list of the one whose place it takes, or none where that one has
 * none and the folder gives it one.
 * @param to descriptor of the new file, which belongs to its owner by now
 * @param requireJudged throws where the old file is not the one that was judged
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
    // `cp` would wait for whoever writes to a pipe that lies here by now.
    if (!stats.isFile())
      throw listNotKept('another process put something else into the place of a file');
    // `cp` takes the bits with the list.
    if ((stats.mode & 0o6000) !== 0)
      throw listNotKept('a file got setuid or setgid bits meanwhile');
    runOn(
      '/bin/cp',
      ['--attributes-only', '--preserve=mode', ...placesInChild([old, to])],
      [old, to],
    );
    const [before, after] = haveAccessList([old, to]);
    if (before !== after)
      throw listNotKept('this host’s cp does not copy them, or does not take them off');
  } finally {
    fs.closeSync(old);
  }
}

/**
 * Takes off the list that a folder gave to a new entry of it, and of a folder also the list that it
 * would give.
 * @param made descriptor of the new entry, which its owner alone may use until its mode is set
 */
export function takeOffAccessList(made: number, kind: 'file' | 'folder'): void {
  // `cp` takes a list off by copying from what has none.
  const plain = fs.mkdtempSync(join(tmpdir(), 'skillgate-plain-'));
  try {
    const [place = ''] = placesInChild([made]);
    const file = join(plain, 'file');
    fs.writeFileSync(file, '', { mode: 0o600 });
    const [from, to, how] =
      kind === 'file' ? [file, place, '-T'] : [join(plain, 'folder'), `${place}/.`, '-rHT'];
    if (kind === 'folder') fs.mkdirSync(from, { mode: 0o700 });
    runOn('/bin/cp', [how, '--attributes-only', '--preserve=mode', from, to], [made]);
    if (haveAccessList([made]).includes(true))
      throw listNotKept('this host’s cp does not take them off');
  } finally {
    fs.rmSync(plain, { recursive: true, force: true });
  }
}
