/**
 * A statement that was logged before and is sent again. It is harmless while it still holds, and is
 * otherwise rejected with the reason.
 */
import { and, eq, sql } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  predicateTypes,
  type RevocationPredicate,
  type Statement,
} from '../../skills-index/statement/attestation.ts';
import { envelopeSigner } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { PlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { namesIn } from '../../skills-index/trust/members-and-scopes/needed-statements.ts';
import type { Registry } from '../context.ts';
import { adviceAt, adviceGiven } from '../index/index-rows.ts';
import { settleApproved } from '../index/put-off.ts';
import { finishLogged, orSayLogged } from '../log/after-logging.ts';
import type { LoggedAt } from '../log/appending.ts';
import { wholeRow } from '../log/segments/whole-row.ts';
import { findKeys } from '../people/actors.ts';
import { envelopeOf, isCertifiedSent, type SentStatement } from '../people/certified.ts';
import { latest, readMembers } from '../people/identities.ts';
import { findIdentityStatements } from '../people/identity-statements.ts';
import type { LoggedIdentityStatement } from '../people/known-identities.ts';
import { type SentEnvelope, signerTriesMax } from '../people/signer.ts';
import { stateAfter, versionsMeant } from '../stops/revocations.ts';
import { BatchClash, loggedAlready } from '../store/batch.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import { statements } from '../store/schema.ts';
import { stopOfPublisher } from '../versions/publishers.ts';
import type { VersionState } from '../versions/status.ts';
import { readVisible } from '../versions/visible-versions.ts';

/** A sender who repeats a statement gets the first answer again. */
export async function findLogged(
  registry: Registry,
  { envelope, hint, bundle }: SentEnvelope,
): Promise<LoggedAt | undefined> {
  const payload = digestOf(Buffer.from(envelope.payload, 'base64'));
  if (bundle !== undefined) return findCertified(registry, bundle);
  const rows = await registry.db.read
    .select()
    .from(statements)
    .where(
      and(
        eq(statements.payload, payloadMark(payload)),
        hint === undefined ? undefined : eq(statements.signer, hint),
      ),
    )
    .limit(signerTriesMax);
  const keys = await findKeys(
    registry,
    rows.map(({ signer }) => signer),
  );
  for (const row of rows) {
    const key = keys.get(row.signer);
    if (key !== undefined && envelopeSigner(envelope, [key]) !== undefined)
      return (await finishLogged(registry, { indexes: [row.logIndex] }))[0];
  }
  return undefined;
}

/**
 * Looks for the statement in the log. Identities cannot be read while a storage fails that has not
 * written the address of an identity statement, perhaps of this one.
 * @throws Problem `logged-unfinished`
 */
export async function orSayKnown<Result>(
  registry: Registry,
  { envelope }: SentEnvelope,
  look: () => Promise<Result>,
): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const payload = digestOf(Buffer.from(envelope.payload, 'base64'));
    const same = eq(statements.payload, payloadMark(payload));
    const [row] = await registry.db.read
      .select({ logIndex: statements.logIndex })
      .from(statements)
      .where(same)
      .limit(1);
    if (row === undefined) throw error;
    return orSayLogged(registry, [row.logIndex], () => Promise.reject(error));
  }
}

/** The version whose logged publication is exactly these bytes, the signature included. */
export async function findSameBytes(
  registry: Registry,
  sent: SentStatement,
): Promise<string | undefined> {
  return (await findSame(registry, sent))?.versionId ?? undefined;
}

/** The row of the logged statement with these bytes, the signature included. */
async function findSame(
  registry: Registry,
  sent: SentStatement,
): Promise<typeof statements.$inferSelect | undefined> {
  const { payload } = envelopeOf(sent);
  const envelope = canonicalJson(envelopeOf(sent));
  const sentMaterial = isCertifiedSent(sent) ? sent.verificationMaterial : undefined;
  const material = sentMaterial === undefined ? null : canonicalJson(sentMaterial);
  const certificate = sql`json_extract(${statements.material}, '$.certificate.rawBytes')`;
  const rows = await registry.db.read
    .select()
    .from(statements)
    .where(
      and(
        eq(statements.payload, payloadMark(digestOf(Buffer.from(payload, 'base64')))),
        sentMaterial && eq(certificate, sentMaterial.certificate.rawBytes),
      ),
    )
    .limit(signerTriesMax);
  for (const row of rows) {
    const whole = await wholeRow(registry, row);
    if (whole.envelope === envelope && whole.material === material) return row;
  }
  return undefined;
}

/** The same bundle was verified when it was logged, so nobody has to verify it again. */
async function findCertified(
  registry: Registry,
  bundle: PlainBundle,
): Promise<LoggedAt | undefined> {
  const row = await findSame(registry, bundle);
  return row === undefined
    ? undefined
    : (await finishLogged(registry, { indexes: [row.logIndex] }))[0];
}

/** Whether an error can mean that another request logged the same statement meanwhile. */
export function isLate(error: unknown): boolean {
  if (error instanceof BatchClash) return error.on === loggedAlready;
  const codes = [
    'approval-refused',
    'move-illegal',
    'scope-taken',
    'forbidden',
    'certificate-used',
  ];
  return error instanceof Problem && codes.includes(error.code);
}

/**
 * An approval that is sent again may have been logged when its version could not enter the index.
 */
export async function settleAgain(
  registry: Registry,
  { logIndex, predicateType }: LoggedAt,
): Promise<void> {
  if (predicateType !== predicateTypes.approval) return;
  const at = eq(statements.logIndex, logIndex);
  const [row] = await registry.db.read
    .select({ versionId: statements.versionId })
    .from(statements)
    .where(at);
  if (row !== undefined && row.versionId !== null)
    await settleApproved(registry, row.versionId, logIndex);
}

/**
 * Rejects a repeated statement that a newer one has overtaken: an answer with the old entry would
 * look as if it took effect.
 * @throws Problem `statement-replayed`
 */
export async function requireNewest(
  registry: Registry,
  statement: Statement,
  logIndex: number,
): Promise<void> {
  if (await isOvertaken(registry, statement, logIndex)) {
    throw new Problem(
      'statement-replayed',
      `This statement is in the log at index ${logIndex}, and a later statement replaced it`,
    );
  }
}

async function isOvertaken(
  registry: Registry,
  statement: Statement,
  logIndex: number,
): Promise<boolean> {
  switch (statement.predicateType) {
    case predicateTypes.revocation:
      return !(await stillHolds(registry, statement.predicate));
    case predicateTypes.advice: {
      const now = await adviceAt(registry, statement);
      return adviceGiven[statement.predicate.kind].isGiven ? now !== logIndex : now !== undefined;
    }
    default:
      return isFollowed(registry, statement, logIndex);
  }
}

async function stillHolds(
  registry: Registry,
  { kind, target }: RevocationPredicate,
): Promise<boolean> {
  if ('publisher' in target) {
    const word = await stopOfPublisher(registry, target.publisher);
    return kind === (word?.kind ?? 'lifted');
  }
  const indexed: readonly VersionState[] = ['approved', 'suspended', 'revoked'];
  const meant = await readVisible(registry, () => versionsMeant(registry, target));
  return meant.every(({ status }) => status === stateAfter[kind] || !indexed.includes(status));
}

async function isFollowed(
  registry: Registry,
  statement: Statement,
  logIndex: number,
): Promise<boolean> {
  const about = aboutOf(statement);
  if (about === undefined) return false;
  const later = await laterWords(registry, statement);
  // The same statement signed by another administrator is a vote for it.
  const words = canonicalJson(statement);
  return later.some(
    (verified) =>
      !('why' in verified) &&
      verified.logIndex > logIndex &&
      aboutOf(verified.statement) === about &&
      canonicalJson(verified.statement) !== words,
  );
}

async function laterWords(
  registry: Registry,
  statement: Statement,
): Promise<readonly LoggedIdentityStatement[]> {
  if (statement.predicateType === predicateTypes.member) return (await readMembers(registry)).words;
  const [name] = namesIn(statement);
  return name === undefined ? [] : findIdentityStatements(registry, [name], latest);
}

/** The subject of an identity statement. */
function aboutOf(statement: Statement): string | undefined {
  switch (statement.predicateType) {
    case predicateTypes.member: {
      const { key, passkey } = statement.predicate;
      return `member ${key?.keyId ?? passkey?.credentialId}`;
    }
    case predicateTypes.scope:
      return `scope ${statement.predicate.scope}`;
    case predicateTypes.key:
      return `key ${statement.predicate.key.keyId}`;
    default:
      return undefined;
  }
}
