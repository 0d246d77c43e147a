/**
 * Turns any thrown value into a Problem. Failures of the operating system get a specific code; all
 * other failures get the code `internal`.
 */
import { Problem } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

const systemFailures: Readonly<Record<string, readonly [code: ProblemCode, says: string]>> = {
  ENOENT: ['file-not-found', 'there is no such file or folder'],
  ENOTDIR: ['file-not-found', 'a part of the path is not a folder'],
  EISDIR: ['file-not-found', 'it is a folder'],
  EACCES: ['file-not-found', 'you may not read or write it'],
  EPERM: ['file-not-found', 'you may not do this to it'],
  EEXIST: ['file-exists', 'it is there already'],
  ENOSPC: ['disk-full', 'the disk is full'],
  EDQUOT: ['disk-full', 'the disk quota is used up'],
  EIO: ['disk-full', 'the device failed'],
  EADDRINUSE: ['port-taken', 'another program listens there'],
};

const stackLinesMax = 12;

/**
 * Turns a thrown value into a Problem.
 * @param interrupted whether a signal asked the process to stop; then every failure counts as an
 * interruption
 */
export function problemOf(thrown: unknown, interrupted: boolean): Problem {
  if (thrown instanceof Problem && (!interrupted || thrown.code === 'interrupted')) return thrown;
  if (interrupted) return new Problem('interrupted', 'Interrupted');
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { code, path, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  const row = code === undefined ? undefined : systemFailures[code];
  if (row !== undefined) {
    const what = path ?? (port === undefined ? '' : `${address ?? ''}:${port}`);
    return new Problem(row[0], `Cannot open ${JSON.stringify(what)}: ${row[1]}`, { cause: error });
  }
  const frames = (error.stack ?? '').split('\n').slice(1, stackLinesMax);
  return new Problem('internal', `Something failed that should not have: ${error.message}`, {
    reasons: frames.map((line) => ({ message: line.trim() })),
    cause: error.cause,
  });
}
