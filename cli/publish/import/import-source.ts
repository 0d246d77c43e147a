/** The skills of a folder or of a repository’s commit, as an import reads them. */
import { lstat } from 'node:fs/promises';
import { basename, join, posix, relative, resolve, sep } from 'node:path';
import {
  bundleBytesMax,
  bundleFileBytesMax,
  bundleFilesMax,
} from '../../../skills-index/skill/limits.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { sourceParts, type VersionSource } from '../../../skills-index/statement/source.ts';
import type { CommandContext } from '../../command.ts';
import type { FolderEntry } from '../../git/commit-tree.ts';
import { type FetchedCommit, withCommit } from '../../git/fetched-commit.ts';
import { folderAddress, type GitAddress, parseGitAddress } from '../../git/git-address.ts';
import { folderReasonsMax } from '../../limits.ts';
import { findSkills } from '../../scan/find-skills.ts';
import {
  overLimit,
  readSkillFolder,
  type SkillFolder,
  withoutByteCode,
} from '../../scan/source-folder.ts';
import { count } from '../../terminal/output.ts';
import type { OriginParts } from '../provenance.ts';
import type { CommitVersions } from './import-version.ts';

export interface SourceSkill {
  /** In the imported folder or repository; `.` for the top. */
  readonly path: string;
  /** Name of the folder, for a skill that has no name of its own. */
  readonly folderName: string;
  readonly read: () => Promise<SkillFolder>;
  readonly versions?: CommitVersions;
  /** Where the skill came from, once it was read. @param licence what SKILL.md says */
  readonly origin?: (licence: string | undefined) => Promise<OriginParts>;
}

/**
 * Opens the folder or repository that the command line names.
 * @throws Problem `file-not-found`, `skill-md-missing`, and those of git
 */
export async function withSource<Result>(
  context: CommandContext,
  { address: given, path }: { readonly address: string; readonly path: string | undefined },
  use: (skills: readonly SourceSkill[]) => Promise<Result>,
): Promise<Result> {
  const folder = path === undefined ? undefined : folderIn(path);
  const address = parseGitAddress(given) ?? (await localAddress(context.cwd, given));
  if (address !== undefined)
    return withCommit(context, address, (commit) => use(skillsOf(commit, folder)));
  const top = join(resolve(context.cwd, given), folder ?? '');
  const found = await findSkills(top, context.env);
  return use(found.map((one) => folderSkill(top, one, context.env)));
}

function folderIn(path: string): string {
  const folder = posix.normalize(path).replace(/\/$/, '');
  if (posix.isAbsolute(folder) || folder.split('/').includes('..'))
    throw new Problem('usage', `The path ${JSON.stringify(path)} leaves the repository`, {
      hint: 'name a folder of the repository, such as --path skills',
    });
  return folder === '.' ? '' : folder;
}

// A folder of this machine is a repository for the import if it is a bare one, or if a branch, tag
// or commit is named. Else the import reads the files as they lie there.
async function localAddress(cwd: string, given: string): Promise<GitAddress | undefined> {
  const whole = resolve(cwd, given);
  if (await isThere(whole)) return (await isBare(whole)) ? folderAddress(whole) : undefined;
  const hash = given.lastIndexOf('#');
  const path = resolve(cwd, given.slice(0, Math.max(0, hash)));
  return hash > 0 && (await isThere(path)) ? folderAddress(path, given.slice(hash + 1)) : undefined;
}

async function isBare(path: string): Promise<boolean> {
  const parts = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => isThere(join(path, name))),
  );
  return parts.every(Boolean) && !(await isThere(join(path, 'SKILL.md')));
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

function folderSkill(top: string, folder: string, env: CommandContext['env']): SourceSkill {
  return {
    path: relative(top, folder).split(sep).join('/') || '.',
    folderName: basename(folder),
    read: async () => withoutByteCode(await readSkillFolder(folder, env)),
  };
}

function skillsOf(commit: FetchedCommit, folder: string | undefined): SourceSkill[] {
  const top = folder ?? commit.folder ?? '';
  const found = commit.tree.skillsBelow(top.replace(/(^|\/)SKILL\.md$/, ''));
  if (found.length === 0)
    throw new Problem(
      'skill-md-missing',
      `There is no SKILL.md in or below ${JSON.stringify(top === '' ? '.' : top)} of ${commit.repository}`,
      { hint: elsewhereHint(commit.tree.skillsBelow('')) },
    );
  return found.map((path) => commitSkill(commit, path));
}

function elsewhereHint([first, ...others]: readonly string[]): string {
  if (first === undefined)
    return 'The commit has no skill. Name another branch or tag: ADDRESS#REF.';
  const more = others.length === 0 ? '' : `, and ${count(others.length, 'other skill')} elsewhere`;
  return `The commit has a skill in ${JSON.stringify(first)}${more}. Leave out --path, or name another folder.`;
}

function commitSkill(commit: FetchedCommit, path: string): SourceSkill {
  const name = posix.basename(path === '' ? commit.repository : path);
  return {
    path: path === '' ? '.' : path,
    folderName: name.replace(/\.git$/, ''),
    read: () => readCommitFolder(commit, path),
    versions: commit,
    origin: async (licence) => {
      const { repository, ref, commit: id } = commit;
      const tree = await commit.treeIdOf(path);
      const licenceFile = licenceFileOf(commit, path);
      return sourceParts({
        repository,
        commit: id,
        folder: path,
        ...(ref === undefined ? {} : { ref }),
        ...(tree === undefined ? {} : { tree }),
        ...(licence === undefined ? {} : { licence }),
        ...(licenceFile === undefined ? {} : { licenceFile }),
      });
    },
  };
}

const licenceNames = ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'LICENCE', 'COPYING'];

// The nearest one counts: a skill may have another licence than its repository.
function licenceFileOf(
  { tree }: FetchedCommit,
  folder: string,
): VersionSource['licenceFile'] | undefined {
  for (let at = folder; ; at = posix.dirname(at) === '.' ? '' : posix.dirname(at)) {
    for (const name of licenceNames) {
      const path = at === '' ? name : `${at}/${name}`;
      const entry = tree.file(path);
      if (entry !== undefined) return { path, blob: entry.hash };
    }
    if (at === '') return undefined;
  }
}

async function readCommitFolder(commit: FetchedCommit, folder: string): Promise<SkillFolder> {
  const unread: { path: string; reason: string }[] = [];
  const files: Extract<FolderEntry, { entry: unknown }>[] = [];
  let bytes = 0;
  for (const found of commit.tree.entriesOf(folder)) {
    const limits = { bytesLeft: bundleBytesMax - bytes, isBeyond: files.length >= bundleFilesMax };
    // The fetch leaves out contents that are too large for a skill.
    const { bytes: size = bundleFileBytesMax + 1 } = 'entry' in found ? found.entry : {};
    const reason = 'reason' in found ? found.reason : overLimit(size, limits);
    if (reason !== undefined) unread.push({ path: found.path, reason });
    else if ('entry' in found) {
      files.push(found);
      bytes += size;
    }
  }
  const contents = await commit.read(files.map(({ entry }) => entry));
  return withoutByteCode({
    files: files.map(({ path, entry }, at) => ({
      path,
      bytes: contents[at] ?? new Uint8Array(),
      mode: entry.mode,
    })),
    unread: unread.slice(0, folderReasonsMax),
    unlisted: Math.max(0, unread.length - folderReasonsMax),
    skipped: [],
  });
}
