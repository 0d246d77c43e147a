/** Judges all evidence about one version, part by part. Pure. */

import { capabilityDigest } from '../../skill/capability.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { parseFrontMatter } from '../../skill/front-matter.ts';
import { parseManifest } from '../../skill/manifest.ts';
import { type SkillName, scopeOf } from '../../skill/name.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import type { Version } from '../../skill/version.ts';
import { type ApprovalStatement, predicateTypes } from '../../statement/attestation.ts';
import { indexDescription } from '../index-files/index-line.ts';
import { whyNotApprover } from '../members-and-scopes/authors.ts';
import type { Identities } from '../members-and-scopes/identities.ts';
import type { SignedBy } from '../members-and-scopes/match.ts';
import { judgeRuleSet } from '../policy/judging-policies.ts';
import { type Policy, policyDigest } from '../policy/policy.ts';
import type { RootFile } from '../root/root.ts';
import { heldRole } from '../root/root-role.ts';
import { whyForeignIn } from '../signatures/own-registry.ts';
import { approvalChallenge, whyNotAsserted } from '../signatures/passkey.ts';
import { type Evidence, gatherEvidence, statementsOf } from './evidence.ts';
import type { DecisionInput } from './input.ts';
import {
  type JudgedStatus,
  judgeLog,
  judgeNameProofs,
  judgeOneLog,
  judgeStops,
  type LogAlarm,
} from './one-log.ts';
import { type DecisionReason, Reasons } from './reason.ts';
import {
  type CheckedSummary,
  type JudgedPublish,
  type JudgedScan,
  judgeLine,
  judgePinned,
  judgePublish,
  judgeScan,
  judgeSummary,
} from './version.ts';

/**
 * The parts of the evidence without which no version is admitted. A part is undefined where the
 * evidence lacks the part.
 */
interface NeededParts {
  readonly publish: JudgedPublish | undefined;
  readonly files: true | undefined;
  readonly scan: JudgedScan | undefined;
  readonly summary: CheckedSummary | undefined;
  readonly status: JudgedStatus | undefined;
}

export interface JudgedVersion {
  readonly evidence: Evidence;
  /**
   * Every reason against the version. Each missing part of the evidence has a reason of its own.
   */
  readonly reasons: readonly DecisionReason[];
  readonly parts: NeededParts;
  readonly approvals: readonly AdmittedApproval[];
  readonly level: SlsaBuildLevel;
  readonly alarm: LogAlarm | undefined;
}

/** Judges the evidence about one version. The order of the calls is the order of the reasons. */
export function judge(input: DecisionInput): JudgedVersion {
  const reasons = new Reasons();
  const evidence = gatherEvidence(input, reasons);
  judgeLine(evidence, reasons);
  const publish = judgePublish(evidence, reasons);
  const files = judgeFiles(evidence, publish, reasons);
  const scan = judgeScan(evidence, publish, reasons);
  judgeRuleSet(evidence.policies, scan, reasons);
  const summary = judgeSummary(evidence, reasons);
  const level = judgeLevel(evidence, reasons);
  judgePinned(evidence, summary, reasons);
  const approvals = judgeApprovals(evidence, { publish, scan, summary }, reasons);
  const status = judgeLog(evidence, reasons);
  // People who read only the first reason must read of a stop, and not of what this host lacks.
  judgeStops(evidence, reasons);
  const alarm = judgeOneLog(evidence, reasons);
  judgeNameProofs(evidence, reasons);
  const parts = { publish, files, scan, summary, status };
  // Each missing part of the evidence has added a reason. This check is for a future judge that
  // forgets to add a reason.
  if (!isComplete(parts) && reasons.list.length === 0)
    reasons.add('statement-missing', 'the evidence is not complete');
  return { evidence, reasons: reasons.list, parts, approvals, level, alarm };
}

type Complete<Parts> = { readonly [Part in keyof Parts]: Exclude<Parts[Part], undefined> };

export function isComplete(parts: NeededParts): parts is Complete<NeededParts> {
  return !Object.values(parts).includes(undefined);
}

/**
 * The SLSA level that the evidence shows. The verification summary may claim this level or a lower
 * level.
 */
function judgeLevel(evidence: Evidence, reasons: Reasons): SlsaBuildLevel {
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const [provenance] = statementsOf(evidence, predicateTypes.provenance);
  const [summary] = statementsOf(evidence, predicateTypes.summary);
  const level = slsaLevelOf(publish, provenance);
  const why = whyNotLevels(summary?.statement.predicate.verifiedLevels ?? [], level);
  if (why !== undefined) reasons.add('summary-invalid', why);
  return level;
}

// Decides which approvals of a version count, and whether the approvals are enough.

export interface AdmittedApproval {
  readonly member: string;
  readonly by: 'key' | 'passkey';
  /** Whether the approval was signed by a key, without the desk. */
  readonly independent: boolean;
  readonly reason: string;
  readonly logIndex: number;
}

/**
 * The facts that approvals are compared with. A fact is undefined when an earlier judge found a
 * fault in it.
 */
interface JudgedBefore {
  readonly publish: JudgedPublish | undefined;
  readonly scan: JudgedScan | undefined;
  readonly summary: CheckedSummary | undefined;
}

/**
 * Requires that every approval of a version counts, and that enough people have approved the
 * version.
 */
function judgeApprovals(
  evidence: Evidence,
  before: JudgedBefore,
  reasons: Reasons,
): AdmittedApproval[] {
  const context = contextOf(evidence, before);
  const counted = statementsOf(evidence, predicateTypes.approval).flatMap((approval) => {
    const faults = whyNotCounted(approval, context);
    for (const fault of faults) {
      const { member } = approval.statement.predicate.reviewer;
      reasons.add(
        'approval-invalid',
        `the approval of ${member} at log index ${approval.logIndex} does not count: ${fault}`,
      );
    }
    return faults.length === 0 ? [admitted(approval)] : [];
  });
  if (before.scan === undefined) return counted;
  const { total, independent } = before.scan.needed;
  const people = new Set(counted.map(({ member }) => member));
  const withoutDesk = new Set(counted.filter((one) => one.independent).map(({ member }) => member));
  reasons.demand(
    people.size >= total,
    'approvals-missing',
    `${people.size} of ${total} people approved the version`,
  );
  reasons.demand(
    withoutDesk.size >= independent,
    'approvals-not-independent',
    `${withoutDesk.size} of ${independent} people approved the version without the desk`,
  );
  return counted;
}

function contextOf(
  { identities, input, policies }: Evidence,
  { publish, scan, summary }: JudgedBefore,
): ApprovalContext {
  const { root, line } = input;
  return {
    root,
    policy: policies.approving,
    identities,
    version: line,
    capabilityDigest: capabilityDigest(line.capabilities),
    ...(publish === undefined
      ? {}
      : { publish: { signer: publish.signer, logIndex: publish.logIndex } }),
    ...(scan === undefined ? {} : { scan }),
    ...(summary === undefined ? {} : { at: summary.at }),
  };
}

function admitted({ statement, logIndex }: LoggedApproval): AdmittedApproval {
  const { reviewer, independent, reason } = statement.predicate;
  const by = 'keyId' in reviewer ? 'key' : 'passkey';
  // A person who signs with a passkey relies on the page that the desk shows, so an approval by
  // passkey is not independent.
  return {
    member: reviewer.member,
    by,
    independent: independent && by === 'key',
    reason,
    logIndex,
  };
}

// Decides whether one approval counts. Installers and the registry share this function, so that
// installers and registry never disagree.

/** An approval whose signature and log entry were verified. */
interface LoggedApproval {
  readonly statement: ApprovalStatement;
  readonly signer: Digest;
  readonly logIndex: number;
}

/**
 * The facts that an approval must match. A fact is absent when the fact is unknown, or when an
 * earlier judge found a fault in it.
 */
export interface ApprovalContext {
  readonly root: RootFile;
  readonly policy: Policy;
  readonly identities: Identities;
  readonly version: {
    readonly name: SkillName;
    readonly version: Version;
    readonly bundle: Digest;
  };
  /** Digest of the capabilities in the index line. */
  readonly capabilityDigest?: Digest;
  readonly publish?: { readonly signer: Digest; readonly logIndex: number };
  readonly scan?: { readonly report: Digest; readonly ruleSet: Digest; readonly logIndex: number };
  /**
   * The time, in milliseconds since 1970, at which the approval's draft must not have expired yet.
   */
  readonly at?: number;
}

/** Every reason why an approval does not count; empty when the approval counts. */
export function whyNotCounted(approval: LoggedApproval, context: ApprovalContext): string[] {
  return [...whyNotAbout(approval, context), ...whyNotReviewer(approval, context)];
}

function whyNotAbout({ statement, logIndex }: LoggedApproval, context: ApprovalContext): string[] {
  const { version, scan, policy, at, root } = context;
  const foreign = whyForeignIn(root)({ statement, logIndex });
  const { predicate } = statement;
  const isSameVersion =
    predicate.name === version.name &&
    predicate.version === version.version &&
    predicate.bundle === version.bundle;
  const shown = context.capabilityDigest;
  const faults: readonly (readonly [boolean, string])[] = [
    [isSameVersion, 'it is about another version'],
    [
      shown === undefined || predicate.capabilityDigest === shown,
      'it approves other capabilities than the index shows',
    ],
    [
      scan === undefined || predicate.scanReport === scan.report,
      'it is based on another scan report',
    ],
    [scan === undefined || predicate.ruleSet === scan.ruleSet, 'it is based on another rule set'],
    [scan === undefined || logIndex > scan.logIndex, 'it was given before the scan'],
    [predicate.policy === policyDigest(policy), 'it was given under another policy'],
    [
      at === undefined || at <= Date.parse(predicate.expires),
      `its draft expired at ${predicate.expires}`,
    ],
  ];
  const failed = faults.flatMap(([holds, message]) => (holds ? [] : [message]));
  return [...(foreign === undefined ? [] : [foreign]), ...failed];
}

function whyNotReviewer(
  approval: LoggedApproval,
  { root, policy, identities, version, publish }: ApprovalContext,
): string[] {
  const { signer, logIndex, statement } = approval;
  const { reviewer } = statement.predicate;
  const byKey = 'keyId' in reviewer;
  const member = byKey
    ? identities.memberOf(reviewer.keyId, logIndex)
    : identities.passkeyOf(reviewer.credentialId, logIndex)?.member;
  const acting = { ...reviewer, enrolled: member };
  const own = whyNotApprover(
    policy,
    identities,
    { scope: scopeOf(version.name), ...publish },
    acting,
    logIndex,
  );
  return [
    ...(member?.roles.includes('reviewer') ? [] : ['its signer was no reviewer at that log index']),
    ...(member === undefined || member.name === reviewer.member
      ? []
      : [`its signer is ${member.name}`]),
    ...(own === undefined ? [] : [own]),
    ...(byKey
      ? whyNotByKey(approval)
      : whyNotByPasskey(identities, statement, reviewer.credentialId, logIndex)),
    ...(byKey || heldRole(root, 'registry', signer, logIndex)
      ? []
      : ['it was not logged by the registry']),
  ];
}

function whyNotByKey({ statement, signer }: LoggedApproval): string[] {
  const { reviewer, assertion } = statement.predicate;
  const same = 'keyId' in reviewer && reviewer.keyId === signer && assertion === undefined;
  return same ? [] : ['the key that it names did not sign it'];
}

// The registry's signature on an approval by passkey only places the statement in the log. The
// approval counts by the passkey's own signature.
function whyNotByPasskey(
  identities: Identities,
  statement: ApprovalStatement,
  credentialId: string,
  logIndex: number,
): string[] {
  const { assertion } = statement.predicate;
  if (assertion === undefined) return ['it has no assertion of a passkey'];
  const enrolled = identities.passkeyOf(credentialId, logIndex);
  if (enrolled === undefined) return ['its passkey was not enrolled at that log index'];
  return whyNotAsserted(assertion, approvalChallenge(statement), enrolled.passkey);
}

// The SLSA build level of a version: how well the evidence shows the version's origin
// (slsa.dev/spec/v1.2, build track, verification summary).

/**
 * The SLSA build level. 0: the evidence shows no origin. 1: the publisher claims a commit. 2: an
 * identified CI job claims a commit.
 */
export type SlsaBuildLevel = 0 | 1 | 2;

/** The `verifiedLevels` of a verification summary, with only the highest SLSA level. */
export function levelWords(level: SlsaBuildLevel): readonly string[] {
  return level === 0 ? [] : [`SLSA_BUILD_LEVEL_${level}`];
}

/**
 * The SLSA level of a publication with this provenance. Provenance that anybody but the publisher
 * signed shows no origin.
 */
export function slsaLevelOf(
  publish: SignedBy | undefined,
  provenance: SignedBy | undefined,
): SlsaBuildLevel {
  if (publish === undefined || provenance === undefined || publish.signer !== provenance.signer)
    return 0;
  // CI jobs of many repositories have the same name when they call the same reusable workflow.
  const publishers = publish.signers;
  const builders = provenance.signers ?? [];
  if (
    publishers !== undefined &&
    provenance.signers !== undefined &&
    publishers.join() !== builders.join()
  )
    return 0;
  // A certificate of a CI job satisfies more identities than its own name. A CI job for a pull
  // request satisfies no identity.
  return builders.some((id) => id !== provenance.signer) ? 2 : 1;
}

/**
 * Why a verification summary may not claim these SLSA levels by the evidence. The summary may claim
 * a lower level than the evidence shows.
 */
export function whyNotLevels(words: readonly string[], level: SlsaBuildLevel): string | undefined {
  const shown = ([1, 2] as const).filter((one) => one <= level).flatMap(levelWords);
  const beyond = words.filter((word) => !shown.includes(word));
  if (beyond.length > 0)
    return `the verification summary claims ${beyond.join(', ')}, which the evidence does not show`;
  return words.length > 1 ? 'the verification summary claims two levels at once' : undefined;
}

// Compares SKILL.md and skill.json with the bundle, the signed manifest and the index line.

function judgeFiles(
  evidence: Evidence,
  publish: JudgedPublish | undefined,
  reasons: Reasons,
): true | undefined {
  const { bundle, input } = evidence;
  if (bundle === undefined || publish === undefined) return undefined;
  for (const [path, bytes] of input.files) {
    const listed = bundle.files.find((file) => file.path === path);
    reasons.demand(
      listed?.sha256 === digestOf(bytes),
      'bundle-mismatch',
      `${JSON.stringify(path)} has other bytes than the bundle names`,
    );
  }
  const hasManifest = bundle.files.some((file) => file.path === 'skill.json');
  reasons.demand(
    hasManifest !== publish.inferred,
    'manifest-mismatch',
    hasManifest
      ? 'the manifest is marked as inferred, but the skill has a skill.json'
      : 'the skill has no skill.json, but the manifest is not marked as inferred',
  );
  const skillMd = input.files.get('SKILL.md');
  const skillJson = input.files.get('skill.json');
  reasons.demand(skillMd !== undefined, 'file-missing', 'the registry did not deliver SKILL.md');
  reasons.demand(
    skillJson !== undefined || !hasManifest,
    'file-missing',
    'the registry did not deliver skill.json',
  );
  if (skillMd !== undefined)
    reasons.attempt('description-mismatch', () =>
      reasons.demand(
        indexDescription(parseFrontMatter(skillMd).description) === input.line.description,
        'description-mismatch',
        'the index shows another description than SKILL.md',
      ),
    );
  if (skillJson !== undefined)
    reasons.attempt('manifest-mismatch', () =>
      reasons.demand(
        canonicalJson(parseManifest(skillJson)) === canonicalJson(publish.manifest),
        'manifest-mismatch',
        'skill.json is not the manifest that the author signed',
      ),
    );
  return true;
}
