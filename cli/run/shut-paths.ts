/**
 * Paths that a program could not write because hosts or agents obey them, as far as its output
 * tells. Pure.
 */

import { isProtectedName } from '../../skills-index/run/changes/protected-names.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { pathCharsMax } from '../limits.ts';
import { shortText } from '../terminal/output.ts';

export const gitIsShut =
  '.git is read-only in a sandbox, because git on the host obeys it: accept the changes, then commit on the host';

type Mounts = readonly Pick<Plan['mounts'][number], 'mode' | 'target'>[];

/** Each path once. The paths are the skill's own words: whoever shows them quotes them. */
export function shutPaths(printed: string, mounts: Mounts): string[] {
  const paths = printed.split('\n').flatMap((line) => pathsIn(line));
  const isShut = (path: string): boolean =>
    path.split('/').some((name) => isProtectedName(name)) && mayBeIn(path, mounts);
  return [...new Set(paths.filter(isShut))];
}

/** For people. JSON quotes the path, so that no sentence of a skill passes for one of ours. */
export function shutPathLine(path: string): string {
  const why = path.split('/').includes('.git')
    ? gitIsShut
    : 'no run may change files that hosts or agents obey';
  return `the skill says that it could not write ${JSON.stringify(shortText(path))}: ${why}`;
}

const isReadOnly = /read-only file system/gi;

function pathsIn(line: string): string[] {
  // `git push` to a repository of a mount names no path.
  if (/unable to create temporary object directory/.test(line)) return ['.git'];
  return [...line.matchAll(isReadOnly)].flatMap(({ 0: words, index }) => {
    const after = line.slice(index + words.length, index + words.length + pathCharsMax);
    const path =
      pathAfter(after) ?? pathBefore(line.slice(Math.max(0, index - pathCharsMax), index));
    return path === undefined ? [] : [path];
  });
}

// `EROFS: read-only file system, open '/a/b'` of Node, `Read-only file system: '/a/b'` of Python.
function pathAfter(text: string): string | undefined {
  return /^(?:, \w+|:) (['"])(.+?)\1/.exec(text)?.[2];
}

// `cannot create '/a b/c': Read-only file system`, or without quotes.
function pathBefore(text: string): string | undefined {
  if (!text.endsWith(': ')) return undefined;
  const said = text.slice(0, -2);
  const quote = said.at(-1);
  if (quote === "'" || quote === '"') {
    const start = said.lastIndexOf(quote, said.length - 2);
    return start < 0 ? undefined : said.slice(start + 1, -1);
  }
  const last = said.slice(said.lastIndexOf(': ') + 1);
  // A path from the root may hold blanks; of another one nobody knows where it begins.
  return /\s(\.{0,2}\/.*)$/.exec(` ${last}`)?.[1] ?? last.split(/\s/).at(-1);
}

// The system's own folders and the skill's are read-only for another reason.
function mayBeIn(path: string, mounts: Mounts): boolean {
  return (
    !path.startsWith('/') ||
    mounts.some(({ mode, target }) => mode !== 'ro' && path.startsWith(`${target}/`))
  );
}
