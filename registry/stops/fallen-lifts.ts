/**
 * A suspension applies again when the person who lifted it no longer counted at that time. A thief
 * with a reviewer's key can lift suspensions, and that has to end with the key.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { predicateTypes, type RevocationTarget } from '../../skills-index/statement/attestation.ts';
import { activeStop } from '../../skills-index/trust/decision/active-stop.ts';
import type { Registry } from '../context.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { type ChainFor, readIdentities } from '../people/identities.ts';
import { someNamed } from '../people/named-rows.ts';
import type { BatchWrite } from '../store/batch.ts';
import { statementsOf } from '../versions/manifests.ts';
import { questionAbout, speakerOf } from '../versions/publishers.ts';
import { revocationsAbout } from '../versions/shown-versions.ts';
import type { VersionRow } from '../versions/versions.ts';
import { liftsReadAtOnce } from './limits.ts';
import { versionsMeant } from './revocations.ts';
import { type PlannedStop, stopWrites } from './stop-writes.ts';

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
