/**
 * Puts the temporary folders of a test run into memory, where root may mount a tmpfs. Tests make
 * tens of thousands of small files, and wait for a disk longer than for the tested code.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A whole run needs less than a gibibyte. */
const freeBytesMin = 4 * 1024 ** 3;
const prefix = 'skillgate-tests-';

/** Vitest calls the function before the first test, and the returned one after the last test. */
export function setup(): (() => void) | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || freemem() < freeBytesMin)
    return undefined;
  const above = tmpdir();
  removeLeftOver(above);
  const folder = mkdtempSync(join(above, `${prefix}${process.pid}-`));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'mode=1777', 'tests', folder]);
  if (status !== 0) {
    rmdirSync(folder);
    return undefined;
  }
  process.env.TMPDIR = folder;
  return () => remove(folder);
}

// A killed run leaves its folder behind.
function removeLeftOver(above: string): void {
  for (const name of readdirSync(above)) {
    const [, pid] = /^skillgate-tests-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(above, name));
  }
}

// Lazily: a process that a failed test left behind may still be in the folder, and write there.
function remove(folder: string): void {
  spawnSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
