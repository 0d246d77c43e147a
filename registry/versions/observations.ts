/**
 * Observations of a version: what it did when scanners ran it in sandboxes with decoys. An
 * observation raises a verdict, and never lowers one.
 */

import { eq, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import {
  type ObservedBehaviour,
  type ObservedFact,
  observedLevels,
} from '../../skills-index/statement/observation.ts';
import {
  type ObservationPredicate,
  parseObservationStatement,
} from '../../skills-index/statement/observation-statement.ts';
import type { Registry } from '../context.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { readMembers } from '../people/identities.ts';
import {
  type BatchWrite,
  observationAttemptsMax,
  observationLaterMs,
  observationLeaseMs,
} from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { digestColumn, versionIdColumn } from '../store/columns/digest-column.ts';
import { type StatementRow, statementsOf } from './manifests.ts';
import type { VersionRow } from './versions.ts';

const factsOfVersionMax = 500;

/** Observations, the worst first, whose facts are shown with a version, and facts of them. */
const observationsReadMax = 50;

/** An observation that counts: an enrolled scanner signed it. */
export interface CountedObservation {
  /** Digest of the observation, which is a stored blob. */
  readonly digest: Digest;
  readonly verdict: Verdict;
  /** Name of the scanner. */
  readonly by: string;
  readonly logIndex: number;
}

/** The worst observation as reviewers see it, with the facts of all that count. */
export interface WorstObservation
  extends Pick<CountedObservation, 'digest' | 'by'>,
    Pick<ObservedBehaviour, 'verdict' | 'facts' | 'coverage'>,
    Pick<ObservationPredicate, 'observer' | 'observedAt'> {
  /** Verdicts of the other observations of the version, which are no worse. */
  readonly others: readonly Verdict[];
}

const byWeight: readonly Verdict[] = ['pass', 'incomplete', 'review', 'block'];

/** The observations of a version that count now, the worst first, and the newest of these. */
export async function observationsOf(
  registry: Registry,
  { id }: Pick<VersionRow, 'id'>,
  signed?: readonly StatementRow[],
): Promise<readonly CountedObservation[]> {
  const rows = (signed ?? (await statementsOf(registry, id, predicateTypes.observed))).filter(
    ({ predicateType }) => predicateType === predicateTypes.observed,
  );
  if (rows.length === 0) return [];
  const { chain } = await readMembers(registry);
  const counted = rows.flatMap((row): CountedObservation[] => {
    const member = chain.memberOf(row.signer, row.logIndex);
    const statement = statementOfRow(row);
    if (member?.roles.includes('scanner') !== true) return [];
    if (statement.predicateType !== predicateTypes.observed) return [];
    const { observation: digest, verdict } = statement.predicate;
    return [{ digest, verdict, by: member.name, logIndex: row.logIndex }];
  });
  return counted.sort(
    (a, b) => byWeight.indexOf(b.verdict) - byWeight.indexOf(a.verdict) || b.logIndex - a.logIndex,
  );
}

/**
 * The verdict of a scan, raised by an observation that has facts of level review or block. An
 * incomplete observation tells nothing of the version, so it raises nothing.
 */
export function raisedBy(
  observed: Pick<CountedObservation, 'verdict'> | undefined,
  verdict: Verdict | null,
): Verdict | null {
  if (verdict === null || observed === undefined) return verdict;
  if (observed.verdict === 'block') return 'block';
  return observed.verdict === 'review' && verdict === 'pass' ? 'review' : verdict;
}

/**
 * How many observations of a scanner are in the way of another with a verdict: milder ones are not,
 * so that nobody keeps out a worse one.
 */
export function inTheWay(
  observations: readonly CountedObservation[],
  { by, verdict }: Pick<CountedObservation, 'by' | 'verdict'>,
): number {
  const weight = byWeight.indexOf(verdict);
  return observations.filter((one) => one.by === by && byWeight.indexOf(one.verdict) >= weight)
    .length;
}

/** Whether a fact of level block is among `facts` that no counted observation has. */
export async function hasNewBlock(
  registry: Registry,
  observations: readonly CountedObservation[],
  facts: readonly ObservedFact[],
): Promise<boolean> {
  const known = new Set<string>();
  for (const { digest, verdict } of observations.slice(0, observationsReadMax))
    if (verdict === 'block')
      for (const fact of (await readObservation(registry, digest)).observation.facts)
        if (fact.level === 'block') known.add(keyOf(fact));
  return facts.some((fact) => fact.level === 'block' && !known.has(keyOf(fact)));
}

/**
 * The worst observation of a version, with the facts of all, so that a later one hides no fact;
 * undefined when nobody observed it.
 */
export async function worstObservation(
  registry: Registry,
  observations: readonly CountedObservation[],
): Promise<WorstObservation | undefined> {
  const [first, ...more] = observations;
  if (first === undefined) return undefined;
  const { digest, by } = first;
  const { observation, observedAt, observer } = await readObservation(registry, digest);
  const { verdict, coverage } = observation;
  const facts = new Map(observation.facts.map((fact) => [keyOf(fact), fact]));
  for (const one of more.slice(0, observationsReadMax - 1))
    for (const fact of (await readObservation(registry, one.digest)).observation.facts) {
      const known = facts.get(keyOf(fact));
      if (known === undefined || weightOf(fact) < weightOf(known)) facts.set(keyOf(fact), fact);
    }
  const sorted = [...facts.values()].sort((a, b) => weightOf(a) - weightOf(b));
  return {
    digest,
    by,
    verdict,
    facts: sorted.slice(0, factsOfVersionMax),
    coverage,
    observer,
    observedAt,
    others: more.map((one) => one.verdict),
  };
}

const keyOf = ({ kind, what }: ObservedFact): string => `${kind} ${what}`;
const weightOf = ({ level }: ObservedFact): number => observedLevels.indexOf(level);

async function readObservation(registry: Registry, digest: Digest): Promise<ObservationPredicate> {
  return parseObservationStatement(await requireBlob(registry, digest)).predicate;
}

/** Why nobody can approve a version that no scanner observed, where the policy asks for it. */
export function lacksObservation(
  { policy }: Pick<Registry, 'policy'>,
  observations: readonly CountedObservation[],
): boolean {
  return policy.observed === true && observations.length === 0;
}

/** @throws Problem `approval-refused` when the policy asks for an observation that is not there */
export async function requireObserved(registry: Registry, row: VersionRow): Promise<void> {
  if (registry.policy.observed !== true) return;
  if (!lacksObservation(registry, await observationsOf(registry, row))) return;
  throw new Problem(
    'approval-refused',
    'Cannot approve: the policy asks for an observation, and no scanner has observed the version',
    {
      hint: `With the key of a scanner: skillgate observe --send ${row.name}@${row.version} DIR`,
    },
  );
}

// Versions that wait for an observation, where the policy asks for one.

/** The write that has versions observed. A version that waits already keeps its attempts. */
export function awaitObservations(versionIds: readonly string[]): BatchWrite {
  const list = JSON.stringify(versionIds);
  const jobs = sql`SELECT CAST(value AS INTEGER), NULL, NULL, 0, 0, NULL FROM json_each(${list}) WHERE true`;
  return (db) => db.insert(observationJobs).select(jobs).onConflictDoNothing();
}

/** The write that ends the wait of a version. */
export function endObservationWait(versionId: string): BatchWrite {
  return (db) => db.delete(observationJobs).where(eq(observationJobs.versionId, versionId));
}

/** The milliseconds for which an attempt keeps other attempts away; the last ones for a day. */
function observationHoldMs(attempt: number): number {
  return attempt >= observationAttemptsMax ? observationLaterMs : observationLeaseMs;
}

/** A sentence for people. Names and details in it come from scanners. */
export async function observationWaits(
  registry: Registry,
  { id }: Pick<VersionRow, 'id'>,
): Promise<string> {
  const [job] = await registry.db.read
    .select()
    .from(observationJobs)
    .where(eq(observationJobs.versionId, id));
  const waits = 'Waiting for observation:';
  if (job === undefined || job.attempts === 0)
    return `${waits} no scanner that observes has taken the version yet.`;
  const { attempts, detail, lease, leaseUntil, worker } = job;
  const leasedAt = leaseUntil - observationHoldMs(attempts);
  if (lease !== null && registry.now().getTime() < leasedAt + observationLeaseMs)
    return `${waits} ${worker ?? 'a scanner'} runs the version now, attempt ${attempts}.`;
  // A scanner that leased the job and never answered left no reason of this attempt.
  const why = lease === null ? detail : null;
  const next =
    attempts >= observationAttemptsMax ? 'Scanners try again once a day.' : 'Scanners try again.';
  return `${waits} attempt ${attempts} failed: ${why ?? 'the scanner ended without a result'}. ${next}`;
}

// Observations that a registry waits for. Only a registry whose policy asks for them has rows.

/**
 * Observation jobs: one for each version in review that no scanner has observed. One UPDATE …
 * RETURNING leases a job, and the lease's token (stored as SHA-256) fences it. An observation
 * deletes the job, so the table does not grow with what was ever published.
 */
export const observationJobs = sqliteTable(
  'observation_jobs',
  {
    versionId: versionIdColumn().primaryKey(),
    /** Null while no scanner observes the version. */
    lease: digestColumn(),
    worker: text(),
    /** Before this time nobody else gets the job; 0 before the first attempt. */
    leaseUntil: integer().notNull(),
    attempts: integer().notNull(),
    /** Why the last attempt failed. */
    detail: text(),
  },
  (table) => [
    index('observation_jobs_next').on(table.leaseUntil, table.versionId),
    index('observation_jobs_lease').on(table.lease),
  ],
);
