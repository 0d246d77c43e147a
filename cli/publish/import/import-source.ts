/** The skills of a folder or of a repository’s commit, as an import reads them. */
import { lstat } from 'node:fs/promises';
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { withBundlePaths } from '../../../skills-index/skill/authoring/format-names.ts';
import {
  bundleBytesMax,
  bundleFileBytesMax,
  bundleFilesMax,
} from '../../../skills-index/skill/bundle.ts';
import { foldersAbove } from '../../../skills-index/skill/bundle-path.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  compareVersions,
  parseVersion,
  type Version,
} from '../../../skills-index/skill/version.ts';
import { sourceParts, type VersionSource } from '../../../skills-index/statement/source.ts';
import type { CommandContext } from '../../command.ts';
import type { FolderEntry } from '../../git/commit-tree.ts';
import {
  type FetchedCommit,
  folderAddress,
  type GitAddress,
  parseGitAddress,
  withCommit,
} from '../../git/fetched-commit.ts';
import { findSkills } from '../../scan/find-skills.ts';
import {
  folderReasonsMax,
  overLimit,
  readSkillFolder,
  type SkillFolder,
  withoutByteCode,
} from '../../scan/source-folder.ts';
import { answer, count, inkFor, joined, type Safe, safe, table } from '../../terminal/output.ts';
import type { OriginParts } from '../provenance.ts';
import type { PluginPlace } from './plugin-files.ts';

export interface SourceSkill {
  /** In the imported folder or repository; `.` for the top. */
  readonly path: string;
  /** Name of the folder, for a skill that has no name of its own. */
  readonly folderName: string;
  readonly read: () => Promise<SkillFolder>;
  /** The plugin around the skill. */
  readonly plugin?: () => Promise<PluginPlace | undefined>;
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
    return withCommit(context, address, async (commit) => use(await skillsOf(commit, folder)));
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
    plugin: async () => {
      for (let root = folder; ; root = dirname(root)) {
        if (await isThere(join(root, pluginFile)))
          return {
            at: relative(root, folder).split(sep).join('/'),
            read: () => readSkillFolder(root, env),
          };
        if (root === dirname(root)) return undefined;
      }
    },
  };
}

const pluginFile = '.claude-plugin/plugin.json';

async function skillsOf(commit: FetchedCommit, folder: string | undefined): Promise<SourceSkill[]> {
  const top = folder ?? commit.folder ?? '';
  const found: string[] = [];
  for (const path of commit.tree.skillsBelow(top.replace(/(^|\/)SKILL\.md$/i, '')))
    if (!(await isPage(commit, path))) found.push(path);
  if (found.length === 0)
    throw new Problem(
      'skill-md-missing',
      `There is no SKILL.md in or below ${JSON.stringify(top === '' ? '.' : top)} of ${commit.repository}`,
      { hint: elsewhereHint(commit.tree.skillsBelow('')) },
    );
  return found.map((path) => commitSkill(commit, path));
}

// As `isSkillFolder` reads a folder: a `skill.md` may also be a page about skills.
async function isPage({ read, tree }: FetchedCommit, folder: string): Promise<boolean> {
  const page = tree.file(posix.join(folder, 'skill.md'));
  if (page === undefined || tree.file(posix.join(folder, 'SKILL.md')) !== undefined) return false;
  return !String((await read([page]))[0])
    .trimStart()
    .startsWith('---');
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
    plugin: async () => {
      const isRoot = (at: string): boolean =>
        commit.tree.file(posix.join(at, pluginFile)) !== undefined;
      const root = foldersUp(path).find(isRoot) ?? '';
      return { at: posix.relative(root, path), read: () => readCommitFolder(commit, root) };
    },
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
  for (const at of foldersUp(folder))
    for (const name of licenceNames) {
      const path = posix.join(at, name);
      const entry = tree.file(path);
      if (entry !== undefined) return { path, blob: entry.hash };
    }
  return undefined;
}

/** A folder and those above it. */
function foldersUp(folder: string): string[] {
  return [folder, ...foldersAbove(folder).reverse(), ''];
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
  const read = files.map(({ path, entry }, at) => ({
    path,
    bytes: contents[at] ?? new Uint8Array(),
    mode: entry.mode,
  }));
  return withoutByteCode({
    files: withBundlePaths(read),
    unread: unread.slice(0, folderReasonsMax),
    unlisted: Math.max(0, unread.length - folderReasonsMax),
    skipped: [],
  });
}

// The version under which a skill of a repository is imported.

/** What a commit tells about the versions of its skills. */
interface CommitVersions {
  readonly commit: string;
  readonly time: Date;
  /** Short names of the tags at the commit, and of all tags. */
  readonly tagsHere: readonly string[];
  readonly tags: readonly string[];
}

/**
 * The versions to try, best first: the version of a tag at the commit; the version that SKILL.md
 * names; and a version made from the commit’s time, which is higher than the released versions
 * before it, as Go makes pseudo-versions. A tag is the only version of its commit: a tag that was
 * moved is not published under another name.
 * @param own version in SKILL.md
 */
export function versionsOfCommit(
  shortName: string,
  own: Version | undefined,
  commit: CommitVersions,
): readonly Version[] {
  const here = highestRelease(commit.tagsHere, shortName);
  if (here !== undefined) return [here];
  const base = own ?? highestRelease(commit.tags, shortName);
  return [...(own === undefined ? [] : [own]), versionAfter(base, commit)];
}

/** `v1.2.3` and `1.2.3` name a release of all skills; `name@1.2.3`, `name-v1.2.3` of one. */
export function releaseOf(tag: string, shortName: string): Version | undefined {
  const ofOne = ['@', '-', '/']
    .map((sign) => shortName + sign)
    .find((head) => tag.startsWith(head));
  return tryVersion((ofOne === undefined ? tag : tag.slice(ofOne.length)).replace(/^v/, ''));
}

export function tryVersion(text: string | undefined): Version | undefined {
  try {
    return text === undefined ? undefined : parseVersion(text);
  } catch {
    return undefined;
  }
}

function highestRelease(tags: readonly string[], shortName: string): Version | undefined {
  return tags
    .flatMap((tag) => releaseOf(tag, shortName) ?? [])
    .sort(compareVersions)
    .at(-1);
}

// The `g` keeps digits of a commit from being a number with a leading zero, which semver forbids.
function versionAfter(base: Version | undefined, { commit, time }: CommitVersions): Version {
  const stamp = time.toISOString().replace(/\D/g, '').slice(0, 14);
  const made = `0.${stamp}.g${commit.slice(0, 12)}`;
  const [, major, minor, patch, pre] = /^(\d+)\.(\d+)\.(\d+)(-[^+]+)?/.exec(base ?? '') ?? [];
  const candidate =
    pre === undefined
      ? `${major}.${minor}.${Number(patch) + 1}-${made}`
      : `${major}.${minor}.${patch}${pre}.${made}`;
  return (base === undefined ? undefined : tryVersion(candidate)) ?? parseVersion(`0.0.0-${made}`);
}

// The outcome of each imported skill, as a table and as counts.

export interface ImportRow {
  /** The folder, relative to the imported folder or repository. */
  readonly path: string;
  readonly name?: string;
  readonly version?: string;
  readonly bundle?: string;
  /** `there`: the version was already published. */
  readonly outcome: 'taken' | 'there' | 'refused';
  /** Code of the refusal. */
  readonly code?: string;
  readonly reason?: string;
  readonly inferred: boolean;
  /** The registry's verdict; null while there is none. */
  readonly verdict: string | null;
  readonly status: string | null;
  /** The verdict of the scan on this machine; `none` where nothing was scanned. */
  readonly localVerdict: string;
  /** Time from reading the folder to the verdict. */
  readonly seconds: number;
}

export function importAnswer(
  context: CommandContext,
  scope: string,
  rows: readonly ImportRow[],
): void {
  const counts = {
    outcomes: countBy(rows, (row) => row.outcome),
    refusals: countBy(rows, (row) => row.code),
    verdicts: countBy(rows, (row) => row.verdict ?? undefined),
    localVerdicts: countBy(rows, (row) => row.localVerdict),
  };
  answer(
    context,
    {
      schema: 'skillgate.import/1',
      scope,
      skills: rows.length,
      ...counts,
      rows,
    },
    () =>
      joined(
        [
          importTable(context, rows),
          safe`${count(rows.length, 'skill')}: ${outcomesText(rows)}${rows.some((row) => row.code) ? `; refused for ${countsText(counts.refusals)}` : ''}`,
          safe`verdicts: ${countsText(counts.verdicts)}; scanned here: ${countsText(counts.localVerdicts)}`,
        ],
        '\n',
      ),
  );
}

const outcomeWords: Readonly<Record<ImportRow['outcome'], string>> = {
  taken: 'imported',
  there: 'unchanged',
  refused: 'refused',
};

/** A line for each skill. */
function importTable(context: CommandContext, rows: readonly ImportRow[]): Safe {
  return table(rows.map((row) => rowText(context, row)));
}

/** How many skills had each outcome. */
function outcomesText(rows: readonly ImportRow[]): string {
  return countsText(countBy(rows, (row) => outcomeWords[row.outcome]));
}

function rowText(context: CommandContext, row: ImportRow): (string | Safe)[] {
  const ink = inkFor(context.stdout, context.env);
  const word = outcomeWords[row.outcome];
  const outcome = row.outcome === 'refused' ? ink.red(word) : ink.green(word);
  const what =
    row.name === undefined
      ? row.path
      : `${row.name}@${row.version}${row.inferred ? ' (inferred)' : ''}`;
  const why =
    row.outcome === 'refused'
      ? safe`${row.code ?? ''}: ${row.reason ?? ''}`
      : safe`${row.status ?? ''}`;
  return [
    what,
    outcome,
    row.verdict ?? (row.localVerdict === 'none' ? '' : `${row.localVerdict} (here)`),
    `${row.seconds.toFixed(1)} s`,
    why,
  ];
}

function countBy(
  rows: readonly ImportRow[],
  key: (row: ImportRow) => string | undefined,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const word = key(row);
    if (word !== undefined) counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([word, count]) => `${count} ${word}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
