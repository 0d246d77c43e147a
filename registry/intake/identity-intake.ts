/** Statements on members, scopes and keys: judged, logged, and applied in the same batch. */
import { and, eq } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import {
  type IdentityStatement,
  type PublicKey,
  predicateTypes,
  type Statement,
} from '../../skills-index/statement/attestation.ts';
import { keysAmong } from '../../skills-index/statement/identity-id.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../skills-index/trust/members-and-scopes/identities.ts';
import { idsOf, type SignedBy } from '../../skills-index/trust/members-and-scopes/match.ts';
import type { IdentityQuestion } from '../../skills-index/trust/members-and-scopes/needed-statements.ts';
import type { Registry } from '../context.ts';
import { requireFewHolders } from '../index/name-proofs.ts';
import { finishLogged, orLater } from '../log/after-logging.ts';
import type { LoggedAt, NewStatement } from '../log/appending.ts';
import { logSize } from '../log/log.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { findKeys } from '../people/actors.ts';
import { requireUnusedCertificate, verifySent } from '../people/certified.ts';
import { requireClaimableScope, requireFewClaims } from '../people/claimable-scopes.ts';
import {
  type ChainFor,
  keysOfStatement,
  latest,
  readIdentities,
  readIdentitiesWith,
  readMembers,
} from '../people/identities.ts';
import { keyHeader, type SentEnvelope, signerOf } from '../people/signer.ts';
import { renewQueue } from '../review/queue/renew-queue.ts';
import { beginPending, pendingAgainWrite, pendingEndWrite } from '../stops/pending-stops.ts';
import {
  liftedBehind,
  liftedWrites,
  publishersLetGo,
  suspendedAgain,
} from '../stops/revocations.ts';
import type { BatchWrite } from '../store/batch.ts';
import { pendingPasskey } from '../store/passkey-schema.ts';
import { scansAgainWrites } from '../versions/fallen-scans.ts';
import { stopped } from '../versions/publishers.ts';
import { nothingEntersSince } from '../versions/versions.ts';
import { endsBackwards } from '../versions/visible-versions.ts';

/** Owners that the first claim of a scope may name. The owners add others later. */
export const firstOwnersMax = 5;

/** The problem code when the chain of identities rejects a statement of each type. */
const refusalCodes: Readonly<Record<IdentityStatement['predicateType'], ProblemCode>> = {
  [predicateTypes.member]: 'forbidden',
  [predicateTypes.scope]: 'scope-taken',
  [predicateTypes.key]: 'forbidden',
};

function refusalCode(statement: IdentityStatement, chain: Identities): ProblemCode {
  const frozen =
    statement.predicateType === predicateTypes.scope
      ? chain.whyFrozen(statement.predicate.scope, latest)
      : undefined;
  return frozen === undefined ? refusalCodes[statement.predicateType] : 'scope-frozen';
}

/**
 * Takes a statement on a member, a scope or a key. The statement counts when the chain of
 * identities accepts it as its next link.
 * @throws Problem `scope-taken`, `scope-frozen`, `forbidden`, `key-unknown`, `publisher-stopped`
 */
export async function takeIdentity(
  registry: Registry,
  sent: SentEnvelope,
  statement: IdentityStatement,
): Promise<LoggedAt> {
  const { envelope } = sent;
  requireFewOwners(statement);
  const appended = await appendInTurn(registry, async () => {
    const quiet = await nothingEntersSince(registry);
    const { signer, by } = await requireSigner(registry, sent, statement, () =>
      likelySigners(registry, statement),
    );
    await requireClaimableScope(registry, { statement, signer });
    await requireFewClaims(registry, { statement, signer }, sent.countClaim);
    if (statement.predicateType === predicateTypes.scope)
      await requireFewHolders(registry, statement);
    const logIndex = await logSize(registry);
    const digest = digestOf(Buffer.from(envelope.payload, 'base64'));
    const added = { statement, ...by, logIndex, digest };
    const chainFor = await readIdentitiesWith(registry, added);
    const chain = await chainFor(questionOf(added));
    const ignored = chain.ignored.find((entry) => entry.logIndex === logIndex);
    const why = ignored?.why ?? whyIdle(chain, added);
    if (why !== undefined) throw await whyIgnored(registry, added, why);
    const upTo = endsBackwards(statement, logIndex);
    const falls =
      upTo === undefined
        ? []
        : [quiet, ...(await endWrites(registry, { ...added, upTo }, chainFor))];
    return {
      statements: [{ statement, envelope, signer }],
      writes: () => [...falls, ...passkeyEnrolled(statement, chain)],
      endsBackwards: upTo !== undefined,
    };
  });
  const { decision } = appended;
  const logged = one(await finishLogged(registry, appended));
  if (decision.endsBackwards) await beginEnd(registry);
  return logged;
}

/** Asks everything on which it depends whether a statement counts. */
function questionOf({ statement, ...by }: Added): IdentityQuestion {
  switch (statement.predicateType) {
    case predicateTypes.member:
      return {};
    case predicateTypes.scope:
      return { scopes: [statement.predicate.scope], ids: idsOf(by) };
    case predicateTypes.key: {
      const { key, replaces = key.keyId } = statement.predicate;
      return { ids: [by.signer, key.keyId, replaces], rightsOf: [by.signer, key.keyId] };
    }
  }
}

/** Why a key statement would count, but would not do what its signer wants. */
function whyIdle(chain: Identities, { statement, digest }: LoggedStatement): string | undefined {
  if (statement.predicateType !== predicateTypes.key) return undefined;
  const { key, state, replaces } = statement.predicate;
  if (
    state === 'enrolled' &&
    replaces !== undefined &&
    chain.scopesOf(key.keyId, latest).length === 0
  )
    return 'the replaced key owns no scope in which it may act';
  const end = chain.ends.keys.get(digest);
  return end?.reach?.size === 0 && end.upTo < end.at
    ? 'its signer has no rights any more, so only an administrator may end the key retroactively'
    : undefined;
}

type Added = SignedBy & { readonly statement: IdentityStatement };

async function whyIgnored(registry: Registry, added: Added, why: string): Promise<Problem> {
  const { chain } = await readIdentities(registry, questionOf(added));
  const { statement, ...by } = added;
  const isScope = statement.predicateType === predicateTypes.scope;
  const scope = isScope ? { scope: statement.predicate.scope } : {};
  const speaker = { ids: idsOf(by), ...scope };
  const isMember = statement.predicateType === predicateTypes.member;
  const word = isMember ? undefined : chain.stops.stopOn(speaker, latest);
  if (word !== undefined) return stopped(speaker, word);
  return new Problem(
    refusalCode(statement, chain),
    `The registry does not log this statement, because it would not count: ${why}`,
  );
}

/**
 * The signer of a statement, for the log and for the chain of identities.
 * @param likely the keys that may sign such a statement
 * @throws Problem `key-unknown`, `certificate-invalid`, `certificate-used`
 */
export async function requireSigner(
  registry: Registry,
  sent: SentEnvelope,
  statement: Statement,
  likely: () => Promise<readonly PublicKey[]>,
): Promise<{ readonly signer: NewStatement['signer']; readonly by: SignedBy }> {
  if (sent.bundle !== undefined) {
    await requireUnusedCertificate(registry, sent.bundle, statement);
    const signer = verifySent(registry, sent.bundle, statement);
    return { signer, by: { signer: signer.signer, signers: signer.signers } };
  }
  const known = await findKeys(registry, [sent.hint]);
  const key = signerOf(sent, { known, likely: await likely() });
  if (key === undefined) throw unknownSigner();
  return {
    signer: { keyId: key.keyId, spki: Buffer.from(key.spki, 'base64') },
    by: { signer: key.keyId },
  };
}

/** The keys that may sign such a statement, as far as the statement and the root file tell. */
async function likelySigners(
  registry: Registry,
  statement: IdentityStatement,
): Promise<PublicKey[]> {
  const own = keysOfStatement(statement);
  const memberKeys = (await readMembers(registry)).keys.values();
  switch (statement.predicateType) {
    case predicateTypes.member:
      return [...memberKeys];
    case predicateTypes.scope: {
      const { scope } = statement.predicate;
      const { chain } = await readIdentities(registry, { scopes: [scope] });
      return [...keysAmong(chain.ownersOf(scope, latest)), ...own, ...memberKeys];
    }
    case predicateTypes.key: {
      const { replaces } = statement.predicate;
      const replaced = await findKeys(registry, [replaces]);
      return [...replaced.values(), ...own, ...memberKeys];
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

/** The problem when no known key made the signature. */
export function unknownSigner(): Problem {
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

// What follows when a key or a membership is ended for a past log index. The rows of versions
// follow in slices, since the end may concern very many versions.

/** The end of a key or a membership. */
interface BackwardEnd extends Pick<LoggedStatement, 'digest' | 'logIndex'> {
  readonly statement: IdentityStatement;
  /** The last log index that still counts. */
  readonly upTo: number;
}

/**
 * The writes beside the log entry of the end.
 * @param chainFor with the end
 */
async function endWrites(
  registry: Registry,
  end: BackwardEnd,
  chainFor: ChainFor,
): Promise<BatchWrite[]> {
  const { statement, logIndex, upTo } = end;
  const lifted = await liftedBehind(registry, upTo);
  const again = await suspendedAgain(registry, chainFor, lifted);
  return [
    pendingEndWrite(registry, end),
    ...liftedWrites(registry, again, logIndex),
    ...publishersLetGo(lifted).map((publisher) => pendingAgainWrite(registry, publisher, logIndex)),
    ...scansAgainWrites(await readMembers(registry), statement, logIndex),
  ];
}

/** The first slices at once, after the end is committed: a small registry needs no others. */
async function beginEnd(registry: Registry): Promise<void> {
  await beginPending(registry);
  await orLater(registry, () => renewQueue(registry));
}
