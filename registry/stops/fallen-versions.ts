/**
 * Finds the versions that stop counting when a key or a membership is ended for a past log index.
 * Installers see the ending by the map of the log. The registry revokes each such version, so that
 * people and the index see it, too.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { type Scope, scopeOf } from '../../skills-index/skill/name.ts';
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
import type { ChainFor } from '../people/identities.ts';
import type { BatchWrite } from '../store/batch.ts';
import { addressOf, type StatementRow, statementsOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { versionsBehind } from '../versions/versions-behind.ts';
import { suspendedAgain } from './fallen-lifts.ts';
import { stopWrites } from './stop-writes.ts';

export interface FallenVersion {
  readonly row: VersionRow;
  /**
   * A version whose suspension was lifted by somebody who no longer counted is suspended again. All
   * others are revoked.
   */
  readonly to: 'suspended' | 'revoked';
  readonly why: string;
}

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

/**
 * Versions in the index whose publication, scan or approvals no longer count, or whose suspension
 * was lifted by somebody who no longer counts.
 * @param chainFor with the ending statement
 * @param upTo statements behind this log index are checked
 */
export async function fallenVersions(
  registry: Registry,
  chainFor: ChainFor,
  upTo: number,
): Promise<FallenVersion[]> {
  const fallen: FallenVersion[] = [];
  const rows: VersionRow[] = [];
  for await (const row of versionsBehind(registry, upTo, ['approved', 'suspended'])) rows.push(row);
  // The versions of a scope follow each other, so that each chain is computed once, and only one
  // chain is held.
  rows.sort((one, other) => (one.name < other.name ? -1 : 1));
  let last: { readonly scope: Scope; readonly chain: Identities } | undefined;
  for (const row of rows) {
    // Other requests are answered between two versions.
    await nextTurn();
    const scope = scopeOf(row.name);
    if (last?.scope !== scope) last = { scope, chain: await chainFor({ scopes: [scope] }) };
    const { chain } = last;
    const why = await whyVersionFell(registry, chain, row);
    if (why !== undefined) fallen.push({ row, to: 'revoked', why });
  }
  const ids = new Set(fallen.map(({ row }) => row.id));
  const again = await suspendedAgain(registry, chainFor, upTo);
  return [...fallen, ...again.filter(({ row }) => !ids.has(row.id))];
}

/** The writes that revoke or suspend the versions, in the batch of the statement at `logIndex`. */
export function fallenWrites(
  registry: Registry,
  fallen: readonly FallenVersion[],
  logIndex: number,
): BatchWrite[] {
  const stops = fallen.map(({ row, to, why }) => ({
    row,
    to,
    why: `${why} (log index ${logIndex})`,
  }));
  return stopWrites(registry, stops, 'registry');
}

// Installers require that every statement in the verification summary holds, so one that no longer
// counts is enough.
async function whyVersionFell(
  registry: Registry,
  chain: Identities,
  row: VersionRow,
): Promise<string | undefined> {
  const published = { scope: scopeOf(row.name), publisher: row.publisher };
  const all = await statementsOf(registry, row.id);
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
      // The registry signs for a passkey. So without its fact, an approval by passkey may have
      // fallen.
      const passkey = approvalFactIn(row)?.credentialId;
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
