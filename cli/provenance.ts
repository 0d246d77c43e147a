/** Where a bundle came from: SLSA provenance v1 with repository and commit, only when the commit holds exactly the bundle's bytes. */
import { createHash } from 'node:crypto';
import { simpleGit } from 'simple-git';
import type { PackedBundle } from '../skills-index/skill/bundle.ts';

export interface Origin {
  /** Without user or password. */
  readonly repository: string;
  readonly commit: string;
  /** Where in the repository the skill lies; empty at its top. */
  readonly folder: string;
}

export type OriginResult = { readonly kind: 'origin'; readonly origin: Origin } | { readonly kind: 'none'; readonly why: string };

const gitMillisMax = 10_000;

/**
 * Asks git, reading objects only: no `status`, which would run filters and monitors that the repository's own config names.
 * What stands in the work tree is compared with the commit here, byte for byte.
 */
export async function originOf(folder: string, packed: PackedBundle): Promise<OriginResult> {
  const git = simpleGit({ baseDir: folder, timeout: { block: gitMillisMax }, trimmed: true });
  try {
    const commit = await git.revparse(['--verify', 'HEAD^{commit}']);
    const prefix = await git.raw(['rev-parse', '--show-prefix']);
    const remote = await git.raw(['config', '--get', 'remote.origin.url']).catch(() => '');
    if (remote === '') return { kind: 'none', why: 'the git work tree has no remote named origin' };
    const listing = await git.raw(['ls-tree', '-r', '-z', commit, '--', '.']);
    const differs = firstDifference(listing, packed);
    if (differs !== undefined)
      return {
        kind: 'none',
        why: `${JSON.stringify(differs)} is not as in commit ${commit.slice(0, 12)}: commit first to name it`,
      };
    return { kind: 'origin', origin: { repository: withoutUser(remote), commit, folder: prefix.replace(/\/$/, '') } };
  } catch {
    return { kind: 'none', why: 'the folder lies in no git work tree with a commit' };
  }
}

/** The predicate (slsa.dev/provenance/v1). */
export function provenancePredicate({ repository, commit, folder }: Origin, tool: string): Readonly<Record<string, unknown>> {
  return {
    buildDefinition: {
      buildType: 'https://skillgate.dev/build/publish/v1',
      externalParameters: { repository, folder },
      internalParameters: {},
      resolvedDependencies: [{ uri: `git+${repository}`, digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: 'https://skillgate.dev/builder/local/v1', version: { skillgate: tool } }, metadata: {} },
  };
}

/** The first path that the commit and the bundle do not hold alike. */
function firstDifference(listing: string, { bundle, contents }: PackedBundle): string | undefined {
  const committed = new Map<string, string>();
  for (const row of listing.split('\0')) {
    const [, hash, path] = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(row) ?? [];
    if (hash !== undefined && path !== undefined) committed.set(path, hash);
  }
  for (const { path } of bundle.files) {
    const hash = committed.get(path);
    if (hash === undefined || gitHash(contents.get(path) ?? new Uint8Array(), hash.length) !== hash) return path;
    committed.delete(path);
  }
  return committed.keys().next().value;
}

// git hash-object: the type and size stand before the bytes. Repositories of the SHA-256 format have 64 digits.
function gitHash(bytes: Uint8Array, digits: number): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}

function withoutUser(remote: string): string {
  const url = URL.parse(remote);
  if (url === null || url.host === '') return remote.replace(/^[^@/]+@/, '');
  url.username = '';
  url.password = '';
  url.search = '';
  return url.toString();
}
