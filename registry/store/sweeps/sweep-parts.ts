/**
 * Removes the incomplete files of a killed process. Their names are temporary, so nothing refers to
 * them.
 */
import { opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pauseAfter } from '../../pace.ts';
import { isForeignPart } from '../disk/disk-objects.ts';
import { sweepPace, sweptAtOnce } from './sweep-orphans.ts';

/**
 * Walks a folder of objects, a few entries at a time: a registry has millions, and answers requests
 * meanwhile.
 * @param signal ends the walk; the next start goes on
 * @returns the number of removed files
 */
export async function sweepParts(folder: string, signal: AbortSignal): Promise<number> {
  let removed = 0;
  let seen = 0;
  const sweep = async (below: string): Promise<void> => {
    const entries = await opendir(below).catch(absent);
    for await (const entry of entries ?? []) {
      if (signal.aborted) return;
      if (++seen % sweptAtOnce === 0) await pauseAfter(sweepPace, signal);
      const path = join(below, entry.name);
      if (entry.isDirectory()) await sweep(path);
      else if (isForeignPart(entry.name)) {
        await unlink(path).catch(absent);
        removed++;
      }
    }
  };
  await sweep(folder);
  return removed;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
