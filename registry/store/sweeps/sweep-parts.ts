/**
 * Removes the incomplete files of a killed process. Their names are temporary, so nothing refers to
 * them.
 */
import { opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isForeignPart } from '../disk/disk-objects.ts';

/**
 * Walks a folder of objects, one entry at a time, so that requests are answered meanwhile.
 * @param signal ends the walk; the next start goes on
 * @returns the number of removed files
 */
export async function sweepParts(folder: string, signal: AbortSignal): Promise<number> {
  let removed = 0;
  const entries = await opendir(folder).catch(absent);
  for await (const entry of entries ?? []) {
    if (signal.aborted) return removed;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removed += await sweepParts(path, signal);
    else if (isForeignPart(entry.name)) {
      await unlink(path).catch(absent);
      removed++;
    }
  }
  return removed;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
