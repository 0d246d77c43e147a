/**
 * Access control lists of files (acl(5)): without them, the mode of a replaced file would give its group what only named users had.
 * Node cannot read them, so the system's `ls` and `cp` do, by descriptor.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { Problem } from '../../skills-index/skill/problem.ts';
import { accessListsAtOnce } from '../limits.ts';

/** Opens an entry itself, or gives undefined where it is not there any more. */
type Open = (path: string) => number | undefined;

/**
 * Which of these files have a list.
 * @param turn gives way to whatever else this process does
 */
export async function filesWithAccessList(paths: readonly string[], open: Open, turn: () => Promise<void>): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 0; at < paths.length; at += accessListsAtOnce) {
    await turn();
    const opened = paths.slice(at, at + accessListsAtOnce).flatMap((path) => {
      const descriptor = open(path);
      return descriptor === undefined ? [] : [{ path, descriptor }];
    });
    try {
      const lines = listed(opened.map(({ descriptor }) => descriptor));
      // ls(1): the sign behind the mode.
      for (const [index, { path }] of opened.entries()) if (/^\S{10}\+/.test(lines[index] ?? '')) found.add(path);
    } finally {
      for (const { descriptor } of opened) fs.closeSync(descriptor);
    }
  }
  return found;
}

/** Gives a new file the list of the one whose place it takes. */
export function copyAccessList(from: Buffer, to: Buffer): void {
  const files = [fs.openSync(from, pathOnly), fs.openSync(to, fs.constants.O_RDWR | fs.constants.O_NOFOLLOW)];
  try {
    run('/bin/cp', ['--attributes-only', '--preserve=mode', ...placesOf(files)], files);
  } finally {
    files.forEach(fs.closeSync);
  }
}

/** A handle on the entry itself (open(2), O_PATH). */
export const pathOnly = 0o10_000_000 | fs.constants.O_NOFOLLOW;

function listed(descriptors: readonly number[]): string[] {
  if (descriptors.length === 0) return [];
  const lines = run('/bin/ls', ['-dlnLU', '--', ...placesOf(descriptors)], descriptors)
    .trimEnd()
    .split('\n');
  if (lines.length === descriptors.length) return lines;
  throw new Problem('internal', `ls tells of ${lines.length} files, not of ${descriptors.length}`);
}

// Behind stdin, stdout and stderr.
function placesOf(descriptors: readonly number[]): string[] {
  return descriptors.map((_, index) => `/proc/self/fd/${index + 3}`);
}

function run(program: string, args: readonly string[], descriptors: readonly number[]): string {
  const { error, status, stderr, stdout } = spawnSync(program, args, {
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
    encoding: 'utf8',
  });
  if (error === undefined && status === 0) return stdout;
  throw new Problem('changes-conflict', `Cannot read or keep access lists: ${error?.message ?? stderr.trim()}`, {
    hint: 'skill changes accept goes on where this ended',
  });
}
