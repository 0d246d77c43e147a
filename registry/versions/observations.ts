/**
 * Observations of a version: what it did when scanners ran it in sandboxes with decoys. An
 * observation raises a verdict, and never lowers one.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { ObservedBehaviour } from '../../skills-index/statement/observation.ts';
import {
  type ObservationPredicate,
  parseObservationStatement,
} from '../../skills-index/statement/observation-statement.ts';
import type { Registry } from '../context.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { readMembers } from '../people/identities.ts';
import { requireBlob } from '../store/blobs.ts';
import { statementsOf } from './manifests.ts';
import type { VersionRow } from './versions.ts';

/** An observation that counts: an enrolled scanner signed it. */
export interface CountedObservation {
  /** Digest of the observation, which is a stored blob. */
  readonly digest: Digest;
  readonly verdict: Verdict;
  /** Name of the scanner. */
  readonly by: string;
  readonly logIndex: number;
}

/** An observation as reviewers see it. */
export interface ShownObservation
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
): Promise<readonly CountedObservation[]> {
  const rows = await statementsOf(registry, id, predicateTypes.observed);
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

/** The worst observation of a version with its facts; undefined when nobody observed it. */
export async function shownObservation(
  registry: Registry,
  [first, ...more]: readonly CountedObservation[],
): Promise<ShownObservation | undefined> {
  if (first === undefined) return undefined;
  const { digest, by } = first;
  const { observation, observedAt, observer } = parseObservationStatement(
    await requireBlob(registry, digest),
  ).predicate;
  const { verdict, facts, coverage } = observation;
  const others = more.map((one) => one.verdict);
  return { digest, by, verdict, facts, coverage, observer, observedAt, others };
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
