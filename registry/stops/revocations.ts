/**
 * A suspension applies again when the person who lifted it no longer counted at that time. A thief
 * with a reviewer's key can lift suspensions, and that has to end with the key.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  predicateTypes,
  type RevocationPredicate,
  type RevocationStatement,
  type RevocationTarget,
} from '../../skills-index/statement/attestation.ts';
import { activeStop } from '../../skills-index/trust/decision/active-stop.ts';
import { isBehind } from '../../skills-index/trust/members-and-scopes/scope-owners.ts';
import type { EnrolledMember, Registry } from '../context.ts';
import { requireFewBehind } from '../index/name-proofs.ts';
import { refreshStatus } from '../index/status-json.ts';
import { finishLogged, orLater } from '../log/after-logging.ts';
import type { LoggedAt } from '../log/appending.ts';
import { logSize } from '../log/log.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { findKeys } from '../people/actors.ts';
import { someNamed } from '../people/check-names.ts';
import {
  type ChainFor,
  latest,
  memberNow,
  readIdentities,
  readMembers,
} from '../people/identities.ts';
import { type SentEnvelope, signerOf } from '../people/signer.ts';
import type { BatchWrite } from '../store/batch.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { versions } from '../store/schema.ts';
import { ownVersion, whyOwn } from '../versions/authors.ts';
import { requireNoMaliciousPackage } from '../versions/malicious-packages.ts';
import { statementsOf } from '../versions/manifests.ts';
import { questionAbout, speakerOf, stopOfPublisher } from '../versions/publishers.ts';
import { movesFrom, requireMove, type VersionState } from '../versions/status.ts';
import { judgeAgainWrite } from '../versions/version-packages.ts';
import { nothingEntersSince, type VersionRow } from '../versions/versions.ts';
import {
  type MaybePending,
  revocationsAbout,
  visibleColumns,
} from '../versions/visible-versions.ts';
import {
  beginPending,
  movedByStops,
  type PlannedStop,
  pendingWrite,
  stopWrites,
} from './pending-stops.ts';

/** Statements on stops that are read at once when a key was ended for a past time. */
const liftsReadAtOnce = 100;

/** What was lifted behind a log index, in log order. */
export async function liftedBehind(
  registry: Registry,
  upTo: number,
): Promise<readonly RevocationTarget[]> {
  const lifted: RevocationTarget[] = [];
  const place = { until: Number.MAX_SAFE_INTEGER, limit: liftsReadAtOnce };
  for (let from = upTo + 1; ; ) {
    const rows = await someNamed(registry, predicateTypes.revocation, { ...place, from });
    for (const row of rows) {
      const statement = statementOfRow(row);
      if (statement.predicateType !== predicateTypes.revocation) continue;
      const { kind, target } = statement.predicate;
      if (kind === 'lifted') lifted.push(target);
    }
    const last = rows.at(-1);
    if (last === undefined) return lifted;
    from = last.logIndex + 1;
    await nextTurn();
  }
}

/**
 * Approved versions whose own suspension was lifted, and which a suspension or revocation stops by
 * all that is known now.
 * @param lifted from `liftedBehind`
 * @param chainFor with the ending statement
 */
export async function suspendedAgain(
  registry: Registry,
  chainFor: ChainFor,
  lifted: readonly RevocationTarget[],
): Promise<PlannedStop[]> {
  const rows = new Map<string, VersionRow>();
  for (const target of lifted) {
    if ('publisher' in target) continue;
    for (const row of await versionsMeant(registry, target))
      if (row.status === 'approved') rows.set(row.id, row);
  }
  const again: PlannedStop[] = [];
  for (const row of rows.values()) {
    const [publication] = await statementsOf(registry, row.id, predicateTypes.publish);
    if (publication === undefined) continue;
    const { signer, logIndex } = publication;
    const speaker = speakerOf(row, publication);
    const question = questionAbout(speaker);
    const chain = await chainFor(question);
    const said = await revocationsAbout(registry, row, await readIdentities(registry, question));
    const publish = { signer, signers: speaker.ids, logIndex };
    const word = activeStop(
      { root: registry.root, identities: chain, version: row, publish },
      said,
    );
    if (word === undefined) continue;
    const why = `it is ${word.kind} again by log index ${word.logIndex}: the member who lifted the stop no longer counts`;
    again.push({ row, to: word.kind, why });
  }
  return again;
}

/** The writes that stop the versions, in the batch of the statement at `logIndex`. */
export function liftedWrites(
  registry: Registry,
  stops: readonly PlannedStop[],
  logIndex: number,
): BatchWrite[] {
  const said = stops.map((stop) => ({ ...stop, why: `${stop.why} (log index ${logIndex})` }));
  return stopWrites(registry, said, 'registry');
}

/**
 * Publishers whose suspension was lifted. Their versions are asked again what the log says of them.
 * @param lifted from `liftedBehind`
 */
export function publishersLetGo(lifted: readonly RevocationTarget[]): Digest[] {
  return [
    ...new Set(lifted.flatMap((target) => ('publisher' in target ? [target.publisher] : []))),
  ];
}

// Revocations and suspensions, signed by a reviewer or administrator. They reach every installation
// through the proofs of the log.

/** The state to which each kind moves a version. */
export const stateAfter = {
  suspended: 'suspended',
  lifted: 'approved',
  revoked: 'revoked',
} as const satisfies Record<RevocationPredicate['kind'], VersionState>;

/**
 * Takes a revocation. Moves the versions that it is about. The versions of a publisher follow in
 * slices, and are shown at once as the revocation says.
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
    const acting = { keyId: signer.keyId, enrolled: chain.memberOf(signer.keyId, latest), by };
    const { versionId, writes } =
      'publisher' in target
        ? await planPublisherStop(registry, target.publisher, statement, acting)
        : await planStop(registry, { target, kind, reason }, acting);
    const logged = {
      statement,
      envelope,
      signer: { keyId: signer.keyId, spki: Buffer.from(signer.spki, 'base64') },
    };
    return {
      statements: [versionId === undefined ? logged : { ...logged, versionId }],
      writes: ([logIndex = 0]: readonly number[]) => writes(logIndex),
    };
  });
  if ('publisher' in target) await beginPending(registry);
  const [logged] = await finishLogged(registry, appended);
  if (logged === undefined) throw new Problem('internal', 'A logged revocation cannot be found');
  if (!('publisher' in target)) await orLater(registry, () => refreshStatus(registry));
  return logged;
}

/** Who signed a revocation. */
interface Acting {
  readonly keyId: Digest;
  readonly enrolled: EnrolledMember | undefined;
  /** The name for people. */
  readonly by: string;
}

type Stop<About> = About & Pick<RevocationPredicate, 'kind' | 'reason'>;

interface PlannedRevocation {
  /** The one version that the statement is about. */
  readonly versionId?: string;
  writes(logIndex: number): BatchWrite[];
}

/** A target that names few versions. */
type VersionTarget = Exclude<RevocationTarget, { readonly publisher: Digest }>;

async function planStop(
  registry: Registry,
  { target, kind, reason }: Stop<{ readonly target: VersionTarget }>,
  acting: Acting,
): Promise<PlannedRevocation> {
  const quiet = await nothingEntersSince(registry);
  const to = stateAfter[kind];
  const meant = await movedByStops(registry, () => versionsMeant(registry, target));
  const moving = meant.filter((row) => movesFrom(row.status, 'statement').includes(to));
  if (moving.length === 0) throwNoMove(meant, to);
  for (const row of kind === 'lifted' ? moving : []) {
    await requireNoMaliciousPackage(registry, row, 'lift the suspension of');
    // A reviewer may suspend the reviewer's own versions. Only somebody else may lift a suspension.
    const own = await whyOwn(registry, row, acting);
    if (own !== undefined) throw ownVersion(own);
  }
  const [only] = moving;
  return {
    ...(moving.length === 1 && only !== undefined ? { versionId: only.id } : {}),
    writes: () => [
      quiet,
      ...stopWrites(
        registry,
        moving.map((row) => ({ row, to, why: reason })),
        acting.by,
      ),
      ...(kind === 'lifted' ? [judgeAgainWrite(moving.map(({ id }) => id))] : []),
    ],
  };
}

// The statement holds for later versions too, so it is not about one version alone. A version that
// enters the index after the statement is refused there.
async function planPublisherStop(
  registry: Registry,
  publisher: Digest,
  statement: RevocationStatement,
  { by, keyId }: Acting,
): Promise<PlannedRevocation> {
  const { kind, reason } = statement.predicate;
  await requireEffect(registry, publisher, kind);
  if (kind === 'lifted') {
    const { stops } = (await readIdentities(registry, { ids: [publisher] })).chain;
    const all = stops.heirsOf(publisher);
    const { chain } = await readIdentities(registry, { behind: all });
    if (all.some((id) => isBehind(chain, id, keyId, latest))) throw ownVersion();
    const logIndex = await logSize(registry);
    await requireFewBehind(registry, publisher, { statement, signer: keyId, logIndex });
  }
  const word = { publisher, kind, by, why: reason };
  return { writes: (logIndex) => [pendingWrite(registry, word, logIndex)] };
}

/** The versions that a revocation is about, for `readShown` or `movedByStops`. */
export async function versionsMeant(
  registry: Registry,
  target: VersionTarget,
): Promise<MaybePending<VersionRow>[]> {
  const condition =
    'bundle' in target
      ? hasDigest(versions.bundle, target.bundle)
      : and(eq(versions.name, target.name), eq(versions.version, target.version));
  return registry.db.read.select(visibleColumns).from(versions).where(condition);
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
        .where(hasDigest(versions.publisher, publisher))
        .limit(1)
    ).length > 0;
  if (!isKnown)
    throw new Problem('not-found', `This registry knows no publisher ${publisher}`, {
      hint: 'skillgate scope show SCOPE lists the publishers.',
    });
  const word = await stopOfPublisher(registry, publisher);
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
