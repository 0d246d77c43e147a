/**
 * Signed statements posted to the registry. Each is judged by its type, logged, and applied in the
 * same batch.
 */
import { and, eq } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  type IdentityStatement,
  type PublicKey,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import { keysAmong } from '../../skills-index/statement/identity-id.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../skills-index/trust/members-and-scopes/identity.ts';
import { idsOf, type SignedBy } from '../../skills-index/trust/members-and-scopes/match.ts';
import { requireOwnRegistry } from '../../skills-index/trust/signatures/require-own-registry.ts';
import { requireCertifiable } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import { completeOrLater, settlePutOff } from '../index/put-off.ts';
import { refreshStatus } from '../index/status-json.ts';
import { firstOwnersMax } from '../limits.ts';
import { finishLogged, orLater, orSayLogged } from '../log/after-logging.ts';
import type { LoggedAt, NewStatement } from '../log/appending.ts';
import { logSize } from '../log/log.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { requireUnusedCertificate, verifySent } from '../people/certified.ts';
import { requireClaimableScope } from '../people/claimable-scopes.ts';
import { requireFewClaims } from '../people/first-claims.ts';
import {
  isIdentityStatement,
  keysOfStatement,
  latest,
  readIdentities,
} from '../people/identities.ts';
import type { KnownIdentities } from '../people/known-identities.ts';
import { contradictsHint, keyHeader, type SentEnvelope, signerOf } from '../people/signer.ts';
import { takeApproval } from '../review/approval-intake.ts';
import { fallenScans } from '../scans/fallen-scans.ts';
import { endsBackwards, fallenVersions, fallenWrites } from '../stops/fallen-versions.ts';
import { takeRevocation } from '../stops/revocations.ts';
import type { BatchWrite } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { pendingPasskey } from '../store/schema.ts';
import { stopped } from '../versions/publishers.ts';
import { nothingEntersSince } from '../versions/versions.ts';
import { findLogged, isLate, orSayKnown, requireNewest, settleAgain } from './replays.ts';

export interface AcceptedStatement extends LoggedAt {
  /** The Sigstore bundle's JSON. */
  readonly bundle: unknown;
}

/**
 * Takes an approval by key, a revocation, or an identity statement.
 * @throws Problem `other-registry`, `statement-replayed`, `statement-invalid`, `key-unknown`,
 * `scope-taken`, `forbidden`, `approval-refused`, `move-illegal`, `not-found`
 */
export async function takeStatement(
  registry: Registry,
  sent: SentEnvelope,
): Promise<AcceptedStatement> {
  const before = await orSayKnown(registry, sent, async () => {
    const { keys } = await readIdentities(registry);
    if (contradictsHint(sent, keys)) throw unknownSigner();
    return findLogged(registry, sent);
  });
  if (before !== undefined)
    await requireNewest(registry, peekStatement(sent.envelope), before.logIndex);
  const logged = before ?? (await judgeOnce(registry, sent));
  if (before !== undefined) await settleAgain(registry, before);
  settlePutOff(registry);
  const bytes = await orSayLogged(registry, [logged.logIndex], () =>
    requireBlob(registry, logged.digest),
  );
  return { ...logged, bundle: parseJson(bytes, 'the statement').value };
}

/** Of two requests with one statement, the slower gets the answer of the faster. */
async function judgeOnce(registry: Registry, sent: SentEnvelope): Promise<LoggedAt> {
  try {
    return await judge(registry, sent);
  } catch (error) {
    const logged = isLate(error) ? await findLogged(registry, sent) : undefined;
    if (logged === undefined) throw error;
    return logged;
  }
}

async function judge(registry: Registry, sent: SentEnvelope): Promise<LoggedAt> {
  const statement = peekStatement(sent.envelope);
  if (sent.bundle !== undefined) requireCertifiable(statement);
  requireOwnRegistry(registry.root, statement);
  if (isIdentityStatement(statement)) return takeIdentity(registry, sent, statement);
  switch (statement.predicateType) {
    case predicateTypes.approval:
      return takeApproval(registry, sent, statement);
    case predicateTypes.revocation:
      return takeRevocation(registry, sent, statement);
    case predicateTypes.publish:
    case predicateTypes.provenance:
      throw new Problem(
        'request-invalid',
        'Send a publication with its bundle to /api/v1/versions',
      );
    case predicateTypes.scan:
      throw new Problem('request-invalid', 'Send a scan report to its job: /api/v1/jobs/ID/report');
    case predicateTypes.summary:
      throw new Problem('forbidden', 'Only the registry itself signs verification summaries');
  }
}

/** The problem code when the chain of identities rejects a statement of each type. */
const refusalCodes: Readonly<Record<IdentityStatement['predicateType'], ProblemCode>> = {
  [predicateTypes.member]: 'forbidden',
  [predicateTypes.scope]: 'scope-taken',
  [predicateTypes.key]: 'forbidden',
};

function refusalCode(statement: IdentityStatement, { chain }: KnownIdentities): ProblemCode {
  const frozen =
    statement.predicateType === predicateTypes.scope
      ? chain.whyFrozen(statement.predicate.scope, latest)
      : undefined;
  return frozen === undefined ? refusalCodes[statement.predicateType] : 'scope-frozen';
}

/** An identity statement counts when the chain accepts it as its next link. */
async function takeIdentity(
  registry: Registry,
  sent: SentEnvelope,
  statement: IdentityStatement,
): Promise<LoggedAt> {
  const { envelope } = sent;
  requireFewOwners(statement);
  const appended = await appendInTurn(registry, async () => {
    const quiet = await nothingEntersSince(registry);
    const known = await readIdentities(registry);
    const { signer, by } = await requireSigner(registry, sent, statement, known);
    requireClaimableScope(known, { statement, signer });
    requireFewClaims(registry, known, { statement, signer }, sent.countClaim);
    const logIndex = await logSize(registry);
    const digest = digestOf(Buffer.from(envelope.payload, 'base64'));
    const chain = chainIdentities(
      registry.root,
      [...known.statements, { statement, ...by, logIndex, digest }],
      known.frozen,
    );
    const ignored = chain.ignored.find((entry) => entry.logIndex === logIndex);
    if (ignored !== undefined) {
      const speaker = {
        ids: idsOf(by),
        ...(statement.predicateType === predicateTypes.scope
          ? { scope: statement.predicate.scope }
          : {}),
      };
      const word =
        statement.predicateType === predicateTypes.member
          ? undefined
          : known.chain.stops.stopOn(speaker, latest);
      if (word !== undefined) throw stopped(speaker, word);
      throw new Problem(
        refusalCode(statement, known),
        `The registry does not log this statement, because it would not count: ${ignored.why}`,
      );
    }
    const upTo = endsBackwards(statement, logIndex);
    const fallen = upTo === undefined ? [] : await fallenVersions(registry, chain, upTo);
    const again = upTo === undefined ? undefined : await fallenScans(registry, chain, upTo);
    const falls = [...fallenWrites(registry, fallen, logIndex), ...(again?.writes ?? [])];
    const guards = upTo === undefined ? [] : [quiet];
    return {
      statements: [{ statement, envelope, signer }],
      writes: () => [...guards, ...passkeyEnrolled(statement, chain), ...falls],
      fallen,
      rescanned: again?.versions ?? [],
    };
  });
  const { decision } = appended;
  const logged = one(await finishLogged(registry, appended));
  for (const id of decision.rescanned) await completeOrLater(registry, id);
  if (decision.fallen.length > 0) await orLater(registry, () => refreshStatus(registry));
  return logged;
}

/** The signer, for the log and for the chain of identities. */
async function requireSigner(
  registry: Registry,
  sent: SentEnvelope,
  statement: IdentityStatement,
  known: KnownIdentities,
): Promise<{ readonly signer: NewStatement['signer']; readonly by: SignedBy }> {
  if (sent.bundle !== undefined) {
    await requireUnusedCertificate(registry, sent.bundle, statement);
    const signer = verifySent(registry, sent.bundle, statement);
    return { signer, by: { signer: signer.signer, signers: signer.signers } };
  }
  const key = signerOf(sent, { known: known.keys, likely: likelySigners(known, statement) });
  if (key === undefined) throw unknownSigner();
  return {
    signer: { keyId: key.keyId, spki: Buffer.from(key.spki, 'base64') },
    by: { signer: key.keyId },
  };
}

/** The keys that may sign such a statement, as far as the statement and the root file tell. */
function likelySigners(
  { chain, keys, memberKeys }: KnownIdentities,
  statement: IdentityStatement,
): PublicKey[] {
  const own = keysOfStatement(statement);
  switch (statement.predicateType) {
    case predicateTypes.member:
      return [...memberKeys];
    case predicateTypes.scope:
      return [
        ...keysAmong(chain.ownersOf(statement.predicate.scope, latest)),
        ...own,
        ...memberKeys,
      ];
    case predicateTypes.key: {
      const { replaces } = statement.predicate;
      const replaced = replaces === undefined ? undefined : keys.get(replaces);
      return [...(replaced === undefined ? [] : [replaced]), ...own, ...memberKeys];
    }
  }
}

/** Every known key costs everybody work, and nobody vouches for the keys of a first claim. */
function requireFewOwners(statement: IdentityStatement): void {
  if (
    statement.predicateType !== predicateTypes.scope ||
    statement.predicate.previous !== undefined
  )
    return;
  if (
    statement.predicate.owners.length + (statement.predicate.publishers?.length ?? 0) >
    firstOwnersMax
  ) {
    throw new Problem(
      'request-invalid',
      `The first claim of a scope names at most ${firstOwnersMax} owners and publishers`,
      {
        hint: 'Claim the scope with fewer owners, then change its owners.',
      },
    );
  }
}

function unknownSigner(): Problem {
  return new Problem(
    'key-unknown',
    `The signature is invalid, or this registry does not know its key. Name the signing key in the header ${keyHeader}`,
  );
}

// A passkey that needs more administrators' signatures stays pending, so that the next
// administrator finds it there.
function passkeyEnrolled(statement: IdentityStatement, chain: Identities): BatchWrite[] {
  if (statement.predicateType !== predicateTypes.member || statement.predicate.state === 'ended')
    return [];
  const { passkey } = statement.predicate;
  if (passkey === undefined) return [];
  const { credentialId } = passkey;
  if (
    chain.memberVotes.pending().some(({ change }) => change.passkey?.credentialId === credentialId)
  )
    return [];
  return [
    (db) => db.delete(pendingPasskey).where(and(eq(pendingPasskey.credentialId, credentialId))),
  ];
}

function one(logged: readonly LoggedAt[]): LoggedAt {
  const [first] = logged;
  if (first === undefined) throw new Problem('internal', 'A logged statement cannot be found');
  return first;
}
