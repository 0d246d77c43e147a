/**
 * Finds entries with an access control list (acl(5)). The group bits of such an entry's mode are
 * the mask of the list. If the list were lost, the owning group would get rights that only named
 * users had. Node cannot read access lists, so the system's `ls` reads them, by descriptor.
 */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { latinOf, pathOnly, withParentIfThere } from '../files/walk-folder.ts';

/** Files whose access lists one call of `ls` reads. */
const accessListsAtOnce = 100;

/** Milliseconds that `ls` or `cp` may need to read or copy access lists: a file system may hang. */
const systemProgramMillisMax = 30_000;

/** Opens an entry without following links; returns undefined when the entry no longer exists. */
type Open = (path: string) => number | undefined;

/**
 * Finds which of these files and folders have an access list.
 * @param turn lets other work of this process run
 */
export async function pathsWithAccessList(
  paths: readonly string[],
  open: Open,
  turn: () => Promise<void>,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 0; at < paths.length; at += accessListsAtOnce) {
    await turn();
    const opened = paths.slice(at, at + accessListsAtOnce).flatMap((path) => {
      const descriptor = open(path);
      return descriptor === undefined ? [] : [{ path, descriptor }];
    });
    try {
      const have = haveAccessList(opened.map(({ descriptor }) => descriptor));
      for (const [index, { path }] of opened.entries()) if (have[index] === true) found.add(path);
    } finally {
      for (const { descriptor } of opened) fs.closeSync(descriptor);
    }
  }
  return found;
}

/**
 * Whether each of these open entries has an access list.
 * @throws Problem `changes-conflict`
 */
export function haveAccessList(descriptors: readonly number[]): boolean[] {
  if (descriptors.length === 0) return [];
  const args = ['-dlnLU', '--', ...pathsInChild(descriptors)];
  const lines = runOnDescriptors('/bin/ls', args, descriptors).trimEnd().split('\n');
  // ls(1) prints `+` after the mode of an entry with an access list.
  if (lines.length === descriptors.length) return lines.map((line) => /^\S{10}\+/.test(line));
  throw new Problem(
    'internal',
    `Cannot read access lists: ls printed ${lines.length} lines for ${descriptors.length} files`,
  );
}

/**
 * Opens an entry of a folder without following links; returns undefined when the entry no longer
 * exists.
 */
export function openEntry(root: string, path: string, owners: Owners): number | undefined {
  return withParentIfThere(root, latinOf(path), owners, (at) => fs.openSync(at, pathOnly));
}

/**
 * Returns the paths at which a child process finds these descriptors. In the child the descriptors
 * follow stdin, stdout and stderr.
 */
export function pathsInChild(descriptors: readonly number[]): string[] {
  return descriptors.map((_, index) => `/proc/self/fd/${index + 3}`);
}

/**
 * Runs a system program on open entries.
 * @throws Problem `changes-conflict`
 */
export function runOnDescriptors(
  program: string,
  args: readonly string[],
  descriptors: readonly number[],
): string {
  const { error, status, stderr, stdout } = spawnSync(program, args, {
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
    encoding: 'utf8',
    timeout: systemProgramMillisMax,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT')
    throw new Problem(
      'changes-conflict',
      `Cannot read or keep access lists: ${program} did not end within ${systemProgramMillisMax / 1000} s`,
      {
        hint: 'Check whether the file system of the folder responds, then try again.',
      },
    );
  if (error === undefined && status === 0) return stdout;
  throw listNotKept(error?.message ?? stderr.trim());
}

export function listNotKept(why: string): Problem {
  return new Problem('changes-conflict', `Cannot read or keep access lists: ${why}`, {
    hint: 'Install GNU coreutils (ls and cp) with support for access lists, then try again.',
  });
}
