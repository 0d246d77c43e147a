/**
 * Scripts with Windows line ends: a shell reads the carriage return as a part of each word at a
 * line's end, and the kernel as a part of the interpreter's name.
 */
import type { SourceFile } from '../bundle.ts';
import type { Reason } from '../problem.ts';
import { shellWord } from '../text/shell-word.ts';

/**
 * A warning for each script that no Unix starts as it is.
 * @param folder of the skill, as the caller can name it in the line that mends the script
 */
export function windowsLineEnds(files: readonly SourceFile[], folder: string): Reason[] {
  return files.filter(failsToStart).map(({ path }) => ({
    message: `it has Windows line ends, so it will not run: sed -i 's/\\r$//' ${shellWord(folder === '.' ? path : `${folder}/${path}`)}`,
    place: { path, line: 1, column: 1 },
  }));
}

function failsToStart({ path, bytes, mode }: SourceFile): boolean {
  if (!bytes.includes(carriageReturn)) return false;
  const [first = '', second] = Buffer.from(bytes.subarray(0, headBytes)).toString().split('\n');
  const isShell = /\.(sh|bash)$/i.test(path) || /^#!.*\b(ba|da|z|k|a)?sh\b/.test(first);
  const isStarted = first.startsWith('#!') && (mode & 0o100) !== 0;
  return second !== undefined && first.endsWith('\r') && (isShell || isStarted);
}

const carriageReturn = 0x0d;
const headBytes = 4_096;
