/**
 * Finds the versions that stop counting when a key or a membership is ended for a past log index.
 * Installers see the ending by the map of the log. The registry revokes each such version, so that
 * people and the index see it, too.
 */
import { and, asc, eq, gt } from 'drizzle-orm';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import {
  type IdentityStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import {
  couldPublish,
  type Published,
  whyFallen,
} from '../../skills-index/trust/members-and-scopes/fallen.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { Registry } from '../context.ts';
import { approvalFactIn } from '../log/segments/statement-fact.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { readIdentities } from '../people/identities.ts';
import { letOthersGoOn } from '../people/turns.ts';
import { isAmong } from '../store/batch.ts';
import { isRareType } from '../store/columns/index-conditions.ts';
import { statements, versions } from '../store/schema.ts';
import { addressOf, type StatementRow } from './manifests.ts';
import type { VersionPage } from './publisher-versions.ts';
import type { VersionRow } from './versions.ts';

/**
 * The last log index that still counts, for a statement that ends something backwards; undefined
 * for every other statement.
 */
export function endsBackwards(statement: IdentityStatement, logIndex: number): number | undefined {
  if (statement.predicateType === predicateTypes.scope) return undefined;
  const { state, validUpTo } = statement.predicate;
  return state === 'ended' && validUpTo !== undefined && validUpTo < logIndex
    ? validUpTo
    : undefined;
}

/** Why each of these versions stops counting, by their ids: those that count have none. */
export async function whyFallenOf(
  registry: Registry,
  rows: readonly Pick<VersionRow, 'id' | 'name' | 'publisher'>[],
): Promise<ReadonlyMap<string, string>> {
  const ids = rows.map(({ id }) => id);
  const found = await registry.db.read
    .select()
    .from(statements)
    .where(isAmong(statements.versionId, ids));
  const byVersion = Map.groupBy(found, ({ versionId }) => versionId);
  const fallen = new Map<string, string>();
  for (const { id, name, publisher } of rows) {
    await letOthersGoOn(registry);
    const scope = scopeOf(name);
    const { chain } = await readIdentities(registry, { scopes: [scope] });
    const about = byVersion.get(id)?.sort((a, b) => a.logIndex - b.logIndex) ?? [];
    const why = await whyVersionFell(registry, chain, { scope, publisher }, about);
    if (why !== undefined) fallen.set(id, why);
  }
  return fallen;
}

/**
 * The next versions that entered the index behind a log index. The verification summary is the last
 * statement on which a version rests, so no other version rests on a statement behind the index.
 * @param after the log index, or `next` of the page before
 */
export async function enteredBehind(
  { db }: Registry,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<VersionPage> {
  const found = await db.read
    .select({ row: versions, logIndex: statements.logIndex })
    .from(statements)
    .innerJoin(versions, eq(versions.id, statements.versionId))
    .where(
      and(
        eq(statements.predicateType, predicateTypes.summary),
        isRareType(statements.predicateType),
        gt(statements.logIndex, Number(after)),
      ),
    )
    .orderBy(asc(statements.logIndex))
    .limit(limit);
  const last = found.length < limit ? undefined : found.at(-1);
  return { rows: found.map(({ row }) => row), next: last && String(last.logIndex) };
}

// Installers require that every statement in the verification summary holds, so one that no longer
// counts is enough.
async function whyVersionFell(
  registry: Registry,
  chain: Identities,
  published: Published,
  all: readonly StatementRow[],
): Promise<string | undefined> {
  const doubtful = all.filter((row) => mayHaveFallen(chain, published, row));
  if (doubtful.length === 0) return undefined;
  const summary = all.findLast((row) => row.predicateType === predicateTypes.summary);
  const statement = summary && (await readStatement(registry, summary));
  if (statement?.predicateType !== predicateTypes.summary) return undefined;
  const named = new Set(statement.predicate.inputAttestations.map(({ digest }) => digest.sha256));
  const inputs = doubtful.filter((row) => row.bundle !== null && named.has(hexOf(addressOf(row))));
  for (const row of inputs) {
    const { signer, logIndex } = row;
    const input = { statement: await readStatement(registry, row), signer, logIndex };
    const why = whyFallen(chain, published, input);
    if (why !== undefined) return why;
  }
  return undefined;
}

/**
 * Whether a statement perhaps no longer counts, by its row alone: the statements of older versions
 * are objects, and a registry has too many versions to read an object for each.
 */
function mayHaveFallen(chain: Identities, published: Published, row: StatementRow): boolean {
  const { predicateType, signer, logIndex } = row;
  switch (predicateType) {
    case predicateTypes.publish:
      return !couldPublish(chain, published, logIndex);
    case predicateTypes.scan:
      return !chain.isMember(signer, 'scanner', logIndex);
    case predicateTypes.approval: {
      // The registry signs for a passkey.
      const passkey = approvalFactIn(row).credentialId;
      const member =
        passkey === undefined
          ? chain.memberOf(signer, logIndex)
          : chain.passkeyOf(passkey, logIndex)?.member;
      return !member?.roles.includes('reviewer');
    }
    default:
      return false;
  }
}
