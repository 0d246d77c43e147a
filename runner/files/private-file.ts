/**
 * Reads and writes the files that decide what may run. Reading fails when another user could have
 * changed the file. Writing replaces the file atomically.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import { give, type Owner, openForReading } from './owned-folder.ts';

export interface PrivateFileRule {
  readonly bytesMax: number;
  /** Whether the file is secret: other users must not be able to read a secret file. */
  readonly secret: boolean;
  readonly code: ProblemCode;
}

/**
 * Opens a file once, checks owner and mode of the opened file, and reads the opened file.
 * @returns undefined when there is no such file
 * @throws Problem with the rule's code
 */
export function readPrivateFile(
  path: string,
  { bytesMax, secret, code }: PrivateFileRule,
  platform: NodeJS.Platform = process.platform,
): Uint8Array | undefined {
  const file = openIfThere(path, code);
  if (file === undefined) return undefined;
  try {
    const found = fstatSync(file);
    // Windows has no modes: `skillgate doctor` says there that nobody checks the permissions.
    const rights =
      platform === 'win32'
        ? []
        : [
            ...whyOthersCouldWrite('it', found),
            ...whyOthersCouldWrite('its folder', statSync(dirname(path))),
            ...(secret && (found.mode & 0o077) !== 0 ? ['other users may read it'] : []),
          ];
    const why = [
      ...(found.isFile() ? [] : ['it is not a regular file']),
      ...rights,
      ...(found.size > bytesMax ? [`it is larger than ${bytesMax} bytes`] : []),
    ].join('; ');
    const hint = rights.length > 0 ? { hint: `chmod ${secret ? '600' : 'go-w'} ${path}` } : {};
    if (why !== '') throw new Problem(code, `Cannot use ${path}: ${why}`, hint);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a file (0600, its folder 0700) atomically: a reader sees the old content or the new.
 * @param owner gets the file from a runner that is root
 */
export function writePrivateFile(path: string, content: string | Uint8Array, owner?: Owner): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${performance.now()}`;
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode: 0o600, flush: true });
    if (owner !== undefined) give(temporary, owner);
    renameSync(temporary, path);
  } catch (cause) {
    // A full disk would otherwise keep a part of each attempt.
    rmSync(temporary, { force: true });
    throw cause;
  }
}

function openIfThere(path: string, code: ProblemCode): number | undefined {
  try {
    return openForReading(path);
  } catch (cause) {
    const { code: error, message } = cause as NodeJS.ErrnoException;
    if (error === 'ENOENT' || error === 'ENOTDIR') return undefined;
    throw new Problem(
      code,
      `Cannot use ${path}: ${error === 'ELOOP' ? 'it is a symbolic link' : message}`,
      {
        cause,
      },
    );
  }
}

// In a sticky folder such as /tmp, users cannot replace the files of other users.
function whyOthersCouldWrite(what: string, { uid, mode }: Pick<Stats, 'uid' | 'mode'>): string[] {
  if (uid !== 0 && uid !== process.getuid?.()) return [`${what} belongs to user ${uid}`];
  return (mode & 0o022) === 0 || (mode & 0o1000) !== 0 ? [] : [`other users may write to ${what}`];
}
