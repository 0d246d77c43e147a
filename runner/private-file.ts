/** Files that decide what may run: read only when nobody else could have written them, written whole or not at all. */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../skills-index/skill/problem.ts';
import type { ProblemCode } from '../skills-index/skill/problem-codes.ts';

export interface PrivateFileRule {
  readonly bytesMax: number;
  /** Whether others must not even read it. */
  readonly secret: boolean;
  readonly code: ProblemCode;
}

/**
 * Opens a file once, judges owner and mode of what was opened, and reads that.
 * @returns undefined when there is no such file
 * @throws Problem with the rule's code
 */
export function readPrivateFile(path: string, rule: PrivateFileRule): Uint8Array | undefined {
  const file = openForReading(path, rule);
  if (file === undefined) return undefined;
  try {
    const found = fstatSync(file);
    const why = [
      ...(found.isFile() ? [] : ['it is no plain file']),
      ...whyOthersCouldWrite(found),
      ...(rule.secret && (found.mode & 0o077) !== 0 ? ['others may read it'] : []),
      ...(found.size > rule.bytesMax ? [`it is larger than ${rule.bytesMax} bytes`] : []),
      ...whyOthersCouldWrite(statSync(dirname(path)), 'its folder: '),
    ];
    if (why.length > 0) throw refused(path, rule, why.join('; '));
    const bytes = new Uint8Array(found.size);
    let at = 0;
    while (at < bytes.length) {
      const got = readSync(file, bytes, at, bytes.length - at, at);
      if (got === 0) throw refused(path, rule, 'it became shorter while it was read');
      at += got;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** Writes a file (0600, its folder 0700) so that a reader sees the old content or the new, never a part. */
export function writePrivateFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function openForReading(path: string, rule: PrivateFileRule): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw refused(path, rule, code === 'ELOOP' ? 'it is a link' : (cause as Error).message);
  }
}

// A sticky folder such as /tmp lets nobody replace what is another's.
function whyOthersCouldWrite({ uid, mode }: { uid: number; mode: number }, prefix = ''): string[] {
  const own = process.getuid?.() ?? uid;
  return [
    ...(uid === own || uid === 0 ? [] : [`${prefix}it belongs to user ${uid}`]),
    ...((mode & 0o022) === 0 || (mode & 0o1000) !== 0 ? [] : [`${prefix}others may write to it`]),
  ];
}

function refused(path: string, rule: PrivateFileRule, why: string): Problem {
  return new Problem(rule.code, `Cannot use ${path}: ${why}`, { hint: `chmod ${rule.secret ? '600' : 'go-w'} ${path}` });
}
