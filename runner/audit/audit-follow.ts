/**
 * Follows the audit log. Besides watching the log's folder, the follower polls, because not every
 * file system reports changes.
 */
import { existsSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { auditPollMilliseconds } from '../limits.ts';
import { type LogLines, readLines } from './audit-file.ts';

/**
 * Yields lines of the log from an offset on, until the signal aborts. After a new file has replaced
 * the log, the follower reads the new file.
 */
export async function* followLines(
  file: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LogLines> {
  const changes = new EventTarget();
  const notify = (): boolean => changes.dispatchEvent(new Event('notify'));
  const watcher = existsSync(dirname(file)) ? watch(dirname(file), notify) : undefined;
  const poll = setInterval(notify, auditPollMilliseconds);
  signal.addEventListener('abort', notify);
  try {
    for (let position = from; !signal.aborted; ) {
      const changed = new Promise((resolve) =>
        changes.addEventListener('notify', resolve, { once: true }),
      );
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? position) < position) position = 0;
      for await (const more of readLines(file, position)) {
        position = more.position;
        if (more.lines.length > 0) yield more;
      }
      if (!signal.aborted) await changed;
    }
  } finally {
    signal.removeEventListener('abort', notify);
    clearInterval(poll);
    watcher?.close();
  }
}
