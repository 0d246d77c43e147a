/** Files that are never half-written: written under another name, flushed, renamed. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file in one step; after a crash the old file is there.
 * @param mode permission bits of the new file
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  // Private files are in private folders, whatever the umask says.
  await mkdir(dirname(path), { recursive: true, ...((mode & 0o077) === 0 ? { mode: 0o700 } : {}) });
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.new`);
  try {
    // Never an existing file: it could be a link, or another process could have it open.
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

/** The same for whoever holds the file's lock: what killed writers left beside it goes. */
export async function writeLocked(path: string, content: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder))
    if (name.startsWith(`.${basename(path)}.`) && name.endsWith('.new'))
      await rm(join(folder, name), { force: true });
  await writeWhole(path, content);
}
