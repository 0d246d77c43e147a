/**
 * Decides about admission: takes all evidence about one version, and returns either the admission
 * or every reason against the version. Pure.
 */
import type { TreeHead } from '../../log/merkle-tree.ts';
import { type Capabilities, capabilityDigest } from '../../skill/capability.ts';
import type { Digest } from '../../skill/digest.ts';
import type { Manifest } from '../../skill/manifest.ts';
import { type SkillName, scopeOf } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import type { Verdict } from '../../statement/finding.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import type { Evidence } from './evidence.ts';
import type { DecisionInput } from './input.ts';
import { type AdmittedApproval, isComplete, judge, type SlsaBuildLevel } from './judge.ts';
import type { LogAlarm } from './one-log.ts';
import type { DecisionReason } from './reason.ts';

export type { DecisionInput, Pinned, TrustedInputs } from './input.ts';

export interface Admitted {
  readonly kind: 'admitted';
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly description: string;
  /** Id of the identity that published the version: a key, a person or a CI job. */
  readonly publisher: Digest;
  /**
   * Log index of the scope's first claim. The installer pins this index for every skill of the
   * scope.
   */
  readonly scopeClaim: number;
  readonly manifest: Manifest;
  /** Whether the manifest was inferred during an import. No author wrote an inferred manifest. */
  readonly inferred: boolean;
  /** The capabilities that the reviewers approved. */
  readonly capabilities: Capabilities;
  readonly capabilityDigest: Digest;
  readonly approvals: readonly AdmittedApproval[];
  /**
   * How many of the policy's witnesses cosigned the head of the log in the last 24 hours, as
   * `count/all`; `0/0` without a witness policy.
   */
  readonly witnessed: `${number}/${number}`;
  /**
   * The SLSA build level that the evidence shows: 0 for no provenance, 1 for provenance, 2 for a
   * build by an identified CI job.
   */
  readonly slsaBuildLevel: SlsaBuildLevel;
  /**
   * The scan behind the approvals: the digest of the scan's report, and the digest of the rule set
   * that made the report.
   */
  readonly scan: { readonly report: Digest; readonly ruleSet: Digest; readonly verdict: Verdict };
  /** Log index of the version's verification summary. */
  readonly logIndex: number;
  /** The head of the log in the status file. The host remembers this head for the next decision. */
  readonly checkpoint: TreeHead & { readonly note: string };
  /** The time until which the status file counts (ISO 8601). */
  readonly freshUntil: string;
  /** Whether the status file has expired and counts only by the grace time of host policy. */
  readonly onGrace: boolean;
  /**
   * Addresses of the statements that the host keeps. Later decisions get these statements as
   * `known`.
   */
  readonly learned: readonly Digest[];
}

interface Refused {
  readonly kind: 'refused';
  readonly reasons: readonly DecisionReason[];
  /**
   * Addresses of the statements that the host keeps, as in `Admitted`. Empty where the log or its
   * head is in doubt.
   */
  readonly learned: readonly Digest[];
  /**
   * Two contradicting heads of the log. The two heads are evidence against their signer, so the
   * host must keep both.
   */
  readonly alarm?: LogAlarm;
}

export type Decision = Admitted | Refused;

/**
 * Decides about one version. Every fault of the evidence becomes a reason, and incomplete evidence
 * admits nothing.
 */
export function decide(input: DecisionInput): Decision {
  const { evidence, reasons, parts, approvals, level, alarm } = judge(input);
  const learned = learnedFrom(evidence);
  if (!isComplete(parts) || reasons.length > 0)
    return {
      kind: 'refused',
      reasons: alarmsFirst(reasons),
      learned: isLogInDoubt(reasons) || parts.status === undefined ? [] : learned,
      ...(alarm === undefined ? {} : { alarm }),
    };
  const { publish, scan, summary, status } = parts;
  const { name, version, bundle, description, capabilities } = input.line;
  return {
    kind: 'admitted',
    name,
    version,
    bundle,
    description,
    publisher: publish.signer,
    scopeClaim: publish.scopeClaim,
    manifest: publish.manifest,
    inferred: publish.inferred,
    capabilities,
    capabilityDigest: capabilityDigest(capabilities),
    approvals,
    scan: { report: scan.report, ruleSet: scan.ruleSet, verdict: scan.verdict },
    witnessed: `${status.witnessed?.counted.length ?? 0}/${status.witnessed?.of ?? 0}`,
    slsaBuildLevel: level,
    logIndex: summary.logIndex,
    checkpoint: status.checkpoint,
    freshUntil: status.expires,
    onGrace: input.now > Date.parse(status.expires),
    learned,
  };
}

function isLogInDoubt(reasons: readonly DecisionReason[]): boolean {
  const codes: readonly DecisionReason['code'][] = [
    'log-rolled-back',
    'log-forked',
    'log-unproven',
    'witnesses-missing',
    'status-missing',
    'status-stale',
  ];
  return reasons.some(({ code }) => codes.includes(code));
}

// People who read only the first reason must read the real cause. Contradicting heads of the log
// also make witnesses missing, and waiting for witnesses would not help.
function alarmsFirst(reasons: readonly DecisionReason[]): DecisionReason[] {
  const isAlarm = ({ code }: DecisionReason): boolean =>
    code === 'log-rolled-back' || code === 'log-forked';
  return [...reasons.filter(isAlarm), ...reasons.filter((one) => !isAlarm(one))];
}

// Chooses which statements a host keeps for later decisions. The list of statements in an index
// line is unsigned, so a mirror could add unrelated statements. A host keeps only statements that a
// version depends on; otherwise strangers could fill the memory of each host.

const { member, scope, key, revocation } = predicateTypes;

/**
 * Addresses of the statements that the host keeps. A suspension is not kept, because this host
 * might never see the statement that lifts the suspension.
 */
export function learnedFrom({ input, statements, known, identities }: Evidence): Digest[] {
  const ignored = new Set(identities.ignored.map(({ digest }) => digest));
  const counted = [...statements, ...known]
    .filter(({ digest }) => !ignored.has(digest))
    .sort((a, b) => a.logIndex - b.logIndex);
  const own = scopeOf(input.line.name);
  const isOfScope = (statement: Statement): boolean =>
    statement.predicateType === scope && statement.predicate.scope === own;
  const people = identitiesBehind(counted, isOfScope);
  const isKept = (statement: Statement): boolean => {
    switch (statement.predicateType) {
      case member:
        return true;
      case scope:
        return isOfScope(statement);
      case key:
        return (
          people.has(statement.predicate.key.keyId) ||
          people.has(statement.predicate.replaces ?? '')
        );
      case revocation:
        return statement.predicate.kind === 'revoked';
      default:
        return false;
    }
  };
  return statements.flatMap(({ statement, digest }) =>
    isKept(statement) && !ignored.has(digest) ? [digest] : [],
  );
}

// The members, every owner and publisher of the scope, and the successors of their keys. In the
// order of the log, a key comes before the key's successor.
function identitiesBehind(
  counted: readonly VerifiedStatement[],
  isOfScope: (statement: Statement) => boolean,
): ReadonlySet<string> {
  const people = new Set<string>();
  for (const { statement } of counted) {
    if (statement.predicateType === member && statement.predicate.key !== undefined)
      people.add(statement.predicate.key.keyId);
    if (statement.predicateType === scope && isOfScope(statement))
      for (const one of [...statement.predicate.owners, ...(statement.predicate.publishers ?? [])])
        people.add(identityId(one));
    if (statement.predicateType === key && people.has(statement.predicate.replaces ?? ''))
      people.add(statement.predicate.key.keyId);
  }
  return people;
}
