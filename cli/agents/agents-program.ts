/**
 * The program of commands that agents wait for, one file made by `npm run build`. V8 compiles a
 * function at its first call, but Node writes its compile cache earlier. So this file keeps the
 * code that a whole command compiled, and the next start compiles nothing.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

type Program = typeof import('../command-line.ts');

const digestBytes = 32;

/**
 * Loads the program for its commands.
 * @param folder of compiled code. No other user may write to it: V8 runs cached code without a
 * check.
 * @returns undefined for other commands, and in a checkout
 */
export function agentsProgram(
  argv: readonly string[],
  folder: string,
  file = fileURLToPath(new URL('../agents.cjs', import.meta.url)),
): Program | undefined {
  const [first = '', second] = argv;
  const isOurs = first === 'run' || first === 'mcp' || (first === 'agent' && second === 'run');
  if (!isOurs || !existsSync(file)) return undefined;
  const source = readFileSync(file);
  const place = `${folder}/${first}.code`;
  const cached = readKept(place, source);
  // The program is ASCII, as the build makes sure; a string of single bytes takes half the time and
  // memory.
  const script = new Script(
    `(function (exports, require, module, __filename) {${source.toString('latin1')}\n})`,
    {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(cached === undefined ? {} : { cachedData: cached }),
    },
  );
  const isWhole = !argv.some((word) => ['--help', '-h', '--plan'].includes(word));
  if (isWhole && (cached === undefined || script.cachedDataRejected === true)) {
    // A successful command has called all functions that it needs.
    process.once('exit', (code) => code === 0 && keep(place, source, script.createCachedData()));
  }
  const module: { exports: Program } = { exports: Object.create(null) };
  script.runInThisContext()(module.exports, createRequire(file), module, file);
  return module.exports;
}

// V8 itself compares only the length of the source.
function readKept(place: string, source: Uint8Array): Buffer | undefined {
  try {
    const bytes = readFileSync(place);
    const data = bytes.subarray(digestBytes);
    return digestOf(source, data).equals(bytes.subarray(0, digestBytes)) ? data : undefined;
  } catch {
    return undefined;
  }
}

function keep(place: string, source: Uint8Array, data: Uint8Array): void {
  const beside = `${place}.${process.pid}.new`;
  try {
    writeFileSync(beside, Buffer.concat([digestOf(source, data), data]), { mode: 0o600 });
    renameSync(beside, place);
  } catch {
    // The next start compiles again.
  }
}

function digestOf(source: Uint8Array, data: Uint8Array): Buffer {
  const both = [source, data].map((part) => hash('sha256', part, 'buffer'));
  return hash('sha256', Buffer.concat(both), 'buffer');
}
