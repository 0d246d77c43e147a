/**
 * Takes the advice of an author about a version in the index: yanked or deprecated, and the words
 * that take the advice back. Advice stops nobody, so it moves no version.
 */
import { and, eq } from 'drizzle-orm';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { AdviceStatement } from '../../skills-index/statement/attestation.ts';
import { keysAmong } from '../../skills-index/statement/identity-id.ts';
import { idsOf, matchedIdentity } from '../../skills-index/trust/members-and-scopes/match.ts';
import type { Registry } from '../context.ts';
import { adviceAt, adviceGiven } from '../index/advice.ts';
import { indexFileName, writeIndexFile } from '../index/index-file.ts';
import { finishLogged, orLater } from '../log/after-logging.ts';
import type { LoggedAt, NewStatement } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { latest, readIdentities } from '../people/identities.ts';
import type { SentEnvelope } from '../people/signer.ts';
import { advice } from '../store/advice-schema.ts';
import type { BatchWrite } from '../store/batch.ts';
import { audit, indexLines } from '../store/schema.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { requireActivePublisher } from '../versions/publishers.ts';
import { type VersionState, waitingStates } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import { requireSigner } from './identity-intake.ts';

/**
 * Takes one statement.
 * @throws Problem `not-found`, `key-unknown`, `forbidden`, `publisher-stopped`, `scope-frozen`,
 * `move-illegal`, `certificate-invalid`, `certificate-used`
 */
export async function takeAdvice(
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
