/**
 * Room that a registry keeps for itself on its disk. When uploads or other programs fill the disk,
 * the registry gives the room up: revocations, approvals and the signed status go on, and uploads
 * wait until the operator has made room.
 */
import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeErrorLog } from '../error-log.ts';
import { uploadBytesMax } from '../limits.ts';
import {
  diskReserveBytes,
  diskReserveCheckMs,
  diskReserveGivenUpBytes,
  diskReserveRetryMs,
} from './limits.ts';

export interface DiskReserve {
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
