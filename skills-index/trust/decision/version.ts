/**
 * Judges the scans of a version: as many scanners as the policy demands must have signed the same
 * report, over exactly the files of the bundle.
 */
import type { Bundle } from '../../skill/bundle.ts';
import {
  type Capabilities,
  capabilityDigest,
  isEmpty,
  listCapabilities,
  minus,
  printCapability,
} from '../../skill/capability.ts';
import { type Digest, digestOf, hexOf } from '../../skill/digest.ts';
import type { Manifest } from '../../skill/manifest.ts';
import { purlOf, type Scope, scopeOf } from '../../skill/name.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import type { Finding, Verdict } from '../../statement/finding.ts';
import { identityId, isCi, printIdentity } from '../../statement/identity-id.ts';
import type { ScanReport } from '../../statement/scan-report.ts';
import type { Identities, LoggedStatement } from '../members-and-scopes/identities.ts';
import { idsOf, matchedIdentity } from '../members-and-scopes/match.ts';
import { describePublisherStop } from '../members-and-scopes/scope-owners.ts';
import { judgeCeiling } from '../policy/judging-policies.ts';
import { type ApprovalsNeeded, approvalsNeeded, policyDigest } from '../policy/policy.ts';
import { heldRole } from '../root/root-role.ts';
import { printClaims } from '../signatures/certified-identities.ts';
import { registryIdOf, whyForeignIn } from '../signatures/own-registry.ts';
import type { Certified } from '../signatures/verify-statement.ts';
import { type Evidence, onlyStatement, statementsOf, type Verified } from './evidence.ts';
import type { Reasons } from './reason.ts';

export interface JudgedScan {
  /** The names of the members who signed the scan as scanners. */
  readonly scanner: string;
  /** Log index of the last scan that counts. */
  readonly logIndex: number;
  readonly verdict: Verdict;
  readonly report: Digest;
  readonly ruleSet: Digest;
  readonly findings: readonly Finding[];
  /** The number of files that the scan covers. */
  readonly files: number;
  readonly needed: ApprovalsNeeded;
}

type Scan = Verified<(typeof predicateTypes)['scan']>;

export function judgeScan(
  evidence: Evidence,
  publish: JudgedPublish | undefined,
  reasons: Reasons,
): JudgedScan | undefined {
  const { input, bundle, report } = evidence;
  const scans = scansOf(evidence, reasons);
  const [scan] = scans;
  if (scan === undefined || bundle === undefined || report === undefined) return undefined;
  for (const one of scans) judgeOne(evidence, { bundle, report, publish }, one, reasons);
  const { verdict, ruleSet } = scan.statement.predicate;
  const { capabilities } = input.line;
  return {
    scanner: judgeScanners(evidence, scans, reasons),
    logIndex: Math.max(...scans.map((one) => one.logIndex)),
    verdict,
    report: scan.statement.predicate.report,
    ruleSet,
    findings: report.findings,
    files: bundle.files.length,
    needed: approvalsNeeded(evidence.policies.approving, {
      capabilities,
      findings: report.findings,
      verdict,
    }),
  };
}

function scansOf(evidence: Evidence, reasons: Reasons): Scan[] {
  const scans = statementsOf(evidence, predicateTypes.scan);
  if ((evidence.policies.approving.scanners ?? 1) > 1 && scans.length > 0) return scans;
  const scan = onlyStatement(evidence, predicateTypes.scan, 'scan statement', reasons);
  return scan === undefined ? [] : [scan];
}

interface ScannedParts {
  readonly bundle: Bundle;
  readonly report: ScanReport;
  readonly publish: JudgedPublish | undefined;
}

function judgeOne(
  { identities, input }: Evidence,
  { bundle, report, publish }: ScannedParts,
  scan: Scan,
  reasons: Reasons,
): void {
  const { predicate } = scan.statement;
  const isScanner = identities.isMember(scan.signer, 'scanner', scan.logIndex);
  reasons.demand(
    isScanner,
    'scanner-unknown',
    `the key ${scan.signer} belonged to no scanner at log index ${scan.logIndex}`,
  );
  const covered = predicate.coverage.map(({ path, sha256 }) => ({ path, sha256 }));
  const listed = bundle.files.map(({ path, sha256 }) => ({ path, sha256 }));
  const reported = report.coverage.files.map(({ path, sha256, disposition }) => ({
    path,
    sha256,
    disposition,
  }));
  const foreign = whyForeignIn(input.root)(scan);
  const faults: readonly (readonly [boolean, string])[] = [
    [
      canonicalJson(covered) === canonicalJson(listed),
      'the scan did not cover exactly the files of the bundle',
    ],
    [
      predicate.report === digestOf(input.report),
      'the scan report is not the one that the scanner signed',
    ],
    [
      canonicalJson(reported) === canonicalJson(predicate.coverage),
      'the scan report covers other files than the signed scan',
    ],
    [report.bundle === input.line.bundle, 'the scan report is about another bundle'],
    [
      report.ruleSet === predicate.ruleSet && report.verdict === predicate.verdict,
      'the scan report has another verdict or rule set than the signed scan',
    ],
    [
      publish === undefined || scan.logIndex > publish.logIndex,
      'the scan was logged before the version was published',
    ],
    [foreign === undefined, `the scan at log index ${scan.logIndex} does not count: ${foreign}`],
  ];
  for (const [holds, message] of faults) reasons.demand(holds, 'scan-mismatch', message);
}

// Two keys of one scanner member count as one scanner.
function judgeScanners(
  { identities, policies }: Evidence,
  scans: readonly Scan[],
  reasons: Reasons,
): string {
  const names = new Set(
    scans.map(({ signer, logIndex }) => identities.memberOf(signer, logIndex)?.name ?? signer),
  );
  const needed = policies.approving.scanners ?? 1;
  reasons.demand(
    names.size >= needed,
    'scans-missing',
    `${names.size} of ${needed} scanners signed the report`,
  );
  return [...names].join(' and ');
}

// Compares the statements of author, scanner and registry about a version with each other and with
// the index line.

export interface JudgedPublish {
  /** Id of the publishing identity, as the scope statement names the identity. */
  readonly signer: Digest;
  /** The publisher, as a text for people. */
  readonly by: string;
  readonly logIndex: number;
  /** Log index of the scope's first claim. */
  readonly scopeClaim: number;
  readonly manifest: Manifest;
  readonly inferred: boolean;
}

export interface CheckedSummary {
  readonly logIndex: number;
  /** Time of the verification summary, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * Judges the publication: an owner or publisher of the scope must have signed it, and its manifest
 * must match.
 */
export function judgePublish(evidence: Evidence, reasons: Reasons): JudgedPublish | undefined {
  const { input, identities } = evidence;
  const { line, pinned } = input;
  const publish = onlyStatement(evidence, predicateTypes.publish, 'publish statement', reasons);
  if (publish === undefined) return undefined;
  const { logIndex } = publish;
  const { manifest, inferred } = publish.statement.predicate;
  const scope = scopeOf(line.name);
  const matched = matchedIdentity(identities.publishersOf(scope, logIndex), publish);
  reasons.demand(
    matched !== undefined,
    'publisher-unknown',
    describeForeignPublisher(identities, scope, publish),
  );
  const signer = matched === undefined ? publish.signer : identityId(matched);
  reasons.demand(
    line.publisher === signer,
    'line-mismatch',
    `the index names the publisher ${line.publisher}, but ${signer} signed`,
  );
  const stop = identities.stops.stopWhenPublished(
    { ids: [signer, ...idsOf(publish)], scope },
    logIndex,
  );
  if (stop !== undefined)
    reasons.add(stop.kind, `the publisher of the version was ${describePublisherStop(stop)}`);
  const pin = pinned?.publisher;
  reasons.demand(
    pin === undefined || pin === signer || identities.follows(signer, pin),
    'publisher-changed',
    `the pinned publisher is ${pin}, but ${signer} signed`,
  );
  judgeProvenance(evidence, scope, reasons);
  const claim = identities.firstClaimOf(scope);
  // A registry that withholds the true first claim of a scope can present a later claim as the
  // first. A host that has seen the true first claim refuses the later claim.
  reasons.demand(
    pinned?.scopeClaim === undefined || pinned.scopeClaim === claim,
    'publisher-changed',
    `this host pinned the first claim of @${scope} at log index ${pinned?.scopeClaim}, but the registry now shows it at log index ${claim}`,
  );
  reasons.demand(
    manifest.name === line.name && manifest.version === line.version,
    'manifest-mismatch',
    `the signed manifest names ${manifest.name}@${manifest.version}`,
  );
  const by = matched === undefined ? signer : printIdentity(matched);
  return { signer, by, logIndex, scopeClaim: claim ?? -1, manifest, inferred: inferred === true };
}

// Provenance tells where a version was built. Provenance counts only from an identity that may
// publish in the scope.
function judgeProvenance(evidence: Evidence, scope: Scope, reasons: Reasons): void {
  const { identities } = evidence;
  for (const provenance of statementsOf(evidence, predicateTypes.provenance))
    reasons.demand(
      matchedIdentity(identities.publishersOf(scope, provenance.logIndex), provenance) !==
        undefined,
      'publisher-unknown',
      `provenance: ${describeForeignPublisher(identities, scope, provenance)}`,
    );
}

/**
 * Judges the registry's verification summary. The summary must be PASSED, signed by the registry's
 * key, under this policy and about exactly these statements.
 */
export function judgeSummary(evidence: Evidence, reasons: Reasons): CheckedSummary | undefined {
  const { input } = evidence;
  const summary = onlyStatement(
    evidence,
    predicateTypes.summary,
    'verification summary of the registry',
    reasons,
  );
  if (summary === undefined) return undefined;
  const { predicate } = summary.statement;
  const { publish, scan, approval, provenance } = predicateTypes;
  const inputs = [publish, scan, approval, provenance].flatMap((type) =>
    statementsOf(evidence, type),
  );
  const expected = inputs.map((one) => hexOf(one.digest)).sort();
  const named = predicate.inputAttestations.map((one) => one.digest.sha256);
  const foreign = whyForeignIn(input.root)(summary);
  const faults: readonly (readonly [boolean, string])[] = [
    [
      heldRole(input.root, 'registry', summary.signer, summary.logIndex),
      'the verification summary is not signed with the registry key of the root file',
    ],
    [
      predicate.verificationResult === 'PASSED',
      `the verification summary is ${predicate.verificationResult}`,
    ],
    [
      predicate.resourceUri === purlOf(input.line.name, input.line.version),
      `the verification summary is about ${predicate.resourceUri}`,
    ],
    [
      canonicalJson(named) === canonicalJson(expected),
      'the verification summary does not name exactly the delivered statements',
    ],
    [
      inputs.every((one) => one.logIndex < summary.logIndex),
      'the verification summary was logged before a statement that it names',
    ],
    [foreign === undefined, `the verification summary does not count: ${foreign}`],
  ];
  for (const [holds, message] of faults) reasons.demand(holds, 'summary-invalid', message);
  const { approving, validUpTo } = evidence.policies;
  const until =
    validUpTo === undefined ? '' : ` than the one in force up to log index ${validUpTo}`;
  reasons.demand(
    predicate.policy.digest.sha256 === hexOf(policyDigest(approving)),
    'policy-mismatch',
    `the verification summary was made under another policy${until}`,
  );
  return { logIndex: summary.logIndex, at: Date.parse(predicate.timeVerified) };
}

/**
 * Compares three pins of the lock file with the evidence: the registry, the capabilities and the
 * verification summary.
 */
export function judgePinned(
  { input }: Evidence,
  summary: CheckedSummary | undefined,
  reasons: Reasons,
): void {
  const { registry, registryId, capabilities, logIndex } = input.pinned ?? {};
  const own = registryIdOf(input.root);
  const { origin } = input.root;
  const approved = capabilityDigest(input.line.capabilities);
  const at = summary?.logIndex;
  const faults: readonly (readonly [boolean, string])[] = [
    [
      registry === undefined || registry === origin,
      `the lock names the registry ${registry}, but ${origin} answers`,
    ],
    [
      registryId === undefined || registryId === own,
      `the lock names the registry with the first root file ${registryId}, but the registry with ${own} answers`,
    ],
    [
      capabilities === undefined || capabilities === approved,
      `the lock names the capabilities ${capabilities}, but ${approved} are approved`,
    ],
    [
      logIndex === undefined || logIndex === at,
      `the lock names the log index ${logIndex}, but the verification summary is at ${at ?? 'none'}`,
    ],
  ];
  for (const [holds, message] of faults) reasons.demand(holds, 'lock-mismatch', message);
}

/** Compares the index line, which is unsigned, with the signed statements. */
export function judgeLine(evidence: Evidence, reasons: Reasons): void {
  const { line } = evidence.input;
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const [summary] = statementsOf(evidence, predicateTypes.summary);
  if (summary !== undefined) {
    reasons.demand(
      line.logIndex === summary.logIndex,
      'line-mismatch',
      `the index names the log index ${line.logIndex}, but the verification summary is at ${summary.logIndex}`,
    );
  }
  if (publish !== undefined) {
    const { manifest } = publish.statement.predicate;
    reasons.demand(
      canonicalJson(line.requires) === canonicalJson(manifest.requires),
      'line-mismatch',
      'the index names other required skills than the signed manifest',
    );
    const beyond = beyondDeclared(line.capabilities, manifest.capabilities);
    reasons.demand(
      isEmpty(beyond),
      'capability-exceeded',
      `not in the signed manifest: ${listCapabilities(beyond).map(printCapability).join('; ')}`,
    );
  }
  judgeCeiling(evidence.policies, line.capabilities, reasons);
}

// A declared secret permits reading the environment variable of the same name, but does not permit
// approving that variable in clear text.
function beyondDeclared(approved: Capabilities, declared: Capabilities): Capabilities {
  const names = new Set(declared.env.map((one) => one.name));
  const beyond = minus(approved, declared);
  return { ...beyond, env: approved.env.filter((one) => !names.has(one.name)) };
}

// Explains why an identity could not publish in a scope, and who can publish in the scope.

/**
 * A text such as `@acme publishes from CI only, by CI job …; … signed this`. Without a log index,
 * the text is about the present.
 */
export function describeForeignPublisher(
  identities: Pick<Identities, 'publishersOf'>,
  scope: Scope,
  by: Pick<LoggedStatement, 'signer'> & {
    readonly certified?: Pick<Certified, 'claims'>;
    readonly logIndex?: number;
  },
): string {
  const { signer, certified, logIndex } = by;
  const signerText = certified === undefined ? signer : printClaims(certified.claims);
  const publishers = identities.publishersOf(scope, logIndex ?? Number.MAX_SAFE_INTEGER);
  const named = publishers.map(printIdentity).join(' or ');
  if (publishers.length > 0 && publishers.every((one) => isCi(one)))
    return `@${scope} publishes from CI only, by ${named}; ${signerText} signed this`;
  const wasNot =
    logIndex === undefined
      ? `${signerText} is no publisher of @${scope}`
      : `${signerText} was no publisher of @${scope} at log index ${logIndex}`;
  return publishers.length === 0 ? wasNot : `${wasNot}; its publishers are ${named}`;
}
