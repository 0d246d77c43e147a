/**
 * Describes the chain of evidence for people who ask, from the root of trust to the files. Each
 * part of the chain says what is proven and what failed.
 */
import { purlOf, scopeOf } from '../../skill/name.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { rootFingerprint } from '../root/root.ts';
import { printClaims } from '../signatures/certified-identities.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import { addressesOf, type Evidence, statementsOf } from './evidence.ts';
import type { JudgedVersion } from './judge.ts';
import type { ChainPart, DecisionReason, DecisionReasonCode } from './reason.ts';

/**
 * One part of the chain of evidence. A part fails only for its own reasons; the parts that depend
 * on it have reasons of their own.
 */
export interface ChainNode {
  readonly part: ChainPart;
  readonly holds: boolean;
  /**
   * True when the part passes only because the policy demands nothing of the part. Such a part
   * gives no assurance.
   */
  readonly undemanded?: true;
  /** What the evidence shows about this part, as a text for people. */
  readonly says: string;
  /** Further facts about this part, one sentence for each fact. */
  readonly notes: readonly string[];
  /** Why the part failed; empty when the part did not fail. */
  readonly reasons: readonly DecisionReason[];
  readonly of: readonly ChainNode[];
}

interface Description {
  readonly undemanded?: true;
  readonly says: string;
  readonly notes?: readonly string[];
}

/** Arranges the judged parts of the evidence as one tree below the root of trust. */
export function chainOf(judged: JudgedVersion): ChainNode {
  const { evidence } = judged;
  const node = (
    part: ChainPart,
    { says, notes = [], undemanded }: Description,
    of: readonly ChainNode[] = [],
  ): ChainNode => {
    const reasons = judged.reasons.flatMap((one) =>
      partOf(one) === part ? [{ ...one, part }] : [],
    );
    const holds = reasons.length === 0;
    const isHollow = undemanded === true && holds;
    return { part, holds, ...(isHollow ? { undemanded } : {}), says, notes, reasons, of };
  };
  const ofLog = [
    node('statements', describeStatements(evidence)),
    node('witnesses', describeWitnesses(judged)),
  ];
  return node('root', describeRoot(evidence), [
    node('log', describeLog(judged), ofLog),
    node('publisher', describePublisher(judged)),
    node('scan', describeScan(judged)),
    node('approvals', describeApprovals(judged)),
    node('summary', describeSummary(judged)),
    node('status', describeStatus(judged)),
    node('version', describeVersion(evidence)),
  ]);
}

function partOf({ part, code }: DecisionReason): ChainPart {
  return part ?? partOfCode[code];
}

const partOfCode: Readonly<Record<DecisionReasonCode, ChainPart>> = {
  'bundle-mismatch': 'version',
  'manifest-mismatch': 'publisher',
  'description-mismatch': 'version',
  'line-mismatch': 'version',
  'file-missing': 'version',
  'statement-missing': 'statements',
  'statement-invalid': 'statements',
  'statement-surplus': 'statements',
  'subject-mismatch': 'statements',
  'publisher-unknown': 'publisher',
  'publisher-changed': 'publisher',
  'lock-mismatch': 'version',
  'scanner-unknown': 'scan',
  'scans-missing': 'scan',
  'scan-mismatch': 'scan',
  'rule-set-refused': 'scan',
  'approval-invalid': 'approvals',
  'approvals-missing': 'approvals',
  'approvals-not-independent': 'approvals',
  'summary-invalid': 'summary',
  'policy-mismatch': 'summary',
  'capability-exceeded': 'approvals',
  'status-missing': 'status',
  'status-stale': 'status',
  'names-unproven': 'log',
  'statements-withheld': 'log',
  'witnesses-missing': 'witnesses',
  'log-rolled-back': 'log',
  'log-forked': 'log',
  'log-unproven': 'log',
  suspended: 'status',
  revoked: 'status',
};

function describeRoot({ input: { root } }: Evidence): Description {
  const administrators =
    root.administrators.length === 1
      ? 'one administrator'
      : `${root.administrators.length} administrators`;
  const retired = root.retired?.length ?? 0;
  const keys =
    retired === 1 ? 'key of an earlier root file counts' : 'keys of earlier root files count';
  return {
    says: `root of trust ${rootFingerprint(root)} of ${root.origin}: ${administrators}; a change of a scope’s owner needs ${root.threshold}`,
    notes: retired === 0 ? [] : [`${retired} ${keys} up to a last log index`],
  };
}

function describeLog({ evidence: { input }, parts }: JudgedVersion): Description {
  const { status } = parts;
  const { origin } = input.root;
  if (status === undefined) return { says: `log of ${origin}: there is no valid signed head` };
  const { size, root } = status.checkpoint;
  return {
    says: `log of ${origin}: size ${size}, root ${Buffer.from(root).toString('base64')}`,
    notes: [
      input.seen === undefined
        ? 'this host sees the log for the first time'
        : `compared with the head of size ${input.seen.checkpoint.size} that this host saw before`,
    ],
  };
}

function describeStatements({ statements, input }: Evidence): Description {
  const retired = statements.filter((one) => one.checkpoint.retired).length;
  return {
    says: `${statements.length} of ${addressesOf(input).length} statements are signed and in the log`,
    notes:
      retired === 0 ? [] : [`a log key that is now retired signed the head of ${retired} of them`],
  };
}

function describeWitnesses({ parts: { status } }: JudgedVersion): Description {
  const witnessed = status?.witnessed;
  if (witnessed === undefined) {
    const says =
      'witnessed: 0/0 (none demanded): the registry could show this host another history than other hosts';
    return { says, undemanded: true };
  }
  const { counted, of, threshold } = witnessed;
  return {
    says: `witnessed: ${counted.length}/${of} (${threshold} needed)`,
    notes: counted.map(
      ({ name, seconds }) => `${name} cosigned at ${new Date(seconds * 1000).toISOString()}`,
    ),
    ...(counted.length === 0 && threshold === 0 ? { undemanded: true } : {}),
  };
}

function describePublisher({ evidence, parts: { publish }, level }: JudgedVersion): Description {
  if (publish === undefined) return { says: 'publisher: there is no valid publish statement' };
  const [signed] = statementsOf(evidence, predicateTypes.publish);
  const levels = [
    'nothing shows where the version was built',
    'the publisher names the commit that the version was built from',
    'an identified CI job names the commit that it built the version from',
  ] as const;
  return {
    says: `published by ${publish.by} at log index ${publish.logIndex}`,
    notes: [
      describeSigner(signed, evidence),
      ...describeOwnerChanges(signed, evidence),
      `SLSA build level ${level}: ${levels[level]}`,
      ...(publish.inferred ? ['an import inferred the manifest; no author wrote it'] : []),
    ],
  };
}

// A new key or owner is not a fault, but an installer should learn of the change.
function describeOwnerChanges(signed: VerifiedStatement | undefined, evidence: Evidence): string[] {
  const { identities, input } = evidence;
  const scope = scopeOf(input.line.name);
  const counts = ({ digest }: VerifiedStatement): boolean =>
    !identities.ignored.some((one) => one.digest === digest);
  const keyStatements = statementsOf(evidence, predicateTypes.key).filter(counts);
  const scopeStatements = statementsOf(evidence, predicateTypes.scope).filter(counts);
  return [
    ...keyStatements.flatMap(({ statement: { predicate }, logIndex }) => {
      const { key, replaces } = predicate;
      if (
        signed === undefined ||
        replaces === undefined ||
        ![key.keyId, replaces].includes(signed.signer)
      )
        return [];
      return [
        `the publisher rotated their key at log index ${logIndex}: ${key.keyId} replaces ${replaces}`,
      ];
    }),
    ...scopeStatements.flatMap(({ statement: { predicate }, logIndex, digest }) => {
      if (predicate.scope !== scope || predicate.previous === undefined) return [];
      // A change of the scope that too few administrators signed has no effect, so the change is
      // not mentioned.
      if (identities.scopeStatementOf(scope, logIndex + 1) !== digest) return [];
      return [`the owners or publishers of @${scope} changed at log index ${logIndex}`];
    }),
  ];
}

// A key does not tell who holds the key. The chain of evidence proves only that the key is the
// pinned key, and that nobody can hide a use of the key from the log.
function describeSigner(signed: VerifiedStatement | undefined, { input }: Evidence): string {
  if (signed?.certified !== undefined) return `keyless: ${printClaims(signed.certified.claims)}`;
  const pin = input.pinned?.publisher;
  const known =
    pin === undefined
      ? 'this host knew no publisher of the skill before'
      : pin === signed?.signer
        ? 'this host pins this key for the skill'
        : 'this host pins another key for the skill';
  return `keyed: ${known}; the signature is in the public log; no name is proven`;
}

function describeScan({ parts: { scan } }: JudgedVersion): Description {
  if (scan === undefined) return { says: 'scan: there is no valid scan' };
  const { scanner, logIndex, verdict, files, ruleSet, report, findings } = scan;
  return {
    says: `scanned by ${scanner} at log index ${logIndex}: ${verdict}, ${files} of ${files} ${files === 1 ? 'file' : 'files'} covered`,
    notes: [
      `rule set ${ruleSet}`,
      `report ${report}, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`,
    ],
  };
}

function describeApprovals({
  approvals,
  evidence: { policies },
  parts: { scan },
}: JudgedVersion): Description {
  const independent = approvals.filter((one) => one.independent).length;
  const needed = scan?.needed;
  const total = needed === undefined ? '' : ` (${needed.total} needed)`;
  const ofNeeded = needed === undefined ? '' : `/${needed.independent}`;
  const onDesk = approvals.length > 0 && independent === 0 && needed?.independent === 0;
  return {
    ...(onDesk ? { undemanded: true as const } : {}),
    says: `approvals: ${approvals.length}${total}; independent approvals: ${independent}${ofNeeded}${onDesk ? ' (none demanded): every approver relied on what the registry’s desk showed' : ''}${policies.approving.alone === true ? '; the policy is that of one person alone, who may approve their own versions' : ''}`,
    notes: approvals.map(({ member, by, independent: isIndependent, logIndex, reason }) => {
      const how = isIndependent ? 'by key, independent of the desk' : `by ${by}`;
      return `${member}, ${how}, at log index ${logIndex}: ${reason}`;
    }),
  };
}

function describeSummary({
  evidence: { policies },
  parts: { summary },
}: JudgedVersion): Description {
  if (summary === undefined) return { says: 'verification summary of the registry: there is none' };
  const { validUpTo } = policies;
  return {
    says: `verification summary of the registry at log index ${summary.logIndex}, ${new Date(summary.at).toISOString()}`,
    notes:
      validUpTo === undefined
        ? []
        : [`under an earlier policy, which administrators accept up to log index ${validUpTo}`],
  };
}

function describeStatus({ evidence: { input }, parts: { status } }: JudgedVersion): Description {
  if (status === undefined) return { says: 'status: there is no valid status' };
  const { issued, expires } = status;
  const expired = input.now > Date.parse(expires);
  return {
    says: `status of ${issued}, valid until ${expires}${expired ? '; it has expired, and counts by the grace period of this host' : ''}`,
    notes:
      input.past === true
        ? [`judged as of ${new Date(input.now).toISOString()}; later statements are not known`]
        : [],
  };
}

function describeVersion({ input: { line } }: Evidence): Description {
  return {
    says: `${line.name}@${line.version} is the bundle ${line.bundle}`,
    notes: [purlOf(line.name, line.version)],
  };
}
