/**
 * A suspension applies again when the person who lifted it no longer counted at that time. A thief
 * with a reviewer's key can lift suspensions, and that has to end with the key.
 */
import { and, asc, eq, gt } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import {
  activeStop,
  type LoggedRevocation,
} from '../../skills-index/trust/decision/active-stop.ts';
import type { Registry } from '../context.ts';
import { statementOfRow } from '../log/row-texts.ts';
import type { ChainFor } from '../people/identities.ts';
import type { BatchWrite } from '../store/batch.ts';
import { statements } from '../store/schema.ts';
import { addressOf, statementsOf } from '../versions/manifests.ts';
import { questionAbout, speakerOf } from '../versions/publishers.ts';
import type { VersionRow } from '../versions/versions.ts';
import { versionsMeant } from './revocations.ts';
import { type PlannedStop, stopWrites } from './stop-writes.ts';

/**
 * Approved versions whose own suspension was lifted behind a log index, and which a suspension or
 * revocation stops by all that is known now.
 * @param chainFor with the ending statement
 */
export async function suspendedAgain(
  registry: Registry,
  chainFor: ChainFor,
  upTo: number,
): Promise<PlannedStop[]> {
  // Few keys are ended for a past time, and then nearly always nobody lifted anything since.
  const since = await readRevocations(registry, upTo);
  if (since.every(({ statement }) => statement.predicate.kind !== 'lifted')) return [];
  const revocations = await readRevocations(registry, -1);
  const rows = new Map<string, VersionRow>();
  for (const { statement } of since) {
    const { kind, target } = statement.predicate;
    if (kind !== 'lifted' || 'publisher' in target) continue;
    for (const row of await versionsMeant(registry, target))
      if (row.status === 'approved') rows.set(row.id, row);
  }
  const again: PlannedStop[] = [];
  for (const row of rows.values()) {
    const [publication] = await statementsOf(registry, row.id, predicateTypes.publish);
    if (publication === undefined) continue;
    const { signer, logIndex } = publication;
    const speaker = speakerOf(row, publication);
    const chain = await chainFor(questionAbout(speaker));
    const publish = { signer, signers: speaker.ids, logIndex };
    const word = activeStop(
      { root: registry.root, identities: chain, version: row, publish },
      revocations,
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
 * Publishers whose suspension was lifted behind a log index. Their versions are asked again what
 * the log says of them.
 */
export async function publishersLetGo(registry: Registry, upTo: number): Promise<Digest[]> {
  const since = await readRevocations(registry, upTo);
  const lifted = since.flatMap(({ statement: { predicate } }) =>
    predicate.kind === 'lifted' && 'publisher' in predicate.target
      ? [predicate.target.publisher]
      : [],
  );
  return [...new Set(lifted)];
}

async function readRevocations(registry: Registry, upTo: number): Promise<LoggedRevocation[]> {
  const rows = await registry.db.read
    .select()
    .from(statements)
    .where(
      and(eq(statements.predicateType, predicateTypes.revocation), gt(statements.logIndex, upTo)),
    )
    .orderBy(asc(statements.logIndex));
  return rows.flatMap((row): LoggedRevocation[] => {
    const statement = statementOfRow(row);
    if (row.bundle === null || statement.predicateType !== predicateTypes.revocation) return [];
    return [{ statement, signer: row.signer, logIndex: row.logIndex, digest: addressOf(row) }];
  });
}
