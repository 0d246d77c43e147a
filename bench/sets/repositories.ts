/** Skills of whole repositories, in checkouts that hold the files which links lead to. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type Collection,
  filesOf,
  hasCommit,
  mirrorOf,
  readCollections,
  runGit,
} from '../mirrors.ts';
import type { FoundSkill, SetSources, SkillSets } from './public-set.ts';

const nine = new URL('../honest-collections.tsv', import.meta.url);
const seen = new URL('./honest-seen.tsv', import.meta.url);
const read = new URL('./honest-read.tsv', import.meta.url);
const pins = new URL('./mirrors.tsv', import.meta.url);

/** Authors of a public registry whose skills were taken down as malware. */
const knownActors = new Set([
  'aslaep123',
  'danman60',
  'gpaitai',
  'hightower6eu',
  'jordanprater',
  'lvy19811120-gif',
  'noreplyboter',
  'rjnpage',
  'sakaen736jih',
  'zaycv',
]);

export const repositories: SkillSets = {
  'honest-nine': ({ mirrors }) => skillsOfAll(mirrors, readCollections(nine)),
  'honest-new': ({ mirrors }) => skillsOfAll(mirrors, readCollections(seen)),
  'honest-read': ({ mirrors }) => skillsOfAll(mirrors, readCollections(read)),
  clawhub: (sources) => clawHub(sources, (author) => !knownActors.has(author)),
  'clawhub-actors': (sources) => clawHub(sources, (author) => knownActors.has(author)),
};

function clawHub({ mirrors }: SetSources, isWanted: (author: string) => boolean) {
  const collections = readCollections(pins).filter(({ source }) => source === 'openclaw/skills');
  return skillsOfAll(mirrors, collections, (path) => isWanted(path.split('/')[1] ?? ''));
}

function* skillsOfAll(
  mirrors: string,
  collections: readonly Collection[],
  isWanted: (path: string) => boolean = () => true,
): Generator<FoundSkill> {
  for (const { source, commit: wanted } of collections) {
    const git = mirrorOf(mirrors, source);
    const commit = hasCommit(git, wanted) ? wanted : 'HEAD';
    const roots = skillFolders(filesOf(git, commit));
    const folder = mkdtempSync(join(tmpdir(), 'skillgate-set-'));
    try {
      checkOut(git, commit, folder);
      const trees = new Set<string>();
      for (const path of roots.filter(isWanted)) {
        const tree = runGit(git, [
          'rev-parse',
          path === '.' ? `${commit}^{tree}` : `${commit}:${path}`,
        ]);
        if (trees.has(tree.toString('utf8'))) continue;
        trees.add(tree.toString('utf8'));
        const inner = roots.filter(
          (root) => root !== path && (path === '.' || root.startsWith(`${path}/`)),
        );
        yield {
          id: `${source.replace('/', '+')}/${path.replaceAll('/', '__')}`,
          folder: join(folder, path),
          inner: inner.map((root) => (path === '.' ? root : root.slice(path.length + 1))),
        };
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Folders with a SKILL.md of their own: a link to another skill's SKILL.md makes none. */
export function skillFolders(files: readonly { mode: string; path: string }[]): string[] {
  return files
    .filter(({ mode, path }) => basename(path) === 'SKILL.md' && mode !== '120000')
    .map(({ path }) => dirname(path));
}

// git says which files a mirror lacks, and writes the others.
function checkOut(git: string, commit: string, folder: string): void {
  execFileSync('git', ['init', '--quiet', folder]);
  const info = join(folder, '.git', 'objects', 'info');
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, 'alternates'), `${resolve(git, 'objects')}\n`);
  const id = runGit(git, ['rev-parse', `${commit}^{commit}`])
    .toString('utf8')
    .trim();
  execFileSync('git', ['-C', folder, 'read-tree', id]);
  try {
    const quiet = ['-c', 'filter.lfs.smudge=', '-c', 'filter.lfs.required=false'];
    execFileSync('git', ['-C', folder, ...quiet, 'checkout-index', '--all', '--force'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch {
    process.stderr.write(`${git}: files are missing in the mirror\n`);
  }
}
