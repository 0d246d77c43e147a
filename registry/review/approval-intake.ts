/**
 * Approvals by passkey: judges the assertion of a browser as installers will, and takes it over a
 * draft.
 */

import { and, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type ApprovalStatement,
  type PasskeyAssertion,
  type PublicKey,
  predicateTypes,
  type Statement,
  statementBytes,
} from '../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import {
  type Envelope,
  envelopeSigner,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { whyNotCounted } from '../../skills-index/trust/decision/judge.ts';
import {
  approvalChallenge,
  withoutAssertion,
} from '../../skills-index/trust/signatures/passkey.ts';
import type { Actor, Registry, VersionName } from '../context.ts';
import { putOff, settleApproved } from '../index/put-off.ts';
import { isLate } from '../intake/replays.ts';
import { finishLogged } from '../log/after-logging.ts';
import type { Appended, LoggedAt } from '../log/appending.ts';
import { logSize } from '../log/log.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { findKeys } from '../people/actors.ts';
import { latest, readMembers, requireRole } from '../people/identities.ts';
import { type SentEnvelope, signerOf } from '../people/signer.ts';
import { counterWrites } from '../sign-in/passkeys.ts';
import { requireAsserted } from '../sign-in/webauthn.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import { drafts, statements, versions } from '../store/schema.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { noMaliciousPackage, requireNoMaliciousPackage } from '../versions/malicious-packages.ts';
import { statementsOf } from '../versions/manifests.ts';
import { whyStopped } from '../versions/publishers.ts';
import { notInReview } from '../versions/status.ts';
import { approvalContext } from './approvals.ts';
import type { AppliedDecision } from './review.ts';

/**
 * Takes a passkey's assertion over a draft as an approval.
 * @param signed.assertion WebAuthn's AuthenticationResponseJSON, unparsed
 * @throws Problem `approval-refused`, `request-invalid`, `not-found`, `move-illegal`
 */
export async function approveByPasskey(
  registry: Registry,
  actor: Actor,
  signed: VersionName & { readonly digest: Digest; readonly assertion: unknown },
): Promise<AppliedDecision> {
  const { name: member } = requireRole(actor, ['reviewer']);
  const draft = await readDraftOf(registry, signed, signed.digest);
  if (draft.predicate.reviewer.member !== member) {
    throw new Problem(
      'approval-refused',
      'This approval was drafted for another reviewer than the one who is signed in',
    );
  }
  const assertion = parseAssertion(signed.assertion);
  const before = await approvedBefore(registry, draft, assertion);
  if (before !== undefined) return appliedOf(registry, draft, before);
  const { chain } = await readMembers(registry);
  const enrolled = chain.passkeyOf(assertion.credentialId, latest);
  if (enrolled !== undefined) {
    requireAsserted(assertion, approvalChallenge(draft), enrolled.passkey);
  }
  return appliedOf(registry, draft, await takeOnce(registry, draft, assertion));
}

/** Of two requests with one assertion, the slower gets the answer of the faster. */
async function takeOnce(
  registry: Registry,
  draft: ApprovalStatement,
  assertion: PasskeyAssertion,
): Promise<LoggedAt> {
  try {
    return await takePasskeyApproval(registry, draft, assertion);
  } catch (error) {
    const logged = isLate(error) ? await approvedBefore(registry, draft, assertion) : undefined;
    if (logged === undefined) throw error;
    return logged;
  }
}

async function appliedOf(
  registry: Registry,
  draft: ApprovalStatement,
  { digest, logIndex }: LoggedAt,
): Promise<AppliedDecision> {
  return { digest, logIndex, status: (await requireVersion(registry, draft.predicate)).status };
}

const base64url = v.pipe(v.string(), v.regex(/^[\w-]+$/), v.maxLength(8_192));
const assertionForm = v.object({
  id: base64url,
  response: v.object({
    authenticatorData: base64url,
    clientDataJSON: base64url,
    signature: base64url,
  }),
});

/**
 * Parses WebAuthn's AuthenticationResponseJSON (level 3 §5.1) into the four parts that a statement
 * carries.
 */
function parseAssertion(value: unknown): PasskeyAssertion {
  const parsed = v.safeParse(assertionForm, value);
  if (!parsed.success)
    throw new Problem(
      'request-invalid',
      'The passkey’s response is not an AuthenticationResponseJSON',
    );
  const { authenticatorData, clientDataJSON, signature } = parsed.output.response;
  return { credentialId: parsed.output.id, authenticatorData, clientDataJSON, signature };
}

// Takes approvals: a reviewer's key or passkey signs exactly a draft. Then the version is settled.

/**
 * Takes an approval signed by a reviewer's key.
 * @throws Problem `approval-refused`, `key-unknown`, `move-illegal`, `not-found`,
 * `package-malicious`
 */
export async function takeApproval(
  registry: Registry,
  sent: SentEnvelope,
  statement: ApprovalStatement,
): Promise<LoggedAt> {
  const { envelope } = sent;
  const { reviewer, assertion } = statement.predicate;
  if (!('keyId' in reviewer) || assertion !== undefined) {
    throw new Problem('request-invalid', 'Sign an approval by passkey in the desk');
  }
  await requireDraft(registry, statement);
  const keys = await findKeys(registry, [reviewer.keyId, sent.hint]);
  const key = keys.get(reviewer.keyId);
  const signer = key === undefined ? undefined : envelopeSigner(envelope, [key]);
  if (signer === undefined) {
    const known = signerOf(sent, { known: keys, likely: [] });
    if (known !== undefined)
      throw new Problem(
        'approval-refused',
        'The approval is signed by another key than the key that it names',
      );
    throw new Problem(
      'key-unknown',
      'The approval is not signed by an enrolled key, or its signature is invalid',
    );
  }
  return logApproval(registry, { envelope, statement, signer });
}

/**
 * Takes a passkey's assertion over a draft. The logged statement is the draft with the assertion;
 * the registry's signature only gives it a place in the log.
 * @throws Problem `approval-refused`, `move-illegal`, `not-found`, `package-malicious`
 */
async function takePasskeyApproval(
  registry: Registry,
  draft: ApprovalStatement,
  assertion: PasskeyAssertion,
): Promise<LoggedAt> {
  await requireDraft(registry, draft);
  const statement: ApprovalStatement = { ...draft, predicate: { ...draft.predicate, assertion } };
  const { keyId, publicKey } = registry.keys.registry;
  const signer = { keyId, spki: Buffer.from(publicKey).toString('base64') };
  const envelope = await signStatement(statement, registry.keys.registry);
  return logApproval(registry, { envelope, statement, signer }, () =>
    counterWrites(registry, assertion),
  );
}

/**
 * The approval that this assertion gave before, when the client missed the answer. The same
 * assertion gets the same place in the log.
 */
async function approvedBefore(
  registry: Registry,
  draft: ApprovalStatement,
  assertion: PasskeyAssertion,
): Promise<LoggedAt | undefined> {
  const statement: ApprovalStatement = { ...draft, predicate: { ...draft.predicate, assertion } };
  const [row] = await registry.db.read
    .select({ logIndex: statements.logIndex, versionId: statements.versionId })
    .from(statements)
    .where(eq(statements.payload, payloadMark(digestOf(statementBytes(statement)))))
    .limit(1);
  return row === undefined || row.versionId === null
    ? undefined
    : finishApproval(registry, row.versionId, { indexes: [row.logIndex] });
}

/**
 * A draft about a version. The draft of a logged approval is found in the log when its row is gone:
 * a client that missed the answer sends its request again.
 * @throws Problem `not-found`
 */
export async function readDraftOf(
  registry: Registry,
  { name, version }: VersionName,
  digest: Digest,
): Promise<ApprovalStatement> {
  const { id } = await requireVersion(registry, { name, version });
  const ofVersion = and(eq(drafts.digest, digest), eq(drafts.versionId, id));
  const [row] = await registry.db.read.select().from(drafts).where(ofVersion);
  if (row !== undefined) return approvalIn(parseStatement(Buffer.from(row.statement)));
  for (const logged of await statementsOf(registry, id, predicateTypes.approval)) {
    const draft = withoutAssertion(approvalIn(await readStatement(registry, logged)));
    if (digestOf(statementBytes(draft)) === digest) return draft;
  }
  throw new Problem('not-found', `There is no draft ${digest} about ${name}@${version}`);
}

function approvalIn(statement: Statement): ApprovalStatement {
  if (statement.predicateType !== predicateTypes.approval)
    throw new Problem('statement-invalid', 'The draft is not an approval');
  return statement;
}

interface SignedApproval {
  readonly envelope: Envelope;
  readonly statement: ApprovalStatement;
  readonly signer: PublicKey;
}

async function logApproval(
  registry: Registry,
  { envelope, statement, signer }: SignedApproval,
  also: () => Promise<BatchWrite[]> = async () => [],
): Promise<LoggedAt> {
  const { decision, ...appended } = await appendInTurn(registry, async () => {
    const version = await requireVersion(registry, statement.predicate);
    if (version.status !== 'in review') throw notInReview(version);
    await requireNoMaliciousPackage(registry, version, 'approve');
    const place = { signer: signer.keyId, logIndex: await logSize(registry) };
    const wrong = whyNotCounted({ statement, ...place }, await approvalContext(registry, version));
    const stopped = await whyStopped(registry, version);
    if (stopped !== undefined) wrong.push(stopped);
    for (const row of await statementsOf(registry, version.id, predicateTypes.approval))
      if (sameDraft(await readStatement(registry, row), statement))
        wrong.push('this draft was signed before');
    if (wrong.length > 0) {
      throw new Problem('approval-refused', `The approval does not count: ${wrong[0]}`, {
        reasons: wrong.map((message) => ({ message })),
      });
    }
    const logged = {
      statement,
      envelope,
      signer: { keyId: signer.keyId, spki: Buffer.from(signer.spki, 'base64') },
    };
    // State and report must not change between the decision and the write.
    const unchanged = holds(
      sql`EXISTS (SELECT 1 FROM ${versions} WHERE ${versions.id} = ${version.id} AND ${versions.move} = ${version.move} AND ${versions.report} IS ${sql.param(version.report, versions.report)})`,
    );
    const counters = await also();
    return {
      statements: [{ ...logged, versionId: version.id }],
      writes: () => [unchanged, noMaliciousPackage(version), ...counters],
      version,
    };
  });
  return finishApproval(registry, decision.version.id, appended);
}

async function finishApproval(
  registry: Registry,
  versionId: string,
  appended: Appended,
): Promise<LoggedAt> {
  const [logged] = await finishLogged(registry, appended).catch((error: unknown) => {
    // The approval counts, so the version goes on, although this answer does not say so.
    putOff(registry, versionId);
    throw error;
  });
  if (logged === undefined) throw new Problem('internal', 'A logged approval cannot be found');
  await settleApproved(registry, versionId, logged.logIndex);
  return logged;
}

function sameDraft(parsed: Statement, statement: ApprovalStatement): boolean {
  return (
    parsed.predicateType === predicateTypes.approval &&
    canonicalJson(withoutAssertion(parsed)) === canonicalJson(withoutAssertion(statement))
  );
}

/**
 * Only a draft of the registry can be signed, so that nobody can talk a reviewer into signing
 * something else.
 */
async function requireDraft(registry: Registry, statement: ApprovalStatement): Promise<void> {
  const digest = digestOf(statementBytes(withoutAssertion(statement)));
  const [draft] = await registry.db.read.select().from(drafts).where(eq(drafts.digest, digest));
  if (draft === undefined)
    throw new Problem('approval-refused', 'This registry did not draft the approval');
  if (draft.expiresAt < registry.now().getTime())
    throw new Problem('approval-refused', 'The draft has expired; draft it again');
}
