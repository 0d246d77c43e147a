import { and, eq } from 'drizzle-orm';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { type AdviceStatement, predicateTypes } from '../../skills-index/statement/attestation.ts';
import { keysAmong } from '../../skills-index/statement/identity-id.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import { idsOf, matchedIdentity } from '../../skills-index/trust/members-and-scopes/match.ts';
import { requireOwnRegistry } from '../../skills-index/trust/signatures/require-own-registry.ts';
import { requireCertifiable } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import { indexFileName, writeIndexFile } from '../index/index-file.ts';
import { adviceAt, adviceGiven } from '../index/index-rows.ts';
import { settlePutOff } from '../index/put-off.ts';
import { finishLogged, orLater, orSayLogged } from '../log/after-logging.ts';
import type { LoggedAt, NewStatement } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { findKeys } from '../people/actors.ts';
import { isIdentityStatement, latest, readIdentities } from '../people/identities.ts';
import { contradictsHint, type SentEnvelope } from '../people/signer.ts';
import { takeApproval } from '../review/approval-intake.ts';
import { takeRevocation } from '../stops/revocations.ts';
import { advice } from '../store/advice-schema.ts';
import type { BatchWrite } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { audit, indexLines } from '../store/schema.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { requireActivePublisher } from '../versions/publishers.ts';
import { type VersionState, waitingStates } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import { requireSigner, takeIdentity, unknownSigner } from './identity-intake.ts';
import { findLogged, isLate, orSayKnown, requireNewest, settleAgain } from './replays.ts';

interface AcceptedStatement extends LoggedAt {
  /** The Sigstore bundle's JSON. */
  readonly bundle: unknown;
}

/**
 * Takes an approval by key, a revocation, an author's advice, or an identity statement.
 * @throws Problem `other-registry`, `statement-replayed`, `statement-invalid`, `key-unknown`,
 * `scope-taken`, `forbidden`, `approval-refused`, `move-illegal`, `not-found`
 */
export async function takeStatement(
  registry: Registry,
  sent: SentEnvelope,
): Promise<AcceptedStatement> {
  const before = await orSayKnown(registry, sent, async () => {
    const keys = await findKeys(registry, [sent.hint]);
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
    case predicateTypes.advice:
      return takeAdvice(registry, sent, statement);
    case predicateTypes.publish:
    case predicateTypes.provenance:
      throw new Problem(
        'request-invalid',
        'Send a publication with its bundle to /api/v1/versions',
      );
    case predicateTypes.scan:
      throw new Problem('request-invalid', 'Send a scan report to its job: /api/v1/jobs/ID/report');
    case predicateTypes.observed:
      throw new Problem(
        'request-invalid',
        'Send an observation to its version: /api/v1/versions/@SCOPE/NAME/VERSION/observations',
      );
    case predicateTypes.summary:
      throw new Problem('forbidden', 'Only the registry itself signs verification summaries');
  }
}

// Takes the advice of an author about a version in the index: yanked or deprecated, and the words
// that take the advice back. Advice stops nobody, so it moves no version.

/**
 * Takes one statement.
 * @throws Problem `not-found`, `key-unknown`, `forbidden`, `publisher-stopped`, `scope-frozen`,
 * `move-illegal`, `certificate-invalid`, `certificate-used`
 */
async function takeAdvice(
  registry: Registry,
  sent: SentEnvelope,
  statement: AdviceStatement,
): Promise<LoggedAt> {
  const { name } = statement.predicate;
  try {
    const appended = await appendInTurn(registry, async () => {
      // The signer is checked first: strangers must not learn which versions of a scope exist.
      const { signer, by } = await requireAuthor(registry, sent, statement);
      const row = await requireVersion(registry, statement.predicate);
      await requireEffect(registry, row, statement);
      return {
        statements: [{ statement, envelope: sent.envelope, signer }],
        writes: ([logIndex = 0]: readonly number[]) =>
          adviceWrites(registry, row, statement, { by, logIndex }),
      };
    });
    const [logged] = await finishLogged(registry, appended);
    if (logged === undefined) throw new Problem('internal', 'Logged advice cannot be found');
    return logged;
  } finally {
    // After a failure, too: a commit that reports an error may have taken effect.
    registry.known?.change(indexFileName(name));
    await orLater(registry, () => writeIndexFile(registry, name));
  }
}

/** Owners and publishers of the scope advise, whoever of them published the version. */
async function requireAuthor(
  registry: Registry,
  sent: SentEnvelope,
  statement: AdviceStatement,
): Promise<{ readonly signer: NewStatement['signer']; readonly by: string }> {
  const scope = scopeOf(statement.predicate.name);
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const frozen = chain.whyFrozen(scope, latest);
  if (frozen !== undefined)
    throw new Problem('scope-frozen', `Nobody can advise on versions in @${scope} now: ${frozen}`);
  const authors = [...chain.ownersOf(scope, latest), ...chain.publishersOf(scope, latest)];
  const { signer, by } = await requireSigner(registry, sent, statement, async () =>
    keysAmong(authors),
  );
  if (matchedIdentity(authors, by) === undefined)
    throw new Problem(
      'forbidden',
      `Only the owners and publishers of @${scope} may yank or deprecate its versions`,
      { hint: `skillgate scope show ${scope} lists them. A reviewer can suspend or revoke.` },
    );
  await requireActivePublisher(registry, { ids: idsOf(by), scope });
  return { signer, by: `key:${by.signer}` };
}

/** The states of versions that a range chooses now, or after the lift of a suspension. */
const advisedStates: readonly VersionState[] = ['approved', 'suspended'];

async function requireEffect(
  registry: Registry,
  { status }: VersionRow,
  statement: AdviceStatement,
): Promise<void> {
  const { kind: word, name, version } = statement.predicate;
  const { kind, isGiven } = adviceGiven[word];
  if (isGiven && !advisedStates.includes(status))
    throw new Problem(
      'move-illegal',
      `${name}@${version} is "${status}", and only an approved or suspended version can be ${word}`,
      {
        hint: waitingStates.some((state) => state === status)
          ? `Nobody can install the version yet. To take it back: skillgate withdraw ${name}@${version}`
          : 'Nobody can install the version, so nothing is left to do.',
      },
    );
  if (isGiven || (await adviceAt(registry, statement)) !== undefined) return;
  throw new Problem('move-illegal', `${name}@${version} is not ${kind}`);
}

function adviceWrites(
  registry: Registry,
  { id }: VersionRow,
  { predicate: { kind: word, reason } }: AdviceStatement,
  { by, logIndex }: { readonly by: string; readonly logIndex: number },
): BatchWrite[] {
  const { kind, isGiven } = adviceGiven[word];
  return [
    (db) =>
      isGiven
        ? db
            .insert(advice)
            .values({ versionId: id, kind, logIndex })
            .onConflictDoUpdate({ target: [advice.versionId, advice.kind], set: { logIndex } })
        : db.delete(advice).where(and(eq(advice.versionId, id), eq(advice.kind, kind))),
    // After a crash before the next step, the line is among those that the index file lacks.
    (db) => db.update(indexLines).set({ written: 0 }).where(eq(indexLines.versionId, id)),
    (db) =>
      db.insert(audit).values({
        at: registry.now().getTime(),
        kind: 'statement',
        versionId: id,
        by,
        why: `${word}: ${reason}`,
      }),
  ];
}
