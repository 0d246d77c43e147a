/**
 * An author takes back a version that waits. The version stays, with its number and its history,
 * and can never be approved.
 */
import { and, eq } from 'drizzle-orm';
import { type Scope, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { matchedIdentity } from '../../skills-index/trust/members-and-scopes/match.ts';
import { type Actor, nameOf, type Registry, type VersionName } from '../context.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { retryOnClash } from '../store/batch.ts';
import { isOpen } from '../store/columns/index-conditions.ts';
import { jobs } from '../store/schema.ts';
import { historyOf, requireVersion } from '../versions/find-versions.ts';
import { requireActivePublisher } from '../versions/publishers.ts';
import { movesFrom, requireMove, type VersionState } from '../versions/status.ts';
import { type MoveRow, moveWrites, type VersionRow } from '../versions/versions.ts';
import { requireReason } from './notes.ts';

/**
 * Withdraws a version that was not decided yet. A repeated request changes nothing, and gets the
 * same answer.
 * @returns the state change, with who made it, when and why
 * @throws Problem `forbidden`, `scope-frozen`, `publisher-stopped`, `not-found`, `move-illegal`
 */
export async function withdrawVersion(
  registry: Registry,
  actor: Actor,
  wanted: VersionName & { readonly reason?: string | undefined },
): Promise<MoveRow> {
  // The author is checked first: strangers must not learn which versions of a scope exist.
  await requireActiveAuthor(registry, actor, scopeOf(wanted.name));
  const why =
    wanted.reason === undefined ? 'the author gave no reason' : requireReason(wanted.reason);
  await retryOnClash(async () => {
    const row = await requireVersion(registry, wanted);
    if (row.status === 'withdrawn') return;
    if (!movesFrom(row.status, 'author').includes('withdrawn')) throw notWaiting(row);
    const step = requireMove(row.status, 'withdrawn', 'author');
    const { writes } = moveWrites(registry, row, step, { by: nameOf(actor), why });
    const open = and(eq(jobs.versionId, row.id), isOpen(jobs.state));
    await registry.db.batch([
      ...writes,
      // A scanner that works on the version learns at its next request that the job is gone.
      (db) => db.update(jobs).set({ state: 'done', lease: null }).where(open),
    ]);
  });
  const history = await historyOf(registry, await requireVersion(registry, wanted));
  const last = history.findLast(({ to }) => to === 'withdrawn');
  if (last === undefined) throw new Problem('internal', 'The withdrawal cannot be found');
  return last;
}

/** Owners and publishers of the scope withdraw, whoever of them published the version. */
async function requireActiveAuthor(
  registry: Registry,
  { subject }: Actor,
  scope: Scope,
): Promise<void> {
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const authors = [...chain.ownersOf(scope, latest), ...chain.publishersOf(scope, latest)];
  if (subject.kind !== 'key' || matchedIdentity(authors, { signer: subject.keyId }) === undefined)
    throw new Problem(
      'forbidden',
      `Only the owners and publishers of @${scope} may withdraw its versions`,
      { hint: `Sign in with the key of one of them: skillgate scope show ${scope} lists them.` },
    );
  const frozen = chain.whyFrozen(scope, latest);
  if (frozen !== undefined)
    throw new Problem('scope-frozen', `Nobody can withdraw versions in @${scope} now: ${frozen}`);
  await requireActivePublisher(registry, { ids: [subject.keyId], scope });
}

const installable: readonly VersionState[] = ['approved', 'suspended'];

function notWaiting({ name, version, status }: VersionRow): Problem {
  const which = `${name}@${version}`;
  return new Problem('move-illegal', `${which} is "${status}", so it cannot be withdrawn`, {
    hint: installable.includes(status)
      ? `Keep new installations from choosing the version: skillgate yank ${which} --reason "…"`
      : 'Nobody can install the version, so nothing is left to do.',
  });
}
