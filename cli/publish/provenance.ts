/**
 * The source of a bundle: SLSA provenance v1 with repository and commit, only when the commit
 * contains exactly the bundle's bytes.
 */
import { resolve } from 'node:path';
import type { PackedBundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import type { ProvenancePredicate } from '../../skills-index/statement/predicates.ts';
import { sourceParts, type VersionSource } from '../../skills-index/statement/source.ts';
import { mayHaveRepository, type QuietGit, withQuietGit } from '../git/bounded-git.ts';
import { firstDifference, readCommitFolder } from '../git/changed-since.ts';

export type OriginResult =
  | { readonly kind: 'origin'; readonly origin: VersionSource }
  | { readonly kind: 'none'; readonly why: string };

const commitFirst = 'Commit the folder first to publish with provenance';
const uncommitted = `the folder is not in a git work tree with a commit. ${commitFirst}`;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Asks git for the commit, the folder and the remote, and for the commit's tree. It never runs `git
 * status`, which starts filters and monitors from the repository's own config. The files are
 * compared with the commit here, byte by byte.
 */
export async function originOf(
  folder: string,
  packed: PackedBundle,
  env: Environment = process.env,
): Promise<OriginResult> {
  if (!mayHaveRepository(folder)) return none(uncommitted);
  try {
    return await withQuietGit(folder, env, (git) => askOrigin(git, folder, packed));
  } catch (cause) {
    const gitMessage = cause instanceof Error ? cause.message : '';
    const foreign = /dubious ownership/.test(gitMessage);
    const bare = /safe\.bareRepository/.test(gitMessage);
    return none(
      foreign
        ? 'the git work tree belongs to another user: git config --global --add safe.directory FOLDER, if you trust that user'
        : bare
          ? 'the folder contains the files of a bare git repository, and Skillgate does not run git in such a folder'
          : uncommitted,
    );
  }
}

async function askOrigin(
  git: QuietGit,
  folder: string,
  packed: PackedBundle,
): Promise<OriginResult> {
  const commit = await git.here('rev-parse', '--verify', 'HEAD');
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return none(uncommitted);
  const place = (await git.here('rev-parse', '--show-prefix')).replace(/\/$/, '');
  const objects = resolve(folder, await git.here('rev-parse', '--git-path', 'objects'));
  const remote = await git.here('config', '--get', 'remote.origin.url').catch(() => '');
  if (remote === '') return none('the git work tree has no remote named origin');
  const short = commit.slice(0, 12);
  const committed = await readCommitFolder({ git, folder: objects }, commit, place).catch(
    () => undefined,
  );
  if (committed === undefined)
    return none(
      `commit ${short} does not have the folder. ${commitFirst}. Where git fetched only a part of the commit, fetch the rest: Skillgate fetches nothing`,
    );
  const differs = firstDifference(committed, sourceFilesOf(packed));
  if (differs !== undefined)
    return none(`${JSON.stringify(differs)} differs from commit ${short}: ${commitFirst}`);
  const id = await git.objects(objects, 'rev-parse', '--verify', `${commit}:${place}`);
  const origin = { repository: withoutUser(remote), commit, folder: place, tree: id };
  return { kind: 'origin', origin };
}

function none(why: string): OriginResult {
  return { kind: 'none', why };
}

/** The predicate (slsa.dev/provenance/v1) of a version that an author publishes from a commit. */
export function provenancePredicate(source: VersionSource, tool: string): ProvenancePredicate {
  return predicateOf('https://skillgate.dev/build/publish/v1', sourceParts(source), tool);
}

/** Members of an SLSA build definition that name where a version came from. */
export type OriginParts = Readonly<Record<string, unknown>>;

/** The predicate of a version that somebody imports from a repository or another registry. */
export function importPredicate(origin: OriginParts, tool: string): ProvenancePredicate {
  return predicateOf('https://skillgate.dev/build/import/v1', origin, tool);
}

function predicateOf(buildType: string, origin: OriginParts, tool: string): ProvenancePredicate {
  return {
    buildDefinition: { buildType, ...origin },
    runDetails: {
      builder: { id: 'https://skillgate.dev/builder/local/v1', version: { skillgate: tool } },
      metadata: {},
    },
  };
}

function withoutUser(remote: string): string {
  const url = URL.parse(remote);
  if (url === null || url.host === '') return remote.replace(/^[^@/]+@/, '');
  url.username = '';
  url.password = '';
  url.search = '';
  return url.toString();
}

/** The files of a packed bundle in the form that a scan reads. */
export function sourceFilesOf({
  bundle,
  contents,
}: Pick<PackedBundle, 'bundle' | 'contents'>): SourceFile[] {
  return bundle.files.map(({ path, mode }) => ({
    path,
    bytes: contents.get(path) ?? new Uint8Array(),
    mode: Number.parseInt(mode, 8),
  }));
}
