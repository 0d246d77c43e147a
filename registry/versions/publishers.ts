/**
 * Whether a publisher may still publish: suspensions and revocations of the publisher, and whether
 * the publisher's key still counts.
 */
import { and, inArray, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { couldPublish } from '../../skills-index/trust/members-and-scopes/fallen.ts';
import type {
  PublisherIds,
  PublisherStop,
} from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { IdentityQuestion } from '../../skills-index/trust/members-and-scopes/needed-statements.ts';
import { describePublisherStop } from '../../skills-index/trust/members-and-scopes/scope-owners.ts';
import { readClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import { idsOfClaims } from '../../skills-index/trust/signatures/certified-identities.ts';
import type { Registry } from '../context.ts';
import { certificateOfRow } from '../log/row-texts.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { isRareType } from '../store/columns/index-conditions.ts';
import { statements } from '../store/schema.ts';
import { type StatementRow, statementsOf } from './manifests.ts';
import type { VersionRow } from './versions.ts';

/** The suspension or revocation of a publisher in every scope. */
export async function stopOfPublisher(
  registry: Registry,
  publisher: Digest,
): Promise<PublisherStop | undefined> {
  const { chain } = await readIdentities(registry, { ids: [publisher] });
  return chain.stops.stopOn({ ids: [publisher] }, latest);
}

/**
 * Rejects the uploads of a stopped publisher.
 * @throws Problem `publisher-stopped`
 */
export async function requireActivePublisher(
  registry: Registry,
  speaker: PublisherIds,
): Promise<void> {
  const { chain } = await readIdentities(registry, questionAbout(speaker));
  const word = chain.stops.stopOn(speaker, latest);
  if (word !== undefined) throw stopped(speaker, word);
}

/** Asks who publishes, and in the publication's scope, who may. */
export function questionAbout({ ids, scope }: PublisherIds): IdentityQuestion {
  return { ids, ...(scope === undefined ? {} : { scopes: [scope] }) };
}

/** The problem for a stopped publisher. */
export function stopped({ ids: [id] }: PublisherIds, word: PublisherStop): Problem {
  return new Problem(
    'publisher-stopped',
    `The publisher ${id}, or a key that it replaced or that replaced it, was ${describePublisherStop(word)}`,
  );
}

/** Why an approved version must not enter the index; undefined when its publisher may publish. */
export async function whyStopped(
  registry: Registry,
  version: VersionRow,
): Promise<string | undefined> {
  const [publication] = await statementsOf(registry, version.id, predicateTypes.publish);
  if (publication === undefined)
    throw new Problem('internal', `${version.name} has no publication`);
  const speaker = speakerOf(version, publication);
  const { chain } = await readIdentities(registry, questionAbout(speaker));
  const word = chain.stops.stopOn(speaker, latest);
  if (word !== undefined) return `its publisher was ${describePublisherStop(word)}`;
  const published = { scope: scopeOf(version.name), publisher: version.publisher };
  return couldPublish(chain, published, publication.logIndex)
    ? undefined
    : 'its publisher’s key was ended for the time when it was published';
}

/**
 * The identities under which a version was published: its publisher, and all others in its
 * certificate.
 */
export function speakerOf(
  { name, publisher }: Pick<VersionRow, 'name' | 'publisher'>,
  publication: Pick<StatementRow, 'logIndex' | 'material'>,
): Required<PublisherIds> {
  const isCertified = publication.material !== null;
  const certified = isCertified ? idsOfClaims(readClaims(certificateOfRow(publication))) : [];
  return { ids: [publisher, ...certified], scope: scopeOf(name) };
}

/**
 * Makes a batch fail when a publisher was stopped or a key ended since the batch was judged.
 * @param size of the log when the judging began
 */
export function nobodyEndedSince(size: number): BatchWrite {
  const { revocation, member, key } = predicateTypes;
  const ended = and(
    inArray(statements.predicateType, [revocation, member, key]),
    isRareType(statements.predicateType),
  );
  return holds(
    sql`NOT EXISTS (SELECT 1 FROM ${statements} WHERE ${statements.logIndex} >= ${size} AND ${ended})`,
  );
}
