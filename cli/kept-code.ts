/**
 * Runs a built CommonJS file with the code that an earlier run compiled. V8 compiles a function at
 * its first call, but Node writes its compile cache earlier. So this file keeps the code that a
 * whole run compiled, and the next run compiles nothing.
 */
import { hash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { constants, Script } from 'node:vm';

export interface BuiltFile<Exports> {
  readonly exports: Exports;
  /** The parts that were called before the code was kept; undefined where no code was taken up. */
  readonly keptParts: readonly string[] | undefined;
  /**
   * Keeps the code of all functions that were called so far. A failure is no matter.
   * @param parts names of parts that not every run calls
   */
  keep(parts?: readonly string[]): void;
}

const digestBytes = 32;
const lengthBytes = 4;

/**
 * @param file of ASCII, as the build makes sure: a string of single bytes takes half the time and
 * memory
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
      ...(kept === undefined ? {} : { cachedData: kept.data }),
    },
  );
  const module: { exports: Exports } = { exports: Object.create(null) };
  script.runInThisContext()(module.exports, createRequire(file), module, file);
  return {
    exports: module.exports,
    keptParts: script.cachedDataRejected === true ? undefined : kept?.parts,
    keep: (parts = []) => {
      if (place !== undefined) write(place, source, { data: script.createCachedData(), parts });
    },
  };
}

interface Kept {
  readonly data: Buffer;
  readonly parts: readonly string[];
}

// V8 itself compares only the length of the source.
function readKept(place: string, source: Uint8Array): Kept | undefined {
  try {
    const bytes = readOwn(place);
    const body = bytes.subarray(digestBytes);
    if (!digestOf(source, body).equals(bytes.subarray(0, digestBytes))) return undefined;
    const end = body.length - lengthBytes;
    const begin = end - body.readUInt32LE(end);
    return {
      data: body.subarray(0, begin),
      parts: JSON.parse(body.toString('utf8', begin, end)),
    };
  } catch {
    return undefined;
  }
}

// The folder may have been open to other users before, and V8 runs what they left there.
function readOwn(place: string): Buffer {
  const file = openSync(place, 'r');
  try {
    const { uid, mode } = fstatSync(file);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error('of another user');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

// The code comes first, since V8 copies code that does not begin at a multiple of eight bytes.
function write(place: string, source: Uint8Array, { data, parts }: Kept): void {
  const names = Buffer.from(JSON.stringify(parts));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(names.length);
  const body = Buffer.concat([data, names, length]);
  const beside = `${place}.${process.pid}.new`;
  try {
    writeFileSync(beside, Buffer.concat([digestOf(source, body), body]), { mode: 0o600 });
    renameSync(beside, place);
  } catch {
    // The next start compiles again. What a full disk cut short would lie there for ever.
    rmSync(beside, { force: true });
  }
}

function digestOf(source: Uint8Array, body: Uint8Array): Buffer {
  const both = [source, body].map((part) => hash('sha256', part, 'buffer'));
  return hash('sha256', Buffer.concat(both), 'buffer');
}
