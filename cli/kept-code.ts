/**
 * Runs a built CommonJS file with the code that an earlier run compiled. V8 compiles a function at
 * its first call, but Node writes its compile cache earlier. So this file keeps the code that a
 * whole run compiled, and the next run compiles nothing. A V8 snapshot of
 * the scanner was no faster for a page, and needs files of 20 MB.
 */
import { hash } from 'node:crypto';
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

const digestBytes = 32;

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
  const source = readFileSync(file);
  const kept = place === undefined ? undefined : readKept(place, source);
  const script = new Script(
    `(function (exports, require, module, __filename) {${source.toString('latin1')}\n})`,
    {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(kept === undefined ? {} : { cachedData: kept }),
    },
  );
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
      if (place !== undefined) write(place, source, script.createCachedData());
    },
  };
}

// V8 itself compares only the length of the source.
function readKept(place: string, source: Uint8Array): Buffer | undefined {
  try {
    const bytes = readOwn(place);
    const code = bytes.subarray(digestBytes);
    return digestOf(source, code).equals(bytes.subarray(0, digestBytes)) ? code : undefined;
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

function write(place: string, source: Uint8Array, code: Buffer): void {
  const beside = `${place}.${process.pid}.new`;
  try {
    writeFileSync(beside, Buffer.concat([digestOf(source, code), code]), { mode: 0o600 });
    renameSync(beside, place);
  } catch {
    // The next start compiles again. What a full disk cut short would lie there for ever.
    rmSync(beside, { force: true });
  }
}

function digestOf(source: Uint8Array, code: Uint8Array): Buffer {
  const both = [source, code].map((part) => hash('sha256', part, 'buffer'));
  return hash('sha256', Buffer.concat(both), 'buffer');
}
