/** Signed statements posted to the registry: judged by what they are, logged, and applied in the same batch. */
import { and, eq } from 'drizzle-orm';
import { digestOf } from '../skills-index/skill/digest.ts';
import { parseJson } from '../skills-index/skill/json.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { ProblemCode } from '../skills-index/skill/problem-codes.ts';
import { type IdentityStatement, type PublicKey, predicateTypes } from '../skills-index/statement/attestation.ts';
import { type Envelope, envelopeSigner, peekStatement } from '../skills-index/statement/sign.ts';
import { chainIdentities } from '../skills-index/trust/identity.ts';
import { takeApproval } from './approval-intake.ts';
import { BatchClash, loggedAlready, retryOnClash, type Write } from './batch.ts';
import type { Registry } from './context.ts';
import { isIdentityStatement, keysOfStatement, readIdentities } from './identities.ts';
import { finishStatements, type LoggedAt, logSize, type NewStatement, planAppend } from './log.ts';
import { requireBlob } from './objects.ts';
import { takeRevocation } from './revocations.ts';
import { pendingPasskey, statements } from './schema.ts';

export interface StatementTaken extends LoggedAt {
  /** The Sigstore bundle's JSON. */
  readonly bundle: unknown;
}

/**
 * Takes an approval by key, a revocation, or a statement about who is who.
 * @throws Problem `statement-invalid`, `key-unknown`, `scope-taken`, `forbidden`, `approval-refused`, `move-illegal`, `not-found`
 */
export async function takeStatement(registry: Registry, envelope: Envelope): Promise<StatementTaken> {
  const logged = (await findLogged(registry, envelope)) ?? (await judgeOnce(registry, envelope));
  const bytes = await requireBlob(registry.objects, logged.digest);
  return { ...logged, bundle: parseJson(bytes, 'the statement').value };
}

/** Of two requests with one statement, the slower gets the answer of the faster. */
async function judgeOnce(registry: Registry, envelope: Envelope): Promise<LoggedAt> {
  try {
    return await judge(registry, envelope);
  } catch (error) {
    const logged = isLate(error) ? await findLogged(registry, envelope) : undefined;
    if (logged === undefined) throw error;
    return logged;
  }
}

/** Whether an error can mean that the same statement was logged meanwhile. */
function isLate(error: unknown): boolean {
  if (error instanceof BatchClash) return error.on === loggedAlready;
  return error instanceof Problem && ['approval-refused', 'move-illegal', 'scope-taken', 'forbidden'].includes(error.code);
}

async function judge(registry: Registry, envelope: Envelope): Promise<LoggedAt> {
  const statement = peekStatement(envelope);
  if (isIdentityStatement(statement)) return takeIdentity(registry, envelope, statement);
  switch (statement.predicateType) {
    case predicateTypes.approval:
      return takeApproval(registry, envelope, statement);
    case predicateTypes.revocation:
      return takeRevocation(registry, envelope, statement);
    case predicateTypes.publish:
    case predicateTypes.provenance:
      throw new Problem('request-invalid', 'Publications are sent with their bundle to /api/v1/versions');
    case predicateTypes.scan:
      throw new Problem('request-invalid', 'Scan reports are sent to the job they belong to');
    case predicateTypes.verdict:
      throw new Problem('forbidden', 'Only the registry itself states verdicts');
  }
}

/** Who sends one statement twice gets the first answer again. */
async function findLogged(registry: Registry, envelope: Envelope): Promise<LoggedAt | undefined> {
  const payload = digestOf(Buffer.from(envelope.payload, 'base64'));
  const rows = await registry.db.read.select().from(statements).where(eq(statements.payload, payload));
  const { keys } = await readIdentities(registry);
  for (const row of rows) {
    const key = keys.get(row.signer);
    if (key !== undefined && envelopeSigner(envelope, [key]) !== undefined)
      return (await finishStatements(registry, [row.logIndex]))[0];
  }
  return undefined;
}

/** What is answered when the chain of identities does not take a statement of each kind. */
const refusalCodes: Readonly<Record<IdentityStatement['predicateType'], ProblemCode>> = {
  [predicateTypes.member]: 'forbidden',
  [predicateTypes.scope]: 'scope-taken',
  [predicateTypes.key]: 'forbidden',
};

/** A statement about who is who counts when the chain with it as its next link takes it. */
async function takeIdentity(registry: Registry, envelope: Envelope, statement: IdentityStatement): Promise<LoggedAt> {
  const append = await retryOnClash(async () => {
    const known = await readIdentities(registry);
    const signer = requireSigner(envelope, [...known.keys.values(), ...keysOfStatement(statement)]);
    const logIndex = await logSize(registry);
    const digest = digestOf(Buffer.from(envelope.payload, 'base64'));
    const chain = chainIdentities(registry.root, [...known.statements, { statement, signer: signer.keyId, logIndex, digest }]);
    const ignored = chain.ignored.find((one) => one.logIndex === logIndex);
    if (ignored !== undefined) {
      throw new Problem(refusalCodes[statement.predicateType], `The statement does not count: ${ignored.why}`);
    }
    const planned = await planAppend(registry, [asNew(envelope, statement, signer)]);
    await registry.db.batch([...planned.writes, ...passkeyEnrolled(statement)]);
    return planned;
  });
  return one(await finishStatements(registry, append.indexes));
}

/**
 * The candidate that signed an envelope.
 * @throws Problem `key-unknown`
 */
export function requireSigner(envelope: Envelope, candidates: Iterable<PublicKey>): PublicKey {
  const signer = envelopeSigner(envelope, candidates);
  if (signer !== undefined) return signer;
  throw new Problem('key-unknown', 'No key that is known here and may say this signed the statement, or the signature is broken');
}

function asNew(envelope: Envelope, statement: NewStatement['statement'], signer: PublicKey): NewStatement {
  return { statement, envelope, signer: { keyId: signer.keyId, spki: Buffer.from(signer.spki, 'base64') } };
}

function passkeyEnrolled(statement: IdentityStatement): Write[] {
  const passkey = statement.predicateType === predicateTypes.member ? statement.predicate.passkey : undefined;
  if (passkey === undefined) return [];
  const { credentialId } = passkey;
  return [(db) => db.delete(pendingPasskey).where(and(eq(pendingPasskey.credentialId, credentialId)))];
}

function one(logged: readonly LoggedAt[]): LoggedAt {
  const [first] = logged;
  if (first === undefined) throw new Problem('internal', 'A logged statement cannot be found');
  return first;
}
