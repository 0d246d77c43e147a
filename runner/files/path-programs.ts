/** Finds the program that a name on the user's PATH would start, without starting the program. */
import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Bytes that Skillgate reads of a script on PATH to see whether the script belongs to Skillgate.
 */
const programHeadBytesMax = 64 * 1024;

/** Returns the first program of this name on a PATH; undefined where PATH has no such program. */
export function programOnPath(name: string, path: string | undefined): string | undefined {
  return (path ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/**
 * Whether a program belongs to Skillgate: the file `guard.js` itself, or a short script that calls
 * `guard.js`. An unreadable program counts as another program.
 * @param entry absolute path of `guard.js`
 */
export function isOurs(program: string, entry: string): boolean {
  try {
    if (realpathSync(program) === entry) return true;
    if (statSync(program).size > programHeadBytesMax) return false;
    const text = readFileSync(program, 'utf8');
    return text.startsWith('#!') && /guard\.js|skillgate/.test(text);
  } catch {
    return false;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
