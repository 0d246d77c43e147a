/**
 * The program of what agents wait for, one file that `npm run build` makes. V8 compiles a function
 * when it is first called, and Node's compile cache is written before that: so what a whole command
 * compiled is kept here, and the next start has nothing to compile.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

type Program = typeof import('../command-line.ts');

const digestBytes = 32;

/**
 * Loads it for the commands that it has.
 * @param folder for compiled code: nobody else may write to it, since V8 takes what is kept for the
 * code of this very file
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
  const kept = readKept(place, source);
  // It is ASCII, as the build makes sure; a string of single bytes takes half the time and room.
  const script = new Script(
    `(function (exports, require, module, __filename) {${source.toString('latin1')}\n})`,
    {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(kept === undefined ? {} : { cachedData: kept }),
    },
  );
  const isWhole = !argv.some((word) => ['--help', '-h', '--plan'].includes(word));
  if (isWhole && (kept === undefined || script.cachedDataRejected === true)) {
    // A command that went well has called what it takes.
    process.once('exit', (code) => code === 0 && keep(place, source, script.createCachedData()));
  }
  const module: { exports: Program } = { exports: Object.create(null) };
  script.runInThisContext()(module.exports, createRequire(file), module, file);
  return module.exports;
}

// V8 itself compares no more than the length of the source.
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
  const both = [source, data].map((one) => hash('sha256', one, 'buffer'));
  return hash('sha256', Buffer.concat(both), 'buffer');
}
