/** Bare mirrors of public collections of skills: `MIRRORS/OWNER+NAME`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Collection {
  /** `OWNER/NAME`, as GitHub writes a repository's name. */
  readonly source: string;
  readonly commit: string;
}

const bytesMax = 512 * 2 ** 20;

/** The collections of a list with the columns source and commit. */
export function readCollections(list: URL): Collection[] {
  return readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [source = '', commit = ''] = line.split('\t');
      return { source, commit };
    });
}

/**
 * The git directory of a mirror: `MIRRORS/OWNER+NAME`, or the folder `repo` in it. Undefined when
 * there is no such mirror.
 */
export function findMirror(mirrors: string, source: string): string | undefined {
  const base = mirrorPath(mirrors, source);
  return [join(base, 'repo'), base].find((git) => existsSync(join(git, 'objects')));
}

export function mirrorOf(mirrors: string, source: string): string {
  const found = findMirror(mirrors, source);
  if (found === undefined)
    throw new Error(`No bare mirror of ${source} at ${mirrorPath(mirrors, source)}`);
  return found;
}

export function mirrorPath(mirrors: string, source: string): string {
  return join(mirrors, source.replace('/', '+'));
}

export function hasCommit(git: string, commit: string): boolean {
  try {
    runGit(git, ['cat-file', '-e', `${commit}^{commit}`]);
    return true;
  } catch {
    return false;
  }
}

/** What a command of git prints. */
export function runGit(git: string, args: readonly string[], input?: string): Buffer {
  return execFileSync('git', ['--git-dir', git, ...args], {
    maxBuffer: bytesMax,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(input === undefined ? {} : { input }),
  });
}

/** The files of a commit with their modes, such as `100644`. */
export function filesOf(git: string, commit: string): { mode: string; path: string }[] {
  return runGit(git, ['ls-tree', '-r', '-z', '--format=%(objectmode) %(path)', commit])
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => ({ mode: line.slice(0, 6), path: line.slice(7) }));
}
