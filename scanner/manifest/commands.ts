/**
 * The commands of a skill: the scripts that SKILL.md names, or else the files in scripts/ and the
 * executable ones.
 */
import { posix } from 'node:path';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type BundlePath, isBundlePath } from '../../skills-index/skill/bundle-path.ts';
import { commandsMax } from '../../skills-index/skill/limits.ts';
import { isNamePart } from '../../skills-index/skill/name.ts';

const runnable = /\.([cm]?[jt]s|py|sh|bash)$/;
const neverRun =
  /(^|\/)(tests?|__tests__|node_modules)\/|\.d\.[cm]?ts$|[._](test|spec)\.|(^|\/)__init__\.py$|(^|\/)test_/;

/**
 * Command names and their files. A name is the file's own name, made unique.
 * @param before existing commands: they keep their names, and only files that SKILL.md names are
 * added
 * @param scripts files that SKILL.md tells to run, by any path
 */
export function inferCommands(
  files: readonly SourceFile[],
  before: Readonly<Record<string, BundlePath>> = {},
  scripts: readonly string[] = [],
): Record<string, BundlePath> {
  const standing = new Set<string>(Object.values(before));
  const candidates = files
    .filter(({ path }) => runnable.test(path) && !neverRun.test(path) && !standing.has(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const prose = files.find((file) => file.path === 'SKILL.md');
  const text = prose === undefined ? '' : Buffer.from(prose.bytes).toString('utf8');
  const texts = candidates.map(({ path, bytes }) => ({
    path,
    text: Buffer.from(bytes).toString('utf8'),
  }));
  const named = candidates.filter(({ path }) => text.includes(path) || scripts.includes(path));
  const others = candidates.filter(
    ({ path, mode }) =>
      (/^scripts\/[^/]+$/.test(path) || (mode & 0o100) !== 0) &&
      !texts.some((other) => other.path !== path && isImported(path, other.text)),
  );
  const commands: Record<string, BundlePath> = { ...before };
  for (const { path } of named.length > 0 || standing.size > 0 ? named : others) {
    const name = nameFor(path, commands);
    if (name !== undefined && isBundlePath(path) && Object.keys(commands).length < commandsMax)
      commands[name] = path;
  }
  return commands;
}

function nameFor(path: string, taken: Readonly<Record<string, unknown>>): string | undefined {
  const base = posix
    .basename(path)
    .replace(runnable, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const kind = posix.extname(path).slice(1);
  return [base, `${base}-${kind}`].find((name) => isNamePart(name) && !Object.hasOwn(taken, name));
}

// A file that another file imports is a part of it, not a command.
function isImported(path: string, text: string): boolean {
  const module = posix.basename(path).replace(runnable, '');
  return (
    text.includes(`/${module}.`) ||
    text.includes(`/${module}'`) ||
    text.includes(`/${module}"`) ||
    text.includes(`from ${module} import`) ||
    text.includes(`import ${module}\n`)
  );
}
