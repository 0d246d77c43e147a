/**
 * A follower in a process of its own, to be killed: `node follower-process.ts DIR BACKUP` prints the
 * size of the log after each copy.
 */
import { followRegistry } from '../../registry/backup/follow.ts';

const [dir = '', backup = ''] = process.argv.slice(2);
await followRegistry({
  dir,
  backup,
  withKeys: false,
  say: (line) => console.error(line),
  signal: new AbortController().signal,
  onWhole: ({ log }) => console.log(log.size),
  onCopied: (log) => console.log(log.size),
});
