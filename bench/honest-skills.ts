/** Lays out the skills with scripts of public collections from bare mirrors. Nothing is kept. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

interface Collection {
  readonly source: string;
  readonly commit: string;
}

export interface HonestSkill extends Collection {
  /** Its folder in the collection. */
  readonly path: string;
}

const bytesMax = 512 * 2 ** 20;
const script = /\.(py|sh|bash|ps1|[cm]?[jt]s)$/;

/** Every skill with scripts of the listed collections. A missing commit is replaced by HEAD. */
export function honestSkills(mirrors: string): HonestSkill[] {
  return readCollections().flatMap(({ source, commit: wanted }) => {
    const git = mirrorOf(mirrors, source);
    const commit = hasCommit(git, wanted) ? wanted : 'HEAD';
    const entries = run(git, ['ls-tree', '-r', '-z', '--format=%(objectmode) %(path)', commit])
      .toString('utf8')
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => ({ mode: line.slice(0, 6), path: line.slice(7) }));
    const roots = new Set(
      entries.filter(({ path }) => basename(path) === 'SKILL.md').map(({ path }) => dirname(path)),
    );
    const withScripts = new Set(
      entries.filter(isScript).map(({ path }) => skillOf(dirname(path), roots)),
    );
    return [...roots]
      .filter((path) => withScripts.has(path))
      .map((path) => ({ source, commit, path }));
  });
}

/** Lays a skill out below a folder, without skills inside it. Returns the skill's own folder. */
export function layOut(mirrors: string, { source, commit, path }: HonestSkill, into: string) {
  mkdirSync(into, { recursive: true });
  const tar = run(mirrorOf(mirrors, source), ['archive', commit, '--', path]);
  execFileSync('tar', ['-x', '-C', into], { input: tar });
  const folder = join(into, path);
  for (const inner of globSync('*/**/SKILL.md', { cwd: folder }))
    rmSync(join(folder, dirname(inner)), { recursive: true, force: true });
  return folder;
}

function readCollections(): Collection[] {
  const text = readFileSync(new URL('./honest-collections.tsv', import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [source = '', commit = ''] = line.split('\t');
      return { source, commit };
    });
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

// MIRRORS/OWNER+NAME, a bare repository or a folder with one named `repo`.
function mirrorOf(mirrors: string, source: string): string {
  const base = join(mirrors, source.replace('/', '+'));
  const found = [join(base, 'repo'), base].find((git) => existsSync(join(git, 'objects')));
  if (found === undefined) throw new Error(`No bare mirror of ${source} at ${base}`);
  return found;
}

function hasCommit(git: string, commit: string): boolean {
  try {
    run(git, ['cat-file', '-e', `${commit}^{commit}`]);
    return true;
  } catch {
    return false;
  }
}

function run(git: string, args: readonly string[]): Buffer {
  return execFileSync('git', ['--git-dir', git, ...args], {
    maxBuffer: bytesMax,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
