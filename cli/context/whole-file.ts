/** Files that are there whole or not at all: written beside, flushed, renamed. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file in one step; a crash leaves the old one.
 * @param mode permission bits of the new file
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  // What only its owner reads lies in folders that only its owner changes, whatever the umask says.
  await mkdir(dirname(path), { recursive: true, ...((mode & 0o077) === 0 ? { mode: 0o700 } : {}) });
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.new`);
  try {
    // Never one that is there: it could be a link, or be open for somebody else.
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
}
