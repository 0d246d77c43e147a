/**
 * The data folder is for one user alone: it holds unpublished skills, reviewers' questions and
 * messages of hosts.
 */
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** `keys.json` is not closed here: a registry whose own keys were readable does not start. */
const keyFiles = ['scanner-key.json', 'keys.next.json'] as const;
const databaseFiles = ['registry.sqlite', 'registry.sqlite-wal', 'registry.sqlite-shm'] as const;

/**
 * Removes other users' access to the folder and its database. Reports the change, or that it was
 * not permitted.
 */
export async function closeFolder(
  dir: string,
  say: (line: string) => void,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (platform === 'win32') {
    say(
      `warning: file permissions are not checked on Windows. Check yourself that only your user can open ${dir}: icacls "${dir}"`,
    );
    return;
  }
  const closed: string[] = [];
  for (const path of [dir, ...[...databaseFiles, ...keyFiles].map((name) => join(dir, name))]) {
    const mode = await stat(path).then(
      (found) => found.mode & 0o777,
      () => 0,
    );
    if ((mode & 0o077) === 0) continue;
    const isClosed = await chmod(path, mode & 0o700).then(
      () => true,
      () => false,
    );
    if (isClosed) closed.push(path);
    else
      say(
        `warning: other users of this machine can open ${path}, and only its owner can change that: chmod go-rwx ${path}`,
      );
  }
  for (const path of keyFiles.map((name) => join(dir, name)).filter((key) => closed.includes(key)))
    say(
      `warning: other users of this machine could read the private key ${path}; the registry closed the file. If somebody may have read the key, end the key and make another one (docs/registry-reference.md, "A reviewer leaves")`,
    );
  if (closed.includes(dir))
    say(`Other users of this machine could open ${dir}; the registry closed it to them`);
}
