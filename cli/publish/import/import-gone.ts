/** Skills that an earlier import took from a branch, and that the branch no longer has. */
import { randomUUID } from 'node:crypto';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import type { FetchedCommit } from '../../git/fetched-commit.ts';
import { postStatement, registryIdFor } from '../../registries/post-statement.ts';
import { versionAnswer } from '../../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../../registries/registry-api.ts';
import type { ImportWorld } from './import-one.ts';
import type { ImportRow } from './import-table.ts';
import type { ScopeVersion } from './scope-versions.ts';

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
    for (const one of listed.filter(({ status }) => status === 'approved'))
      gone.push(...(await deprecateOne(world, commit, { name, listed: one })));
  }
  return gone;
}

async function deprecateOne(
  { context, signer }: ImportWorld,
  commit: FetchedCommit,
  { name: text, listed }: { readonly name: string; readonly listed: ScopeVersion },
): Promise<ImportRow[]> {
  const started = performance.now();
  const name = parseSkillName(text);
  const version = parseVersion(listed.version);
  const detail = await askRegistry(
    context,
    `/api/v1/versions${versionPath(name, version)}`,
    versionAnswer,
  );
  const { source, advice, status, verdict } = detail;
  if (source === null || source.repository !== commit.repository || source.ref !== commit.ref)
    return [];
  if (commit.tree.skillsBelow(source.folder).length > 0) return [];
  const isNew = !advice.some(({ kind }) => kind === 'deprecated');
  const reason = `The skill is no longer in ${commit.repository}, since commit ${commit.commit} or before`;
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
  return [
    {
      path: source.folder === '' ? '.' : source.folder,
      name,
      version,
      bundle: listed.bundle,
      outcome: isNew ? 'deprecated' : 'gone',
      inferred: false,
      verdict,
      status,
      localVerdict: 'none',
      cpuMillis: 0,
      seconds: (performance.now() - started) / 1000,
    },
  ];
}
