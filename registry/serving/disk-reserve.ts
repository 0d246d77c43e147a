/** Whether the disk of a registry takes another upload. */

import { randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../../skills-index/skill/problem.ts';
import { makeErrorLog } from '../error-log.ts';
import { uploadBytesMax } from '../request-limits/spool.ts';

/** Room on the disk below which no statement is logged. */
const diskBytesMin = 1024 * 1024;

/** How long one look at the disk counts. */
export const diskCheckMs = 5_000;

/** Room on the disk that only statements and the status may use, and when they get it. */
export const diskReserveBytes = 16 * 1024 * 1024;

const diskReserveCheckMs = 1_000;

const diskReserveGivenUpBytes = 4 * 1024 * 1024;

/** How long the registry waits after it could not make the reserve. */
const diskReserveRetryMs = 60_000;

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

// Room that a registry keeps for itself on its disk. When uploads or other programs fill the disk,
// the registry gives the room up: revocations, approvals and the signed status go on, and uploads
// wait until the operator has made room.

interface DiskReserve {
  /** Whether the registry gave its reserve up, so that nothing but statements is written. */
  readonly isGivenUp: boolean;
  /** Looks at the disk: gives the reserve up, or makes it. */
  tend(): Promise<void>;
  stop(): void;
}

/** The file in the data folder whose bytes are the reserve. */
export const reserveName = 'disk.reserve';

/**
 * Tends the reserve every second, until `stop`.
 * @param free bytes that the registry's user may still write
 */
export function keepReserve(
  dir: string,
  free: () => Promise<number>,
  say: (line: string) => void,
): DiskReserve {
  const path = join(dir, reserveName);
  let isGivenUp = false;
  let isLackTold = false;
  let makeAfter = 0;
  const tend = async (): Promise<void> => {
    const bytes = await free();
    const isHeld = (await sizeOf(path)) === diskReserveBytes;
    if (bytes < diskReserveGivenUpBytes) {
      const isNew = !isGivenUp;
      // Before the bytes are free: an upload under way would take them.
      isGivenUp = true;
      await rm(path, { force: true });
      if (isNew) say(givenUp(dir, isHeld));
    } else if (isHeld || bytes >= diskReserveBytes + uploadBytesMax) {
      if (!isHeld) {
        if (performance.now() < makeAfter) return;
        // A quota fails each time, and the free bytes do not show it.
        makeAfter = performance.now() + diskReserveRetryMs;
        await fill(path);
        makeAfter = 0;
      }
      if (isGivenUp) say(`The disk of ${dir} has room again: the registry takes uploads`);
      isGivenUp = false;
      isLackTold = false;
    } else if (!isGivenUp && !isLackTold) {
      isLackTold = true;
      say(lacking(dir, bytes));
    }
  };
  let tending = false;
  // The same failure comes each second, for example on a file system that became read-only.
  const sayOnce = makeErrorLog(say, () => new Date());
  const timer = setInterval(() => {
    if (tending) return;
    tending = true;
    tend()
      .catch((error: unknown) => sayOnce(`warning: cannot keep ${path}: ${String(error)}`))
      .finally(() => {
        tending = false;
      });
  }, diskReserveCheckMs);
  timer.unref();
  return {
    get isGivenUp() {
      return isGivenUp;
    },
    tend,
    stop: () => clearInterval(timer),
  };
}

function givenUp(dir: string, wasHeld: boolean): string {
  const reserve = wasHeld
    ? `The registry gave up its reserve of ${inMiB(diskReserveBytes)} MiB, so that revocations and the status go on`
    : 'The registry has no reserve left for revocations and the status';
  return `warning: the disk of ${dir} is full. ${reserve}. Uploads are refused. Make room on the disk (docs/registry-reference.md, "When the disk is full")`;
}

function lacking(dir: string, free: number): string {
  const [reserve, needed] = [diskReserveBytes, diskReserveBytes + uploadBytesMax].map(inMiB);
  return `warning: the disk of ${dir} has ${inMiB(free)} MiB free, too few for the reserve of ${reserve} MiB that revocations and the status need on a full disk. Make room on the disk until ${needed} MiB are free (docs/registry-reference.md, "When the disk is full")`;
}

function inMiB(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

// Random bytes, because file systems compress all others, and such a file would free nothing.
async function fill(path: string): Promise<void> {
  try {
    const bytes = await promisify(randomBytes)(diskReserveBytes);
    await writeFile(path, bytes, { mode: 0o600 });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
