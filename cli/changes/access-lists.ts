/**
 * Access control lists of files (acl(5)): without them, the mode of a replaced file would give its group what only named users had.
 * Node cannot read them, so the system's `ls` and `cp` do, by descriptor.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { withParent } from '../../runner/mounts/walk-folder.ts';
import type { Owners } from '../../skills-index/run/foreign-paths.ts';
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
      for (const [index, { path }] of opened.entries()) if (sign.test(lines[index] ?? '')) found.add(path);
    } finally {
      for (const { descriptor } of opened) fs.closeSync(descriptor);
    }
  }
  return found;
}

/**
 * Gives a new file exactly the list of the one whose place it takes, or none where that one has none and the folder gives it one.
 * @param to descriptor of the new file, which belongs to its owner by now
 */
export function copyAccessList(from: Buffer, to: number): void {
  const old = fs.openSync(from, pathOnly);
  try {
    // `cp` takes the bits with the list.
    if ((fs.fstatSync(old).mode & 0o6000) !== 0) throw notKept('a file got setuid or setgid bits meanwhile');
    run('/bin/cp', ['--attributes-only', '--preserve=mode', ...placesOf([old, to])], [old, to]);
    const [before, after] = listed([old, to]).map((line) => sign.test(line));
    if (before !== after) throw notKept('this host’s cp does not copy them, or does not take them off');
  } finally {
    fs.closeSync(old);
  }
}

/** A handle on an entry of a folder itself; undefined where it is not there any more. */
export function openEntry(root: string, path: string, owners: Owners): number | undefined {
  try {
    return withParent(root, Buffer.from(path).toString('latin1'), owners, (at) => fs.openSync(at, pathOnly));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

/** A handle on the entry itself (open(2), O_PATH). */
export const pathOnly = 0o10_000_000 | fs.constants.O_NOFOLLOW;

// ls(1): the sign behind the mode.
const sign = /^\S{10}\+/;

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
  throw notKept(error?.message ?? stderr.trim());
}

function notKept(why: string): Problem {
  return new Problem('changes-conflict', `Cannot read or keep access lists: ${why}`, {
    hint: 'skillgate changes accept goes on where this ended',
  });
}
