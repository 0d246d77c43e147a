/**
 * Finds the signer of an upload, a key or an identity in a certificate, and checks that the scope
 * lets it publish.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type Scope, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type PublicKey,
  type PublishStatement,
  predicateTypes,
  type Statement,
} from '../../skills-index/statement/attestation.ts';
import { identityId, keysAmong } from '../../skills-index/statement/identity-id.ts';
import {
  envelopeSigner,
  peekStatement,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import type { PlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { describeForeignPublisher } from '../../skills-index/trust/decision/version.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../skills-index/trust/members-and-scopes/identities.ts';
import { matchedIdentity } from '../../skills-index/trust/members-and-scopes/match.ts';
import type { Actor, Registry } from '../context.ts';
import type { NewStatement } from '../log/appending.ts';
import { findKeys } from '../people/actors.ts';
import type { CertificateSigner } from '../people/certificate-signer.ts';
import {
  envelopeOf,
  isCertifiedSent,
  requireUnusedCertificate,
  type SentStatement,
  verifySent,
} from '../people/certified.ts';
import { keysOfStatement, latest, readIdentities } from '../people/identities.ts';
import { type SentEnvelope, signerOf } from '../people/signer.ts';
import { requireNewVersion } from '../versions/versions.ts';

interface SignedUpload {
  readonly publish: SentStatement;
  readonly hint?: Digest | undefined;
}

/** Who sent an upload, as far as the registry knows. */
export interface UploadSender {
  /** The signed-in sender, if any: makes the reasons of a rejection more precise. */
  readonly sender: Actor | undefined;
  /** From `senderKeys`. */
  readonly keys: ReadonlyMap<Digest, PublicKey>;
}

/** The keys that the hint of an upload and the session of its sender name. */
export function senderKeys(
  registry: Registry,
  { hint }: SignedUpload,
  sender: Actor | undefined,
): Promise<UploadSender['keys']> {
  return findKeys(registry, [hint, keyIn(sender?.subject)]);
}

export interface UploadSigner {
  /** Id of the publishing identity, as the scope names it. */
  readonly publisher: Digest;
  readonly signer: NewStatement['signer'];
}

/**
 * The publisher.
 * @throws Problem `scope-unclaimed`, `scope-taken`, `scope-frozen`, `identity-mismatch`,
 * `key-unknown`, `key-ended`, `signature-invalid`, `certificate-invalid`, `certificate-used`,
 * `version-exists`, `log-invalid`
 */
export async function requirePublisher(
  registry: Registry,
  statement: PublishStatement,
  { publish, hint }: SignedUpload,
  by: UploadSender,
): Promise<UploadSigner> {
  const scope = scopeOf(statement.predicate.manifest.name);
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const frozen = chain.whyFrozen(scope, latest);
  if (frozen !== undefined)
    throw new Problem('scope-frozen', `Nobody can publish in @${scope} now: ${frozen}`);
  const at = { scope, chain };
  if (isCertifiedSent(publish)) return requireCertified(registry, at, publish, statement);
  const key = await requireKey(registry, at, { envelope: publish, hint }, by);
  return {
    publisher: key.keyId,
    signer: { keyId: key.keyId, spki: Buffer.from(key.spki, 'base64') },
  };
}

/**
 * The provenance of an upload. The signer of the publication must sign it: with the same key, or by
 * the same certificate.
 * @throws Problem `statement-invalid`, `signature-invalid`, `certificate-invalid`, `log-invalid`
 */
export function requireProvenance(
  registry: Registry,
  sent: SentStatement,
  signer: NewStatement['signer'],
): NewStatement {
  const envelope = envelopeOf(sent);
  const statement = peekStatement(envelope);
  if (statement.predicateType !== predicateTypes.provenance) {
    throw new Problem(
      'statement-invalid',
      'Cannot publish: the second statement is not SLSA provenance',
    );
  }
  if ('certified' in signer && isCertifiedSent(sent)) {
    const by = verifySent(registry, sent, statement);
    if (by.certified.certificateId === signer.certified.certificateId)
      return { statement, envelope, signer: by };
  }
  if ('spki' in signer && !isCertifiedSent(sent)) {
    const key = { keyId: signer.keyId, spki: Buffer.from(signer.spki).toString('base64') };
    if (envelopeSigner(envelope, [key]) !== undefined) return { statement, envelope, signer };
  }
  throw new Problem(
    'signature-invalid',
    'Cannot publish: the provenance is not signed by the key or certificate that signs the publication',
  );
}

/** The scope of an upload, and the identities that a question about the scope needs. */
interface UploadScope {
  readonly scope: Scope;
  readonly chain: Identities;
}

async function requireCertified(
  registry: Registry,
  { scope, chain }: UploadScope,
  bundle: PlainBundle,
  statement: PublishStatement,
): Promise<UploadSigner & { readonly signer: CertificateSigner }> {
  // Checked before the costly part: nobody publishes in an unclaimed scope.
  if (chain.scopeStatementOf(scope, latest) === undefined) throw unclaimed(scope);
  const { name, version } = statement.predicate.manifest;
  const isPrivate = registry.readers?.isPrivate(scope) === true;
  // Strangers must not learn which versions of a private scope exist, nor who publishes there.
  if (!isPrivate) await requireNewVersion(registry, { name, version });
  await requireUnusedCertificate(registry, bundle, statement);
  const signer = verifySent(registry, bundle, statement);
  const matched = matchedIdentity(chain.publishersOf(scope, latest), signer);
  if (matched === undefined) {
    const isOwner = matchedIdentity(chain.ownersOf(scope, latest), signer) !== undefined;
    throw foreign(isPrivate && !isOwner ? { publishersOf: () => [] } : chain, scope, signer);
  }
  return { publisher: identityId(matched), signer };
}

function unclaimed(scope: Scope): Problem {
  return new Problem('scope-unclaimed', `Nobody owns the scope @${scope} yet`, {
    hint: `skillgate scope claim ${scope}`,
  });
}

function foreign(
  chain: Pick<Identities, 'publishersOf'>,
  scope: Scope,
  by: Parameters<typeof describeForeignPublisher>[2],
): Problem {
  return new Problem(
    'identity-mismatch',
    `Cannot publish: ${describeForeignPublisher(chain, scope, by)}`,
    {
      hint: 'skillgate scope show lists the publishers; an owner of the scope can add one.',
    },
  );
}

/**
 * The owner key that signed. DSSE has no trustworthy key id, so a stranger's signature and a bad
 * one look alike. The hint of the sender, or the sender's session, tells them apart.
 */
async function requireKey(
  registry: Registry,
  { scope, chain }: UploadScope,
  { envelope, hint }: SentEnvelope,
  { sender, keys }: UploadSender,
): Promise<PublicKey> {
  const publishers = keysAmong(chain.publishersOf(scope, latest));
  const owners = keysAmong(chain.ownersOf(scope, latest));
  const { subject } = sender ?? {};
  const own = subject?.kind === 'key' ? keys.get(subject.keyId) : undefined;
  const likely = [...(own === undefined ? [] : [own]), ...publishers, ...owners];
  const signer = signerOf({ envelope, hint }, { known: keys, likely });
  if (signer !== undefined && publishers.some(({ keyId }) => keyId === signer.keyId)) return signer;
  if (chain.scopeStatementOf(scope, latest) === undefined) throw unclaimed(scope);
  if (signer !== undefined) {
    if (owners.some(({ keyId }) => keyId === signer.keyId))
      throw foreign(chain, scope, { signer: signer.keyId });
    const { statements: logged, ...past } = await readIdentities(registry, {
      scopes: [scope],
      ids: [signer.keyId],
    });
    const owned = logged.some(
      (verified) => !isVote(past.chain, verified) && hasOwned(verified.statement, scope, signer),
    );
    if (owned && logged.some(({ statement }) => isEndOf(statement, signer)))
      throw new Problem('key-ended', `The key ${signer.keyId} may no longer sign for @${scope}`);
    if (owned)
      throw new Problem(
        'scope-taken',
        `The scope @${scope} has new owners: ${signer.keyId} published in it before and no longer may`,
        {
          hint: `skillgate scope show ${scope} lists the owners. Any of them can make your key a publisher again.`,
        },
      );
    throw new Problem('scope-taken', `The scope @${scope} belongs to somebody else`);
  }
  if (subject?.kind === 'key' && owners.some(({ keyId }) => keyId === subject.keyId)) {
    throw new Problem('signature-invalid', 'Cannot publish: your key did not sign these bytes');
  }
  throw new Problem(
    'key-unknown',
    `Cannot publish: no key that may publish in @${scope} signed these bytes, or the signature is invalid`,
  );
}

function keyIn(subject: Actor['subject'] | undefined): Digest | undefined {
  return subject?.kind === 'key' ? subject.keyId : undefined;
}

/** A change of a scope with too few administrators' signatures makes nobody an owner. */
function isVote(chain: Identities, { statement, logIndex, digest }: LoggedStatement): boolean {
  if (statement.predicateType !== predicateTypes.scope) return false;
  return chain.scopeStatementOf(statement.predicate.scope, logIndex + 1) !== digest;
}

/** Whether a statement ended a key or replaced it. */
function isEndOf(statement: Statement, { keyId }: PublicKey): boolean {
  if (statement.predicateType !== predicateTypes.key) return false;
  const { key, state, replaces } = statement.predicate;
  return replaces === keyId || (key.keyId === keyId && state === 'ended');
}

/**
 * Whether a statement once made a key an owner of the scope, by name or as the successor of another
 * key.
 */
function hasOwned(statement: Statement, scope: Scope, { keyId }: PublicKey): boolean {
  if (statement.predicateType === predicateTypes.scope) {
    return (
      statement.predicate.scope === scope &&
      keysOfStatement(statement).some((owner) => owner.keyId === keyId)
    );
  }
  if (statement.predicateType !== predicateTypes.key) return false;
  return statement.predicate.key.keyId === keyId && statement.predicate.replaces !== undefined;
}
