/**
 * A whole registry's history for tests, told from its root file to an approved version. Same story
 * on every run, apart from the randomness inside ECDSA signatures. `tellStory()` gives the evidence
 * that `decide` admits; a `Twist` changes one part of it.
 */

import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import {
  type Capabilities,
  capabilityDigest,
  withoutWhy,
} from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { parseScope, purlOf } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type ApprovalPredicate,
  memberStatement,
  type Statement,
  scopeStatement,
  type VersionSubject,
} from '../../skills-index/statement/attestation.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import {
  approvalStatement,
  publishStatement,
  scanStatement,
  verificationSummaryStatement,
} from '../../skills-index/statement/version-statement.ts';
import type { DecisionInput } from '../../skills-index/trust/decision/decision.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { signStatus } from '../../skills-index/trust/index-files/sign-status.ts';
import { defaultPolicy, policyDigest } from '../../skills-index/trust/policy/policy.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { approvalChallenge } from '../../skills-index/trust/signatures/passkey.ts';
import { freshNonce } from '../nonce.ts';
import { testPasskey, testSigner } from './story-keys.ts';
import { type Said, TestLog } from './story-log.ts';

/** Everyone in the story. Ada reviews with a key, Ben with a passkey. */
export const people = {
  administrator: testSigner('administrator'),
  author: testSigner('author'),
  scanner: testSigner('scanner'),
  ada: testSigner('ada'),
  ben: testPasskey('ben'),
  stranger: testSigner('stranger'),
  registry: testSigner('registry'),
  status: testSigner('status'),
} as const;

/** The story's clock: 2026-03-02T12:00:00Z, in milliseconds. */
export const storyNow = Date.parse('2026-03-02T12:00:00.000Z');

export const storyRoot: RootFile = {
  schema: 'skillgate.root/1',
  origin: 'skills.example',
  log: { key: Buffer.from(new TestLog('skills.example').key.publicKey).toString('base64') },
  status: { key: people.status.named.spki },
  registry: { key: people.registry.named.spki },
  administrators: [{ keyId: people.administrator.keyId, key: people.administrator.named.spki }],
  threshold: 1,
};

export const storyManifest: Manifest = parseManifest(
  Buffer.from(`{
  "name": "@acme/weekly-report",
  "version": "1.4.0",
  "commands": { "report": "scripts/report.ts" },
  "capabilities": {
    "secret": [{ "name": "CRM_TOKEN", "hosts": ["api.crm.example"], "as": "bearer", "why": "reads deals" }],
    "egress": [{ "url": "https://api.crm.example/v2/*", "methods": ["GET"], "why": "reads deals" }],
    "mount": [{ "source": "workspace:reports", "target": "/reports", "mode": "rw", "why": "writes the report" }]
  }
}`),
);

const description = 'Writes the weekly report from the deals in the CRM.';

/** The skill's files as they are packed. */
export const storyFiles: ReadonlyMap<string, Uint8Array> = new Map<string, Uint8Array>([
  [
    'SKILL.md',
    Buffer.from(
      `---\nname: weekly-report\ndescription: ${description}\n---\n# Weekly report\n\nRun report.\n`,
    ),
  ],
  ['skill.json', Buffer.from(printManifest(storyManifest))],
  ['scripts/report.ts', Buffer.from('console.log("report");\n')],
]);

/** One change to the story. Each step may be replaced; what follows is told with the change. */
export interface Twist {
  readonly manifest?: Manifest;
  readonly files?: ReadonlyMap<string, Uint8Array>;
  readonly inferred?: true;
  readonly report?: (report: ScanReport) => ScanReport;
  /** Statements before the version is published, after the usual ones. */
  readonly before?: (log: TestLog) => Promise<unknown>;
  /** Further scans, which the verification summary names. */
  readonly scans?: (log: TestLog, scan: Statement) => Promise<readonly Said[]>;
  /** Statements between the scan and the approvals. */
  readonly between?: (log: TestLog) => Promise<unknown>;
  /** Changes a statement before it is signed, and who signs it. */
  readonly statement?: (statement: Statement) => Statement;
  readonly signer?: (statement: Statement) => (typeof people)['author'] | undefined;
  /** Who approves; both by default. */
  readonly approvals?: readonly ('ada' | 'ben')[];
  readonly approval?: (predicate: ApprovalPredicate) => ApprovalPredicate;
  readonly capabilities?: Capabilities;
  /** The first claim of the scope, in place of the author's: how it gets into the log. */
  readonly claim?: (log: TestLog) => Promise<unknown>;
  /** How the publication gets into the log, in place of the author's signature. */
  readonly publish?: (log: TestLog, statement: Statement) => Promise<Said>;
}

export interface Story {
  readonly log: TestLog;
  readonly packed: PackedBundle;
  readonly about: VersionSubject;
  readonly report: ScanReport;
  readonly identities: readonly Said[];
  readonly publish: Said;
  readonly scan: Said;
  readonly approvals: readonly Said[];
  readonly summary: Said;
  readonly line: IndexLine;
  /** `status.json` an hour old. */
  readonly status: Uint8Array;
  readonly input: DecisionInput;
}

/** Tells the story from the root file to an approved version. */
export async function tellStory(twist: Twist = {}): Promise<Story> {
  const log = new TestLog(storyRoot.origin);
  const say = <One extends Statement>(
    statement: One,
    signer: (typeof people)['author'],
  ): Promise<Said> =>
    log.say(twist.statement?.(statement) ?? statement, twist.signer?.(statement) ?? signer);
  const manifest = twist.manifest ?? storyManifest;
  const files = twist.files ?? storyFiles;
  const packed = packBundle([...files].map(([path, bytes]) => ({ path, bytes, mode: 0o644 })));
  const about = {
    name: manifest.name,
    version: manifest.version,
    bundle: packed.digest,
    files: packed.bundle.files,
  };

  await enrolEveryone(say);
  const usualClaim = scopeStatement({ scope: parseScope('acme'), owners: [people.author.named] });
  await (twist.claim === undefined ? say(usualClaim, people.author) : twist.claim(log));
  await twist.before?.(log);
  const identities = [...log.said];
  const publishPredicate = {
    manifest,
    tool: 'skillgate 0.1.0',
    ...(twist.inferred === true ? { inferred: true as const } : {}),
  };
  const publication = publishStatement(about, publishPredicate);
  const publish = await (twist.publish === undefined
    ? say(publication, people.author)
    : twist.publish(log, publication));
  const report = storyReport(about, manifest, twist);
  const scan = await say(scanOf(about, report), people.scanner);
  const scans = (await twist.scans?.(log, scanOf(about, report))) ?? [];
  await twist.between?.(log);
  const capabilities = withoutWhy(twist.capabilities ?? manifest.capabilities);
  const approvals: Said[] = [];
  for (const name of twist.approvals ?? (['ada', 'ben'] as const)) {
    const { statement, signer } = approvalBy(name, about, { report, capabilities, twist });
    approvals.push(await say(statement, signer));
  }
  const summary = await say(
    summaryOf(about, [publish, scan, ...scans, ...approvals]),
    people.registry,
  );
  const line: IndexLine = {
    schema: 'skillgate.index/1',
    name: about.name,
    version: about.version,
    bundle: packed.digest,
    description,
    capabilities,
    requires: manifest.requires,
    publisher: publish.signer,
    statements: log.said.map((one) => one.digest).sort(),
    logIndex: summary.logIndex,
  };
  const status = await storyStatus(log);
  const input = inputOf({ log, packed, report, line, status, files });
  return {
    log,
    packed,
    about,
    report,
    identities,
    publish,
    scan,
    approvals,
    summary,
    line,
    status,
    input,
  };
}

/**
 * `status.json` over the log as it stands, issued an hour before the story's clock.
 * @param said the statements in the map of the log
 */
export async function storyStatus(
  log: Pick<TestLog, 'note'> & Partial<Pick<TestLog, 'said'>>,
  issued = storyNow - 3_600_000,
  said: readonly Said[] | undefined = log.said,
): Promise<Uint8Array> {
  const status = {
    checkpoint: await log.note(said),
    issued: new Date(issued).toISOString(),
    expires: new Date(issued + 86_400_000).toISOString(),
  };
  return Buffer.from(JSON.stringify(await signStatus(status, people.status)));
}

/** Proofs from the size of every checkpoint in the log's bundles to the log as it stands. */
export function storyConsistency(log: TestLog): Map<number, Uint8Array[]> {
  return new Map(log.said.map((_, index) => [index + 1, log.proofFrom(index + 1)]));
}

async function enrolEveryone(
  say: (statement: Statement, signer: (typeof people)['author']) => Promise<Said>,
): Promise<void> {
  const { administrator, scanner, ada, ben } = people;
  const enrolled = { state: 'enrolled' } as const;
  // Nobody at any issuer: so they judge what somebody publishes without a key, too.
  const reviewer = { roles: ['reviewer'], identities: [], ...enrolled } as const;
  await say(
    memberStatement({
      nonce: freshNonce(),
      name: 'scanner',
      roles: ['scanner'],
      key: scanner.named,
      ...enrolled,
    }),
    administrator,
  );
  await say(
    memberStatement({ nonce: freshNonce(), name: 'Ada', key: ada.named, ...reviewer }),
    administrator,
  );
  await say(
    memberStatement({ nonce: freshNonce(), name: 'Ben', passkey: ben.enrolled, ...reviewer }),
    administrator,
  );
}

function storyReport(about: VersionSubject, manifest: Manifest, twist: Twist): ScanReport {
  const none = { env: [], secret: [], egress: [], mount: [], exec: [] };
  const report: ScanReport = {
    schema: 'skillgate.scan/1',
    path: '.',
    name: about.name,
    version: about.version,
    bundle: about.bundle,
    ruleSet: digestOf('rule set'),
    verdict: 'pass',
    decidedBy: [],
    findings: [],
    capabilities: {
      observed: none,
      declared: manifest.capabilities,
      undeclared: none,
      unused: none,
    },
    coverage: {
      files: about.files.map(({ path, sha256 }) => ({
        path,
        sha256,
        bytes: 1,
        disposition: 'analysed',
        reason: '',
      })),
    },
  };
  return twist.report?.(report) ?? report;
}

/** What the story's scanner says of a report. */
export function scanOf(about: VersionSubject, report: ScanReport): Statement {
  return scanStatement(about, {
    ruleSet: report.ruleSet,
    report: digestOf(canonicalJson(report)),
    verdict: report.verdict,
    isolation: 'child without network',
    coverage: about.files.map(({ path, sha256 }) => ({
      path: path as never,
      sha256,
      disposition: 'analysed',
    })),
  });
}

interface ApprovalParts {
  readonly report: ScanReport;
  readonly capabilities: Capabilities;
  readonly twist: Twist;
}

/** An approval of Ada or Ben, ready to be signed. */
export function approvalBy(
  name: 'ada' | 'ben',
  about: VersionSubject,
  { report, capabilities, twist }: ApprovalParts,
) {
  const predicate: ApprovalPredicate = {
    name: about.name,
    version: about.version,
    bundle: about.bundle,
    capabilities,
    capabilityDigest: capabilityDigest(capabilities),
    scanReport: digestOf(canonicalJson(report)),
    ruleSet: report.ruleSet,
    policy: policyDigest(defaultPolicy),
    reviewer:
      name === 'ada'
        ? { member: 'Ada', keyId: people.ada.keyId }
        : { member: 'Ben', credentialId: people.ben.enrolled.credentialId },
    reason: 'reads deals, writes one file',
    nonce: `nonce-of-${name}-000000`,
    expires: new Date(storyNow).toISOString(),
    independent: name === 'ada',
  };
  const drafted = approvalStatement(about, twist.approval?.(predicate) ?? predicate);
  if (name === 'ada') return { statement: drafted, signer: people.ada };
  const assertion = people.ben.assert(approvalChallenge(drafted));
  return {
    statement: approvalStatement(about, { ...drafted.predicate, assertion }),
    signer: people.registry,
  };
}

/** The registry's verification summary over these statements. */
export function summaryOf(
  about: VersionSubject,
  inputs: readonly { readonly digest: Digest }[],
): Statement {
  return verificationSummaryStatement(about, {
    verifier: { id: 'https://skills.example' },
    timeVerified: new Date(storyNow - 7_200_000).toISOString(),
    resourceUri: purlOf(about.name, about.version),
    policy: { digest: { sha256: hexOf(policyDigest(defaultPolicy)) } },
    inputAttestations: inputs
      .map((one) => ({ digest: { sha256: hexOf(one.digest) } }))
      .sort((a, b) => (a.digest.sha256 < b.digest.sha256 ? -1 : 1)),
    verificationResult: 'PASSED',
    verifiedLevels: [],
  });
}

function inputOf(
  parts: Pick<Story, 'log' | 'packed' | 'report' | 'line' | 'status'> & {
    files: ReadonlyMap<string, Uint8Array>;
  },
): DecisionInput {
  const { log, packed, report, line, status, files } = parts;
  return {
    root: storyRoot,
    policy: defaultPolicy,
    now: storyNow,
    line,
    statements: new Map(log.said.map((one) => [one.digest, one.bytes])),
    bundle: packed.bytes,
    report: Buffer.from(canonicalJson(report)),
    files: new Map([...files].filter(([path]) => path === 'SKILL.md' || path === 'skill.json')),
    statuses: [status],
    consistency: storyConsistency(log),
  };
}
