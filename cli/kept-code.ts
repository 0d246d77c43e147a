/**
 * Runs a built CommonJS file with the code that an earlier run compiled. V8 compiles a function at
 * its first call, but Node writes its compile cache earlier. So this file keeps the code that a
 * whole run compiled, and the next run compiles nothing. A V8 snapshot of
 * the scanner was no faster for a page, and needs files of 20 MB.
 */
import {
  closeSync,
  constants as fileFlags,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { isOwnAlone } from './compile-cache.ts';

export interface BuiltFile<Exports> {
  readonly exports: Exports;
  /** Whether the kept code was taken up. */
  readonly wasKept: boolean;
  /** Keeps the code of all functions that were called so far. A failure is no matter. */
  keep(): void;
}

/**
 * @param file of ASCII, as the build makes sure: a string of single bytes takes half the time and
 * memory. A built file beside it, which it requires, is run in the same way.
 * @param place of the kept code, if any is kept. No other user may write there: V8 runs kept code
 * without a check.
 */
export function runBuiltFile<Exports extends object>(
  file: string,
  place: string | undefined,
): BuiltFile<Exports> {
  const { source, version } = readProgram(file);
  const kept = place === undefined ? undefined : readKept(place, version);
  const script = new Script(`(function (exports, require, module, __filename) {${source}\n})`, {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(kept === undefined ? {} : { cachedData: kept }),
  });
  const module: { exports: Exports } = { exports: Object.create(null) };
  const required = createRequire(file);
  const parts: BuiltFile<object>[] = [];
  const requirePart = (name: string): unknown => {
    if (!/^\.\/\w+\.cjs$/.test(name)) return required(name);
    const part = runBuiltFile(join(dirname(file), name), place && `${place}.${basename(name)}`);
    parts.push(part);
    return part.exports;
  };
  script.runInThisContext()(module.exports, requirePart, module, file);
  return {
    exports: module.exports,
    wasKept: kept !== undefined && script.cachedDataRejected !== true,
    keep: () => {
      for (const part of parts) part.keep();
      if (place !== undefined) write(place, version, script.createCachedData());
    },
  };
}

// V8 itself compares only the length of the source, and no checksum. A digest of megabytes would
// take longer than what some commands do.
function readProgram(file: string) {
  // Of one descriptor: an upgrade may exchange the file between two looks by its name.
  const opened = openSync(file, fileFlags.O_RDONLY);
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = fstatSync(opened);
    const version = [dev, ino, size, mtimeMs, ctimeMs].join(' ');
    return { source: readFileSync(opened, 'latin1'), version };
  } finally {
    closeSync(opened);
  }
}

function readKept(place: string, version: string): Buffer | undefined {
  try {
    const bytes = readOwn(place);
    const code = bytes.subarray(bytes.indexOf('\n') + 1);
    return headOf(version, code).equals(bytes.subarray(0, -code.length)) ? code : undefined;
  } catch {
    return undefined;
  }
}

// The folder may have been open to other users before, and V8 runs what they left there.
function readOwn(place: string): Buffer {
  const file = openSync(place, fileFlags.O_RDONLY | fileFlags.O_NOFOLLOW | fileFlags.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || !isOwnAlone(stats)) throw new Error('of another user');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function write(place: string, version: string, code: Buffer): void {
  const beside = `${place}.${process.pid}.new`;
  try {
    const whole = Buffer.concat([headOf(version, code), code]);
    // On disk before its name is: after a loss of power, nothing half written is run.
    writeFileSync(beside, whole, { mode: 0o600, flush: true });
    renameSync(beside, place);
  } catch {
    // The next start compiles again. What a full disk cut short would lie there for ever.
    rmSync(beside, { force: true });
  }
}

function headOf(version: string, code: Buffer): Buffer {
  return Buffer.from(`${version} ${code.length}\n`);
}
