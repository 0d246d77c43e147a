/**
 * Admission: everything known about one version goes in, admitted or every reason against it comes
 * out. Pure.
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
  /** Id of the identity that published: a key, a person or a CI job. */
  readonly publisher: Digest;
  /** Log index of the first claim of the scope: what to pin for all skills of the scope. */
  readonly scopeClaim: number;
  readonly manifest: Manifest;
  /** The manifest was inferred at import; no author wrote it. */
  readonly inferred: boolean;
  /** As approved. */
  readonly capabilities: Capabilities;
  readonly capabilityDigest: Digest;
  readonly approvals: readonly AdmittedApproval[];
  /**
   * Witnesses that cosigned the head of the log in the last 24 hours, of those that the policy
   * names: `0/0` without such a policy.
   */
  readonly witnessed: `${number}/${number}`;
  /**
   * What SLSA level the evidence shows of how the bundle came to be: 0 nothing, 1 provenance, 2
   * made by a CI job known by its identity.
   */
  readonly slsaBuildLevel: SlsaBuildLevel;
  /**
   * The scan that the approvals rest on: the digest of its report, and of the rules that made it.
   */
  readonly scan: { readonly report: Digest; readonly ruleSet: Digest; readonly verdict: Verdict };
  /** Log index of the verdict. */
  readonly logIndex: number;
  /** The status file's head of the log, to remember for the next time. */
  readonly checkpoint: TreeHead & { readonly note: string };
  /** ISO 8601: until when the status file counts. */
  readonly freshUntil: string;
  /** The status file has expired, and counts only by the grace that the host allows. */
  readonly onGrace: boolean;
  /** What was checked, from the root of trust down. */
  readonly chain: ChainNode;
  /** Addresses of the statements to keep: later decisions are handed them as `known`. */
  readonly learned: readonly Digest[];
}

export interface Refused {
  readonly kind: 'refused';
  readonly reasons: readonly DecisionReason[];
  /** The same chain, with what failed in its place. */
  readonly chain: ChainNode;
  /** As in `Admitted`; none where the log itself, or its head, is in doubt. */
  readonly learned: readonly Digest[];
  /**
   * Two heads of the log that do not fit together: keep them, they are evidence against whoever
   * signed them.
   */
  readonly alarm?: LogAlarm;
}

export type Decision = Admitted | Refused;

/**
 * Decides on one version: whatever is wrong with the evidence becomes a reason, and without
 * complete evidence nothing is admitted.
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
  // Each of these is undefined only with a reason; this is for the day when that is no longer true.
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

// Who reads one line reads why nothing helps; that witnesses do not cosign such a log follows from
// it, and waiting would not mend it.
function alarmsFirst(list: readonly DecisionReason[]): DecisionReason[] {
  const isAlarm = ({ code }: DecisionReason): boolean =>
    code === 'log-rolled-back' || code === 'log-forked';
  return [...list.filter(isAlarm), ...list.filter((one) => !isAlarm(one))];
}

/** What level is shown; the verdict may claim it or less. */
function judgeLevel(evidence: Evidence, reasons: Reasons): SlsaBuildLevel {
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const [provenance] = statementsOf(evidence, predicateTypes.provenance);
  const [verdict] = statementsOf(evidence, predicateTypes.verdict);
  const level = slsaLevelOf(publish, provenance);
  const why = whyNotLevels(verdict?.statement.predicate.verifiedLevels ?? [], level);
  if (why !== undefined) reasons.add('verdict-invalid', why);
  return level;
}
