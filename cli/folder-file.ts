/** Reads a file of a registry that was exported to a folder (`skillgate registry export`). */
import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FileAnswer } from '../skills-index/client/blobs.ts';

/**
 * Answers as a file server would.
 * @param url `file:` with the path of the file
 * @throws Error of the file system, where the folder itself cannot be read
 */
export async function readFolderFile(url: string): Promise<FileAnswer> {
  const path = fileURLToPath(url);
  // Opening a pipe would wait for a writer for ever.
  const found = await stat(path).catch(absent);
  if (found?.isFile() !== true) return { ok: false, status: 404, body: null };
  const body = (await open(path)).createReadStream();
  const cancel = async (): Promise<void> => void body.destroy();
  return { ok: true, status: 200, body: Object.assign(body, { cancel }) };
}

function absent(cause: NodeJS.ErrnoException): Stats | undefined {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
  throw cause;
}
