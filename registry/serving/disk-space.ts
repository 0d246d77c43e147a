/** Whether the disk of a registry takes another upload. */
import { statfsSync } from 'node:fs';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { diskBytesMin, diskCheckMs, uploadBytesMax } from '../limits.ts';
import { keepReserve } from './disk-reserve.ts';

export interface DiskSpace {
  /** Bytes that the registry's user may still write. */
  free(): Promise<number>;
  /** Why the disk takes no upload; undefined when it does. Checked anew after `diskCheckMs`. */
  whyFull(): Promise<string | undefined>;
  /**
   * Files need the room of one upload: the rest of the disk is for statements, also after a restart
   * that found the reserve given up.
   * @throws Problem `registry-full` when it does not fit
   */
  requireRoom(what: 'statements' | 'files'): Promise<void>;
  /** Looks at the reserve, as happens every second. */
  tend(): Promise<void>;
  stop(): void;
}

/**
 * Watches the disk of a data folder, and keeps a reserve on it.
 * @param free replaces what the operating system says about the disk
 */
export function watchDisk(
  dir: string,
  now: () => Date,
  say: (line: string) => void,
  free: () => Promise<number> = () => freeBytes(dir),
): DiskSpace {
  const reserve = keepReserve(dir, free, say);
  let last: { readonly at: number; readonly why: Promise<string | undefined> } | undefined;
  return {
    free,
    whyFull: async () => {
      const at = now().getTime();
      if (last === undefined || Math.abs(at - last.at) >= diskCheckMs)
        last = { at, why: whyNotWritable(dir, free) };
      return reserve.isGivenUp ? 'the disk is full, and uploads are refused' : last.why;
    },
    requireRoom: async (what) => {
      const bytesMin = what === 'files' ? uploadBytesMax : diskBytesMin;
      // Asked after the look at the disk: the room may be that of a reserve given up meanwhile.
      if ((await free()) < bytesMin || (what === 'files' && reserve.isGivenUp))
        throw new Problem('registry-full', 'The disk is full');
    },
    tend: reserve.tend,
    stop: reserve.stop,
  };
}

// The kernel answers from memory, sooner than a thread would wake.
async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

// Free bytes alone do not show a quota, used-up inodes or a file system that became read-only.
async function whyNotWritable(
  dir: string,
  free: () => Promise<number>,
): Promise<string | undefined> {
  const probe = join(dir, 'ready.probe');
  try {
    const bytes = await free();
    if (bytes < uploadBytesMax)
      return `the disk has ${Math.floor(bytes / 1024 / 1024)} MiB left, and one upload may need ${uploadBytesMax / 1024 / 1024} MiB`;
    await writeFile(probe, new Uint8Array(4_096), { mode: 0o600 });
    await unlink(probe);
    return undefined;
  } catch (error) {
    return `the data folder cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}
