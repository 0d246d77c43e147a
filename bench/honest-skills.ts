/** Lays out the skills with scripts of public collections from bare mirrors. Nothing is kept. */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type Collection,
  filesOf,
  hasCommit,
  mirrorOf,
  readCollections,
  runGit,
} from './mirrors.ts';

export interface HonestSkill extends Collection {
  /** Its folder in the collection. */
  readonly path: string;
}

const collections = new URL('./honest-collections.tsv', import.meta.url);
const script = /\.(py|sh|bash|ps1|[cm]?[jt]s)$/;

/** Every skill with scripts of the listed collections. A missing commit is replaced by HEAD. */
export function honestSkills(mirrors: string): HonestSkill[] {
  return readCollections(collections)
    .flatMap((collection) => skillsOf(mirrors, collection))
    .filter(({ hasScripts }) => hasScripts);
}

/** Every skill of a collection. A missing commit is replaced by HEAD. */
export function skillsOf(
  mirrors: string,
  { source, commit: wanted }: Collection,
): (HonestSkill & { readonly hasScripts: boolean })[] {
  const git = mirrorOf(mirrors, source);
  const commit = hasCommit(git, wanted) ? wanted : 'HEAD';
  const entries = filesOf(git, commit);
  const roots = new Set(
    entries.filter(({ path }) => basename(path) === 'SKILL.md').map(({ path }) => dirname(path)),
  );
  const withScripts = new Set(
    entries.filter(isScript).map(({ path }) => skillOf(dirname(path), roots)),
  );
  return [...roots].map((path) => ({ source, commit, path, hasScripts: withScripts.has(path) }));
}

/** Lays a skill out below a folder, without skills inside it. Returns the skill's own folder. */
export function layOut(mirrors: string, { source, commit, path }: HonestSkill, into: string) {
  mkdirSync(into, { recursive: true });
  const tar = runGit(mirrorOf(mirrors, source), ['archive', commit, '--', path]);
  execFileSync('tar', ['-x', '-C', into], { input: tar });
  const folder = join(into, path);
  for (const inner of globSync('*/**/SKILL.md', { cwd: folder }))
    rmSync(join(folder, dirname(inner)), { recursive: true, force: true });
  return folder;
}

function isScript({ mode, path }: { readonly mode: string; readonly path: string }): boolean {
  if (mode === '120000') return false;
  return script.test(path) || (mode === '100755' && !basename(path).includes('.'));
}

// The nearest folder above with a SKILL.md.
function skillOf(folder: string, roots: ReadonlySet<string>): string | undefined {
  if (roots.has(folder)) return folder;
  return folder === '.' ? undefined : skillOf(dirname(folder), roots);
}
