/**
 * Admission: takes all evidence about one version, and returns either the admission or every reason
 * against it. Pure.
 */
import type { TreeHead } from '../log/merkle-tree.ts';
import { type Capabilities, capabilityDigest } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import type { Manifest } from '../skill/manifest.ts';
import type { SkillName } from '../skill/name.ts';
import type { Version } from '../skill/version.ts';
import { predicateTypes } from '../statement/attestation.ts';
import type { Verdict } from '../statement/finding.ts';
import { type AdmittedApproval, judgeApprovals } from './decision/approvals.ts';
import { type ChainNode, chainOf } from './decision/chain.ts';
import { type Evidence, gatherEvidence, statementsOf } from './decision/evidence.ts';
import { judgeFiles } from './decision/files.ts';
import type { DecisionInput } from './decision/input.ts';
import { learnedFrom } from './decision/learned.ts';
import { judgeLog, judgeMarks } from './decision/log.ts';
import { judgeOneLog, type LogAlarm } from './decision/one-log.ts';
import { type DecisionReason, Reasons } from './decision/reason.ts';
import { judgeScan } from './decision/scan.ts';
import { judgeLine, judgePinned, judgePublish, judgeVerdict } from './decision/version.ts';
import { judgeRuleSet } from './judging-policies.ts';
import { type SlsaBuildLevel, slsaLevelOf, whyNotLevels } from './slsa-level.ts';

export type { DecisionInput, Pinned, TrustedInputs } from './decision/input.ts';

export interface Admitted {
  readonly kind: 'admitted';
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly description: string;
  /** Id of the identity that published the version: a key, a person or a CI job. */
  readonly publisher: Digest;
  /** Log index of the scope's first claim, to be pinned for every skill of the scope. */
  readonly scopeClaim: number;
  readonly manifest: Manifest;
  /** Whether the manifest was inferred during an import, so that no author wrote it. */
  readonly inferred: boolean;
  /** The approved capabilities. */
  readonly capabilities: Capabilities;
  readonly capabilityDigest: Digest;
  readonly approvals: readonly AdmittedApproval[];
  /**
   * How many of the policy's witnesses cosigned the head of the log in the last 24 hours: `0/0`
   * without a witness policy.
   */
  readonly witnessed: `${number}/${number}`;
  /**
   * The SLSA build level that the evidence shows: 0 no provenance, 1 provenance, 2 built by an
   * identified CI job.
   */
  readonly slsaBuildLevel: SlsaBuildLevel;
  /** The scan behind the approvals: digests of its report and of the rule set that made it. */
  readonly scan: { readonly report: Digest; readonly ruleSet: Digest; readonly verdict: Verdict };
  /** Log index of the verdict. */
  readonly logIndex: number;
  /** The head of the log in the status file, to be remembered for the next decision. */
  readonly checkpoint: TreeHead & { readonly note: string };
  /** ISO 8601: the time until which the status file counts. */
  readonly freshUntil: string;
  /** Whether the status file has expired and counts only by the grace time of host policy. */
  readonly onGrace: boolean;
  /** The checked evidence, from the root of trust down. */
  readonly chain: ChainNode;
  /** Addresses of statements to keep; later decisions get them as `known`. */
  readonly learned: readonly Digest[];
}

export interface Refused {
  readonly kind: 'refused';
  readonly reasons: readonly DecisionReason[];
  /** The chain of evidence, with each failure at its place. */
  readonly chain: ChainNode;
  /** As in `Admitted`; empty where the log or its head is in doubt. */
  readonly learned: readonly Digest[];
  /**
   * Two contradicting heads of the log. They are evidence against their signer, so they must be
   * kept.
   */
  readonly alarm?: LogAlarm;
}

export type Decision = Admitted | Refused;

/**
 * Decides about one version. Every fault of the evidence becomes a reason, and incomplete evidence
 * admits nothing.
 */
export function decide(input: DecisionInput): Decision {
  const reasons = new Reasons();
  const evidence = gatherEvidence(input, reasons);
  judgeLine(evidence, reasons);
  const publish = judgePublish(evidence, reasons);
  const files = judgeFiles(evidence, publish, reasons);
  const scan = judgeScan(evidence, publish, reasons);
  judgeRuleSet(evidence.policies, scan, reasons);
  const verdict = judgeVerdict(evidence, reasons);
  const level = judgeLevel(evidence, reasons);
  judgePinned(evidence, verdict, reasons);
  const approvals = judgeApprovals(evidence, { publish, scan, verdict }, reasons);
  const status = judgeLog(evidence, reasons);
  const alarm = judgeOneLog(evidence, reasons);
  const marks = judgeMarks(evidence, reasons);
  const judged = { publish, scan, verdict, approvals, status, marks, level };
  const parts = { publish, files, scan, verdict, status };
  // A part is undefined only when a reason was added. This check protects against a future bug that
  // breaks the rule.
  if (!isComplete(parts) || reasons.list.length > 0) {
    if (reasons.list.length === 0) reasons.add('statement-missing', 'the evidence is not complete');
    const chain = chainOf(evidence, judged, reasons.list);
    const learned = isLogInDoubt(reasons) || status === undefined ? [] : learnedFrom(evidence);
    return {
      kind: 'refused',
      reasons: alarmsFirst(reasons.list),
      chain,
      learned,
      ...(alarm === undefined ? {} : { alarm }),
    };
  }
  const { line } = input;
  return {
    kind: 'admitted',
    name: line.name,
    version: line.version,
    bundle: line.bundle,
    description: line.description,
    publisher: parts.publish.signer,
    scopeClaim: parts.publish.scopeClaim,
    manifest: parts.publish.manifest,
    inferred: parts.publish.inferred,
    capabilities: line.capabilities,
    capabilityDigest: capabilityDigest(line.capabilities),
    approvals,
    scan: { report: parts.scan.report, ruleSet: parts.scan.ruleSet, verdict: parts.scan.verdict },
    witnessed: `${parts.status.witnessed?.counted.length ?? 0}/${parts.status.witnessed?.of ?? 0}`,
    slsaBuildLevel: level,
    logIndex: parts.verdict.logIndex,
    checkpoint: parts.status.checkpoint,
    freshUntil: parts.status.expires,
    onGrace: input.now > Date.parse(parts.status.expires),
    chain: chainOf(evidence, judged, []),
    learned: learnedFrom(evidence),
  };
}

function isLogInDoubt({ list }: Reasons): boolean {
  const codes: readonly DecisionReason['code'][] = [
    'log-rolled-back',
    'log-forked',
    'witnesses-missing',
    'status-missing',
    'status-stale',
  ];
  return list.some(({ code }) => codes.includes(code));
}

type Complete<Parts> = { readonly [Part in keyof Parts]: Exclude<Parts[Part], undefined> };

function isComplete<Parts extends object>(parts: Parts): parts is Parts & Complete<Parts> {
  return !Object.values(parts).includes(undefined);
}

// A reader of only the first line must read the real cause. Missing witnesses follow from a
// contradicting log, and waiting would not help.
function alarmsFirst(list: readonly DecisionReason[]): DecisionReason[] {
  const isAlarm = ({ code }: DecisionReason): boolean =>
    code === 'log-rolled-back' || code === 'log-forked';
  return [...list.filter(isAlarm), ...list.filter((one) => !isAlarm(one))];
}

/** The level that the evidence shows; the verdict may claim this level or a lower one. */
function judgeLevel(evidence: Evidence, reasons: Reasons): SlsaBuildLevel {
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const [provenance] = statementsOf(evidence, predicateTypes.provenance);
  const [verdict] = statementsOf(evidence, predicateTypes.verdict);
  const level = slsaLevelOf(publish, provenance);
  const why = whyNotLevels(verdict?.statement.predicate.verifiedLevels ?? [], level);
  if (why !== undefined) reasons.add('verdict-invalid', why);
  return level;
}
