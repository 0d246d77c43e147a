/**
 * Revocations and suspensions, signed by a reviewer or administrator. They reach every installation
 * through the proofs of the log.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type {
  RevocationPredicate,
  RevocationStatement,
  RevocationTarget,
} from '../../skills-index/statement/attestation.ts';
import { isBehind } from '../../skills-index/trust/members-and-scopes/publisher-stops.ts';
import type { Registry } from '../context.ts';
import { refreshStatus } from '../index/status-json.ts';
import { finishLogged, orLater } from '../log/after-logging.ts';
import type { LoggedAt } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { findKeys } from '../people/actors.ts';
import { latest, memberNow, readIdentities, readMembers } from '../people/identities.ts';
import { type SentEnvelope, signerOf } from '../people/signer.ts';
import { versions } from '../store/schema.ts';
import { ownVersion, whyOwn } from '../versions/authors.ts';
import { requireNoMaliciousPackage } from '../versions/malicious-packages.ts';
import { versionsOf } from '../versions/publisher-versions.ts';
import { wordOnPublisher } from '../versions/publishers.ts';
import { movesFrom, requireMove, type VersionState } from '../versions/status.ts';
import { judgeAgainWrite } from '../versions/version-packages.ts';
import { nothingEntersSince, type VersionRow } from '../versions/versions.ts';
import { stopWrites } from './stop-writes.ts';

/** The state to which each kind moves a version. */
export const stateAfter = {
  suspended: 'suspended',
  lifted: 'approved',
  revoked: 'revoked',
} as const satisfies Record<RevocationPredicate['kind'], VersionState>;

/**
 * Takes a revocation. Moves every version that it is about.
 * @throws Problem `key-unknown`, `forbidden`, `not-found`, `move-illegal`, `package-malicious`
 */
export async function takeRevocation(
  registry: Registry,
  sent: SentEnvelope,
  statement: RevocationStatement,
): Promise<LoggedAt> {
  const { envelope } = sent;
  const { kind, target, reason } = statement.predicate;
  const appended = await appendInTurn(registry, async () => {
    const quiet = await nothingEntersSince(registry);
    const { chain, keys } = await readMembers(registry);
    const known = await findKeys(registry, [sent.hint]);
    const signer = signerOf(sent, { known, likely: keys.values() });
    if (signer === undefined)
      throw new Problem('key-unknown', 'The revocation is not signed by an enrolled key');
    const may =
      chain.isMember(signer.keyId, 'reviewer', latest) ||
      chain.isMember(signer.keyId, 'administrator', latest);
    if (!may)
      throw new Problem(
        'forbidden',
        'Only a reviewer or administrator may suspend, lift or revoke',
      );
    const by = memberNow(registry, chain, signer.keyId)?.name ?? signer.keyId;
    const to = stateAfter[kind];
    const meant = await versionsMeant(registry, target, kind);
    const moving = meant.filter((row) => movesFrom(row.status, 'statement').includes(to));
    if ('publisher' in target) await requireEffect(registry, target.publisher, kind);
    else {
      if (moving.length === 0) throwNoMove(meant, to);
      for (const row of kind === 'lifted' ? moving : [])
        await requireNoMaliciousPackage(registry, row, 'lift the suspension of');
    }
    const acting = { keyId: signer.keyId, enrolled: chain.memberOf(signer.keyId, latest) };
    // A reviewer may suspend the reviewer's own versions. Only somebody else may lift a suspension.
    for (const row of kind === 'lifted' ? moving : []) {
      const own = await whyOwn(registry, row, acting);
      if (own !== undefined) throw ownVersion(own);
      // A publisher can have very many versions, and others are answered between two of them.
      await nextTurn();
    }
    if (kind === 'lifted' && 'publisher' in target) {
      const behind = await readIdentities(registry, { behind: [target.publisher] });
      if (isBehind(behind.chain, target.publisher, signer.keyId, latest)) throw ownVersion();
    }
    const logged = {
      statement,
      envelope,
      signer: { keyId: signer.keyId, spki: Buffer.from(signer.spki, 'base64') },
    };
    const [only] = moving;
    // A statement about a publisher holds for later versions too, so it is not about one version
    // alone.
    const isOne = moving.length === 1 && only !== undefined && !('publisher' in target);
    const versionId = isOne ? { versionId: only.id } : {};
    return {
      statements: [{ ...logged, ...versionId }],
      writes: () => [
        quiet,
        ...stopWrites(
          registry,
          moving.map((row) => ({ row, to, why: reason })),
          by,
        ),
        ...(kind === 'lifted' ? [judgeAgainWrite(moving.map(({ id }) => id))] : []),
      ],
    };
  });
  const [logged] = await finishLogged(registry, appended);
  if (logged === undefined) throw new Problem('internal', 'A logged revocation cannot be found');
  await orLater(registry, () => refreshStatus(registry));
  return logged;
}

/**
 * The versions that a revocation is about. For a lift of a publisher, only those that no statement
 * about another publisher stops.
 */
export async function versionsMeant(
  registry: Registry,
  target: RevocationTarget,
  kind: RevocationPredicate['kind'],
): Promise<VersionRow[]> {
  if ('publisher' in target) return versionsOf(registry, target.publisher, kind);
  const condition =
    'bundle' in target
      ? eq(versions.bundle, target.bundle)
      : and(eq(versions.name, target.name), eq(versions.version, target.version));
  return registry.db.read.select().from(versions).where(condition);
}

/**
 * A publisher can be stopped before one of their versions is in the index: the next upload is then
 * rejected.
 * @throws Problem `not-found`, `move-illegal`
 */
async function requireEffect(
  registry: Registry,
  publisher: Digest,
  kind: RevocationPredicate['kind'],
): Promise<void> {
  const { chain } = await readIdentities(registry, { rightsOf: [publisher] });
  const isKnown =
    chain.keyOf(publisher) !== undefined ||
    chain.scopesOf(publisher, latest).length > 0 ||
    (
      await registry.db.read
        .select()
        .from(versions)
        .where(eq(versions.publisher, publisher))
        .limit(1)
    ).length > 0;
  if (!isKnown)
    throw new Problem('not-found', `This registry knows no publisher ${publisher}`, {
      hint: 'skillgate scope show SCOPE lists the publishers.',
    });
  const word = await wordOnPublisher(registry, publisher);
  if (word?.kind === 'revoked')
    throw new Problem('move-illegal', `The publisher ${publisher} is revoked, which is final`);
  if (kind === 'lifted' && word === undefined)
    throw new Problem('move-illegal', `The publisher ${publisher} is not suspended`, {
      hint: 'Lift the suspension of a single version by its name and version.',
    });
}

function throwNoMove(meant: readonly VersionRow[], to: VersionState): never {
  const [first] = meant;
  if (first === undefined) throw new Problem('not-found', 'There is no such version');
  requireMove(first.status, to, 'statement');
  throw new Problem(
    'move-illegal',
    'None of these versions is in a state from which this revocation or lift is possible',
  );
}
