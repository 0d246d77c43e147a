/** Whether a publisher may still be heard: what was said of all their versions at once, and whether their key still counts. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Digest } from '../skills-index/skill/digest.ts';
import { scopeOf } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { predicateTypes } from '../skills-index/statement/attestation.ts';
import { identityId } from '../skills-index/statement/identity-id.ts';
import { whyAuthor } from '../skills-index/trust/authors.ts';
import type { Identities } from '../skills-index/trust/identity.ts';
import { publishedBy } from './authors.ts';
import { holds, type Write } from './batch.ts';
import type { Registry } from './context.ts';
import { latest, readIdentities } from './identities.ts';
import { statementIn } from './manifests.ts';
import { statements } from './schema.ts';
import type { VersionRow } from './versions.ts';

/** What stands against a publisher. */
export interface PublisherWord {
  readonly kind: 'suspended' | 'revoked';
  readonly reason: string;
  readonly logIndex: number;
}

/** The word that stands: `revoked` is final, else the highest log index counts. Who was no reviewer or administrator then is not heard. */
export async function wordOnPublisher(registry: Registry, publisher: Digest): Promise<PublisherWord | undefined> {
  const { chain } = await readIdentities(registry);
  // A revocation of a publisher is about no version alone.
  const rows = await registry.db.read
    .select()
    .from(statements)
    .where(and(eq(statements.predicateType, predicateTypes.revocation), isNull(statements.versionId)))
    .orderBy(asc(statements.logIndex));
  const said = rows.flatMap((row) => {
    const statement = statementIn(row);
    if (statement.predicateType !== predicateTypes.revocation || !('publisher' in statement.predicate.target)) return [];
    const { kind, reason, target } = statement.predicate;
    const heard = (['reviewer', 'administrator'] as const).some((role) => chain.isMember(row.signer, role, row.logIndex));
    return target.publisher === publisher && heard ? [{ kind, reason, logIndex: row.logIndex }] : [];
  });
  const last = said.find(({ kind }) => kind === 'revoked') ?? said.at(-1);
  return last === undefined || last.kind === 'lifted' ? undefined : { ...last, kind: last.kind };
}

/**
 * Refuses what a stopped publisher sends.
 * @throws Problem `publisher-stopped`
 */
export async function refuseStopped(registry: Registry, publisher: Digest): Promise<void> {
  const word = await wordOnPublisher(registry, publisher);
  if (word === undefined) return;
  throw new Problem(
    'publisher-stopped',
    `The publisher ${publisher} was ${word.kind} at log index ${word.logIndex}: ${word.reason}`,
  );
}

/** Why a version must not enter the index though people approve it; undefined when nothing stands against its publisher. */
export async function whyStopped(registry: Registry, version: VersionRow): Promise<string | undefined> {
  const word = await wordOnPublisher(registry, version.publisher);
  if (word !== undefined) return `its publisher was ${word.kind} at log index ${word.logIndex}: ${word.reason}`;
  const { chain } = await readIdentities(registry);
  const { logIndex } = await publishedBy(registry, version);
  return couldPublish(chain, version, logIndex) ? undefined : 'its publisher’s key was ended for the time when it was published';
}

/**
 * Makes a batch fail when somebody was stopped or ended while it was made ready: what was judged must still be so when it is written.
 * @param size of the log when the judging began
 */
export function nobodyEndedSince(size: number): Write {
  const { revocation, member, key } = predicateTypes;
  const types = sql.join([sql`${revocation}`, sql`${member}`, sql`${key}`], sql`, `);
  return holds(
    sql`NOT EXISTS (SELECT 1 FROM ${statements} WHERE ${statements.logIndex} >= ${size} AND ${statements.predicateType} IN (${types}))`,
  );
}

/** Whether the publisher of a version could publish in its scope at a log index, by all that is known now. */
export function couldPublish(
  chain: Identities,
  { name, publisher }: Pick<VersionRow, 'name' | 'publisher'>,
  logIndex: number,
): boolean {
  return chain.publishersOf(scopeOf(name), logIndex).some((one) => identityId(one) === publisher);
}

/** Whether somebody stands behind a publisher: its holder, or an owner of a scope in which it published. */
export function isBehind(chain: Identities, publisher: Digest, keyId: Digest): boolean {
  if (keyId === publisher) return true;
  const acting = { keyId, enrolled: chain.memberOf(keyId, latest) };
  return chain
    .scopesOf(publisher, latest)
    .some((scope) => whyAuthor(chain, { scope, signer: publisher }, acting, latest) !== undefined);
}
