/** Keeps the access control list (acl(5)) of a file whose content is replaced. Node cannot, so the system's `cp` does, by descriptor. */
import * as fs from 'node:fs';
import { haveAccessList, listNotKept, pathOnly, placesInChild, runOn } from '../../runner/mounts/access-lists.ts';

/**
 * Gives a new file exactly the list of the one whose place it takes, or none where that one has none and the folder gives it one.
 * @param to descriptor of the new file, which belongs to its owner by now
 * @param requireJudged throws where the old file is not the one that was judged
 */
export function copyAccessList(from: Buffer, to: number, requireJudged: (now: fs.Stats) => void): void {
  const old = fs.openSync(from, pathOnly);
  try {
    const stats = fs.fstatSync(old);
    requireJudged(stats);
    // `cp` would wait for whoever writes to a pipe that lies here by now.
    if (!stats.isFile()) throw listNotKept('another process put something else into the place of a file');
    // `cp` takes the bits with the list.
    if ((stats.mode & 0o6000) !== 0) throw listNotKept('a file got setuid or setgid bits meanwhile');
    runOn('/bin/cp', ['--attributes-only', '--preserve=mode', ...placesInChild([old, to])], [old, to]);
    const [before, after] = haveAccessList([old, to]);
    if (before !== after) throw listNotKept('this host’s cp does not copy them, or does not take them off');
  } finally {
    fs.closeSync(old);
  }
}
