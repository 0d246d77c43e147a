/** Skills that an earlier import took from a source, and that the source no longer has. */
import { randomUUID } from 'node:crypto';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import type { FetchedCommit } from '../../git/fetched-commit.ts';
import { postStatement, registryIdFor } from '../../registries/post-statement.ts';
import { type VersionAnswer, versionAnswer } from '../../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../../registries/registry-api.ts';
import type { ImportWorld } from './import-one.ts';
import type { ImportRow } from './import-table.ts';

/**
 * Deprecates the approved versions of such skills. A skill that only moved, or that is refused now,
 * is still there. A tag or commit says nothing about what its branch has now.
 */
export async function deprecateGone(
  world: ImportWorld,
  commit: FetchedCommit,
  rows: readonly ImportRow[],
): Promise<ImportRow[]> {
  if (commit.ref?.startsWith('refs/heads/') !== true) return [];
  const here = new Set(rows.map(({ name }) => name));
  const gone: ImportRow[] = [];
  for (const [name, listed] of world.known) {
    if (here.has(name)) continue;
    for (const { version } of listed.filter(({ status }) => status === 'approved')) {
      const found = await askImported(world, name, version);
      if (isGone(commit, found)) gone.push(await deprecate(world, found, whereOf(commit, found)));
    }
  }
  return gone;
}

function isGone({ ref, repository, tree }: FetchedCommit, { source }: VersionAnswer): boolean {
  return (
    source?.repository === repository &&
    source.ref === ref &&
    tree.skillsBelow(source.folder).length === 0
  );
}

function whereOf({ commit, repository }: FetchedCommit, { source }: VersionAnswer): GoneFrom {
  return {
    path: source === null || source.folder === '' ? '.' : source.folder,
    reason: `The skill is no longer in ${repository}, since commit ${commit} or before`,
  };
}

/** A version as the registry has it. @throws Problem as `askRegistry` */
export function askImported(
  { context }: ImportWorld,
  name: string,
  version: string,
): Promise<VersionAnswer> {
  const path = versionPath(parseSkillName(name), parseVersion(version));
  return askRegistry(context, `/api/v1/versions${path}`, versionAnswer);
}

/** What the table and the statement say about a version whose source no longer has the skill. */
export interface GoneFrom {
  readonly path: string;
  readonly reason: string;
}

/** Deprecates a version, unless an earlier import did. @throws Problem as `postStatement` */
export async function deprecate(
  { context, signer }: ImportWorld,
  found: VersionAnswer,
  { path, reason }: GoneFrom,
): Promise<ImportRow> {
  const started = performance.now();
  const name = parseSkillName(found.name);
  const version = parseVersion(found.version);
  const isNew = !found.advice.some(({ kind }) => kind === 'deprecated');
  if (isNew)
    await postStatement(
      context,
      adviceStatement({
        registry: await registryIdFor(context),
        name,
        version,
        kind: 'deprecated',
        reason,
        nonce: randomUUID(),
      }),
      signer,
    );
  return {
    path,
    name,
    version,
    bundle: found.bundle,
    outcome: isNew ? 'deprecated' : 'gone',
    inferred: false,
    verdict: found.verdict,
    status: found.status,
    localVerdict: 'none',
    seconds: (performance.now() - started) / 1000,
  };
}
