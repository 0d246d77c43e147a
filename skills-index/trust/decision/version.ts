/**
 * Compares the statements of author, scanner and registry about a version with each other and with
 * the index line.
 */
import { canonicalJson } from '../../skill/canonical-json.ts';
import {
  type Capabilities,
  capabilityDigest,
  isEmpty,
  listCapabilities,
  minus,
  printCapability,
} from '../../skill/capability.ts';
import { type Digest, hexOf } from '../../skill/digest.ts';
import type { Manifest } from '../../skill/manifest.ts';
import { purlOf, type Scope, scopeOf } from '../../skill/name.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { identityId, printIdentity } from '../../statement/identity-id.ts';
import { idsOf, matchedIdentity } from '../identity/match.ts';
import { describePublisherWord } from '../identity/publisher-stops.ts';
import { judgeCeiling } from '../judging-policies.ts';
import { judgeOfRegistry, registryIdOf } from '../own-registry.ts';
import { policyDigest } from '../policy.ts';
import { describeForeignPublisher } from '../publisher-words.ts';
import { isInOffice } from '../root-office.ts';
import { type Evidence, onlyStatement, statementsOf } from './evidence.ts';
import type { Reasons } from './reason.ts';

export interface JudgedPublish {
  /** Id of the publishing identity, as the scope statement names it. */
  readonly signer: Digest;
  /** The publisher, as a text for people. */
  readonly by: string;
  readonly logIndex: number;
  /** Log index of the scope's first claim. */
  readonly scopeClaim: number;
  readonly manifest: Manifest;
  readonly inferred: boolean;
}

export interface CheckedVerdict {
  readonly logIndex: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The author's statement must be signed by an owner or publisher of the scope, and its manifest
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
    `the index names ${line.publisher} as publisher, ${signer} signed`,
  );
  const word = identities.stops.wordWhenPublished(
    { ids: [signer, ...idsOf(publish)], scope },
    logIndex,
  );
  if (word !== undefined)
    reasons.add(
      word.kind,
      `when it was published, its publisher was ${describePublisherWord(word)}`,
    );
  const pin = pinned?.publisher;
  const kept = pin === undefined || pin === signer || identities.follows(signer, pin);
  reasons.demand(kept, 'publisher-changed', `${pin} is pinned as publisher, ${signer} signed`);
  judgeProvenance(evidence, scope, reasons);
  const claim = identities.firstClaimOf(scope);
  // A registry that withholds the true first claim can present a later one as first, but not to a
  // host that has seen the true one.
  reasons.demand(
    pinned?.scopeClaim === undefined || pinned.scopeClaim === claim,
    'publisher-changed',
    `@${scope} was claimed at log index ${pinned?.scopeClaim} when a skill of it came here first, now it is shown as claimed at ${claim}`,
  );
  const named = manifest.name === line.name && manifest.version === line.version;
  reasons.demand(
    named,
    'manifest-mismatch',
    `the signed manifest is of ${manifest.name}@${manifest.version}`,
  );
  const by = matched === undefined ? signer : printIdentity(matched);
  return { signer, by, logIndex, scopeClaim: claim ?? -1, manifest, inferred: inferred === true };
}

// Provenance tells where a version was built. It counts only from somebody who may publish in the
// scope.
function judgeProvenance(evidence: Evidence, scope: Scope, reasons: Reasons): void {
  for (const one of statementsOf(evidence, predicateTypes.provenance)) {
    const known =
      matchedIdentity(evidence.identities.publishersOf(scope, one.logIndex), one) !== undefined;
    reasons.demand(
      known,
      'publisher-unknown',
      `provenance: ${describeForeignPublisher(evidence.identities, scope, one)}`,
    );
  }
}

/**
 * The registry's verdict must be PASSED, signed by the registry's key, under this policy and about
 * exactly these statements.
 */
export function judgeVerdict(evidence: Evidence, reasons: Reasons): CheckedVerdict | undefined {
  const { input } = evidence;
  const verdict = onlyStatement(
    evidence,
    predicateTypes.verdict,
    'verdict of the registry',
    reasons,
  );
  if (verdict === undefined) return undefined;
  const said = verdict.statement.predicate;
  const { publish, scan, approval, provenance } = predicateTypes;
  const inputs = [publish, scan, approval, provenance].flatMap((type) =>
    statementsOf(evidence, type),
  );
  const expected = inputs.map((one) => hexOf(one.digest)).sort();
  const named = said.inputAttestations.map((one) => one.digest.sha256);
  const faults: readonly (readonly [boolean, string])[] = [
    [
      isInOffice(input.root, 'registry', verdict.signer, verdict.logIndex),
      'the verdict is not signed with the registry key of the root file',
    ],
    [said.verificationResult === 'PASSED', `the verdict is ${said.verificationResult}`],
    [
      said.resourceUri === purlOf(input.line.name, input.line.version),
      `the verdict is about ${said.resourceUri}`,
    ],
    [
      canonicalJson(named) === canonicalJson(expected),
      'the verdict does not name exactly the statements at hand',
    ],
    [
      inputs.every((one) => one.logIndex < verdict.logIndex),
      'the verdict was logged before what it rests on',
    ],
  ];
  for (const [holds, message] of faults) reasons.demand(holds, 'verdict-invalid', message);
  const foreign = judgeOfRegistry(input.root)(verdict);
  reasons.demand(
    foreign === undefined,
    'verdict-invalid',
    `the verdict does not count: ${foreign}`,
  );
  const { approving, validUpTo } = evidence.policies;
  const underPolicy = said.policy.digest.sha256 === hexOf(policyDigest(approving));
  const until =
    validUpTo === undefined ? '' : ` than the one in force up to log index ${validUpTo}`;
  reasons.demand(
    underPolicy,
    'policy-mismatch',
    `the verdict was made under another policy${until}`,
  );
  return { logIndex: verdict.logIndex, at: Date.parse(said.timeVerified) };
}

/**
 * Compares the lock file's other pins: the registry, the capabilities and the verdict of the
 * admission.
 */
export function judgePinned(
  { input }: Evidence,
  verdict: CheckedVerdict | undefined,
  reasons: Reasons,
): void {
  const { registry, registryId, capabilities, logIndex } = input.pinned ?? {};
  const own = registryIdOf(input.root);
  const { origin } = input.root;
  const approved = capabilityDigest(input.line.capabilities);
  const at = verdict?.logIndex;
  const faults: readonly (readonly [boolean, string])[] = [
    [
      registry === undefined || registry === origin,
      `the lock says registry ${registry}, and ${origin} answers`,
    ],
    [
      registryId === undefined || registryId === own,
      `the lock says the registry with the first root file ${registryId}, and the one with ${own} answers`,
    ],
    [
      capabilities === undefined || capabilities === approved,
      `the lock says capabilities ${capabilities}, ${approved} is approved`,
    ],
    [
      logIndex === undefined || logIndex === at,
      `the lock says log index ${logIndex}, the verdict is at ${at ?? 'none'}`,
    ],
  ];
  for (const [holds, message] of faults) reasons.demand(holds, 'lock-mismatch', message);
}

/** Compares the index line, which is unsigned, with the statements. */
export function judgeLine(evidence: Evidence, reasons: Reasons): void {
  const { line } = evidence.input;
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const [verdict] = statementsOf(evidence, predicateTypes.verdict);
  if (verdict !== undefined) {
    const placed = line.logIndex === verdict.logIndex;
    reasons.demand(
      placed,
      'line-mismatch',
      `the index says log index ${line.logIndex}, the verdict is at ${verdict.logIndex}`,
    );
  }
  if (publish !== undefined) {
    const { manifest } = publish.statement.predicate;
    const sameRequires = canonicalJson(line.requires) === canonicalJson(manifest.requires);
    reasons.demand(
      sameRequires,
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

// A secret permits reading the variable of its name, but does not permit approving that variable in
// clear text.
function beyondDeclared(approved: Capabilities, declared: Capabilities): Capabilities {
  const names = new Set(declared.env.map((one) => one.name));
  const beyond = minus(approved, declared);
  return { ...beyond, env: approved.env.filter((one) => !names.has(one.name)) };
}
