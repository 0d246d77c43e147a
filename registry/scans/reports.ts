/** A scan report that was taken before: a scanner that missed the answer sends the report again. */
import { and, eq } from 'drizzle-orm';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import { capabilityDigest } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { SimilaritySignature } from '../../skills-index/skill/text/matching-parts.ts';
import { predicateTypes, type ScanStatement } from '../../skills-index/statement/attestation.ts';
import { parseScanReport, type ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import { requireSubjects } from '../../skills-index/trust/signatures/require-own-registry.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import { completeOrLater } from '../index/put-off.ts';
import { refreshStatus } from '../index/status-json.ts';
import { finishLogged, orLater, orSayLogged } from '../log/after-logging.ts';
import type { Appending, LoggedAt, NewStatement } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { latest, readMembers, requireRole } from '../people/identities.ts';
import { letOthersGoOn } from '../people/identity-statements.ts';
import { nothingRemovedSince } from '../retention/delete-files.ts';
import { proseBlob } from '../review/prose-since.ts';
import { judgeAnew } from '../review/queue/renew-queue.ts';
import { similarityWrites } from '../review/similarity-index.ts';
import { isWorse, suspensionFor } from '../stops/incidents.ts';
import type { BatchWrite } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import { putBlobs } from '../store/objects.ts';
import { jobs, scans, statements, versions } from '../store/schema.ts';
import { publicationOf, type StatementRow, statementsOf } from '../versions/manifests.ts';
import { furtherReport, waitsForSecond } from '../versions/second-scans.ts';
import type { VersionState } from '../versions/status.ts';
import { addBlobs } from '../versions/version-blobs.ts';
import { moveWrites, type VersionRow } from '../versions/versions.ts';
import { giveBack, holdsLease, type JobRow, requireLease, versionOf } from './jobs.ts';
import { requireScannerStatement } from './observations.ts';

/**
 * Takes a report, or gives the first answer again: a lease ends with its report, so the same report
 * meets a stale lease.
 * @throws Problem as `takeReport`
 */
export async function takeReportOnce(
  registry: Registry,
  actor: Actor,
  sent: SignedReport,
): Promise<AcceptedReport> {
  try {
    return await takeReport(registry, actor, sent);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'job-stale') throw error;
    const before = await reportedBefore(registry, actor, sent);
    if (before === undefined) throw error;
    return before;
  }
}

// Undefined when the job is not done, or was done by another report.
async function reportedBefore(
  registry: Registry,
  { subject }: Actor,
  { envelope, id }: Pick<SignedReport, 'envelope' | 'id'>,
): Promise<AcceptedReport | undefined> {
  if (subject.kind !== 'key') return undefined;
  const payload = digestOf(Buffer.from(envelope.payload, 'base64'));
  const [found] = await registry.db.read
    .select({ job: jobs, logIndex: statements.logIndex })
    .from(jobs)
    .innerJoin(statements, eq(statements.versionId, jobs.versionId))
    .where(
      and(
        eq(jobs.id, id),
        eq(jobs.state, 'done'),
        eq(statements.payload, payloadMark(payload)),
        eq(statements.signer, subject.keyId),
      ),
    );
  if (found === undefined) return undefined;
  const [statement] = await finishLogged(registry, { indexes: [found.logIndex] });
  return { status: (await versionOf(registry, found.job)).status, statement };
}

// Signed scan reports: who signed, what they cover, and the state to which the verdict moves the
// version.

export interface SignedReport {
  readonly id: string;
  readonly lease: string;
  readonly envelope: Envelope;
  /** The scan report's JSON, unparsed. */
  readonly report: unknown;
  /** The sketch that finds near copies, when the skill has enough text. */
  readonly signature?: SimilaritySignature | undefined;
  /** The sentences that an agent reads, as unparsed JSON. */
  readonly prose?: unknown;
}

interface AcceptedReport {
  readonly status: VersionState;
  readonly statement: LoggedAt | undefined;
}

/**
 * Takes a scanner's signed report and moves the version by its verdict. A report for a version and
 * rule set that has one already only ends the job.
 * @throws Problem `forbidden`, `job-stale` (also when the job is for another rule set),
 * `key-unknown`, `other-registry`, `statement-invalid`, `subject-mismatch`
 */
export async function takeReport(
  registry: Registry,
  actor: Actor,
  sent: SignedReport,
): Promise<AcceptedReport> {
  requireRole(actor, ['scanner']);
  const job = await requireLease(registry, sent);
  const row = await versionOf(registry, job);
  // A report may have thousands of findings: each step over them takes tens of milliseconds.
  await letOthersGoOn(registry);
  const report = parseScanReport(sent.report);
  await letOthersGoOn(registry);
  const bytes = Buffer.from(canonicalJson(report));
  const digest = digestOf(bytes);
  await letOthersGoOn(registry);
  const signed = await verifyReport(registry, { row, actor }, sent.envelope, {
    report,
    digest,
  });
  await requireExpectedRules(registry, actor, { job, sent, ruleSet: report.ruleSet });
  const sentences = await proseBlob(registry, row, sent.prose);
  const prose = sentences && digestOf(sentences);
  const put = async (): Promise<BatchWrite> => {
    const nothingRemoved = await nothingRemovedSince(registry, prose ? [digest, prose] : [digest]);
    await putBlobs(registry.objects, sentences ? [bytes, sentences] : [bytes]);
    return nothingRemoved;
  };
  // Stored before the turn of the log; where the batch fails, once more in the turn.
  let stored: BatchWrite | undefined = await put();
  const by = nameOf(actor);
  const twin = await loggedTwin(registry, actor, { row, held: sent, signed });
  const appended = await appendInTurn(registry, async (): Promise<Appending> => {
    const nothingRemoved = stored ?? (await put());
    stored = undefined;
    // Of two simultaneous reports, the slower is rejected because the job is done.
    const now = await versionOf(registry, await requireLease(registry, sent));
    const done: BatchWrite = (db) =>
      db
        .update(jobs)
        .set({ state: 'done', lease: null, worker: by, ruleSet: report.ruleSet })
        .where(eq(jobs.id, job.id));
    const known = await registry.db.read
      .select()
      .from(scans)
      .where(and(eq(scans.versionId, row.id), eq(scans.ruleSet, report.ruleSet)));
    const [first] = known;
    const ending = [holdsLease(sent), done, nothingRemoved];
    if (first !== undefined)
      return furtherReport(registry, now, { signed, digest, known: first, by, ending });
    const doubt = await suspensionFor(registry, now, report);
    const added = doubt?.statement === undefined ? [] : [{ ...doubt.statement, versionId: row.id }];
    const scan = {
      versionId: row.id,
      ruleSet: report.ruleSet,
      report: digest,
      verdict: report.verdict,
      prose: prose ?? null,
    };
    const alike =
      sent.signature === undefined ? [] : await similarityWrites(registry, row, sent.signature);
    return {
      statements: [...(twin === undefined ? [{ ...signed, versionId: row.id }] : []), ...added],
      writes: (indexes: readonly number[]) => [
        ...ending,
        (db) => db.insert(scans).values({ ...scan, logIndex: twin?.logIndex ?? indexes[0] ?? 0 }),
        addBlobs(row, prose === undefined ? [digest] : [digest, prose]),
        ...judgedWrites(now, report, digest),
        ...alike,
        ...verdictMoves(registry, now, report, { by, waits: waitsForSecond(registry, now) }),
        ...(doubt?.writes ?? []),
      ],
    };
  });
  await completeOrLater(registry, row.id);
  await orLater(registry, () => judgeAnew(registry, [row.id]));
  const logged = await finishLogged(registry, appended);
  const statement = logged.find((entry) => entry.predicateType === predicateTypes.scan);
  if (logged.some((entry) => entry.predicateType !== predicateTypes.scan))
    await orLater(registry, () => refreshStatus(registry));
  const now = await orSayLogged(registry, appended.indexes, () => versionOf(registry, job));
  return { status: now.status, statement };
}

// An approved version keeps the report that a person read. A newer report can only suspend it.
function judgedWrites(now: VersionRow, report: ScanReport, digest: Digest): BatchWrite[] {
  if (now.status === 'approved' || now.status === 'suspended' || now.status === 'revoked')
    return [];
  const { verdict } = report;
  return [
    (db) => db.update(versions).set({ report: digest, verdict }).where(eq(versions.id, now.id)),
  ];
}

// A job for a newer rule set is not done by an older scanner: it waits for a scanner with that rule
// set.
async function requireExpectedRules(
  registry: Registry,
  actor: Actor,
  {
    job,
    sent,
    ruleSet,
  }: { readonly job: JobRow; readonly sent: SignedReport; readonly ruleSet: Digest },
): Promise<void> {
  const { ruleSet: wanted } = job;
  if (wanted === null || wanted === ruleSet) return;
  await giveBack(registry, actor, sent, `the scanner reported by rule set ${ruleSet}`);
  throw new Problem(
    'job-stale',
    'This job is for another rule set than the report; another scanner can take the job',
  );
}

/**
 * A report moves a version that waits for the report, or that waits for a person on a better
 * report. It undoes no other decision of a person.
 */
function verdictMoves(
  registry: Registry,
  row: VersionRow,
  report: ScanReport,
  { by, waits = false }: { readonly by: string; readonly waits?: boolean },
): BatchWrite[] {
  const to = stateAfter(report);
  const why = `scan verdict: ${report.verdict}`;
  if (row.status === 'in review' && to !== 'in review' && isWorse(report.verdict, row.verdict)) {
    return moveWrites(
      registry,
      row,
      { from: 'in review', to: 'quarantined', by: 'verdict' },
      { by, why: `re${why}` },
    ).writes;
  }
  // A second scanner has to agree before review. One scanner is enough to hold a version back.
  if (waits && to === 'in review') return [];
  if (row.status === 'scanning')
    return moveWrites(registry, row, { from: 'scanning', to, by: 'verdict' }, { by, why }).writes;
  if (row.status !== 'received') return [];
  const started = moveWrites(
    registry,
    row,
    { from: 'received', to: 'scanning', by: 'verdict' },
    { by, why: 'a scanner took it' },
  );
  const ended = moveWrites(
    registry,
    started.moved,
    { from: 'scanning', to, by: 'verdict' },
    { by, why },
  );
  return [...started.writes, ...ended.writes];
}

function stateAfter(report: ScanReport): 'in review' | 'refused' | 'quarantined' {
  switch (report.verdict) {
    case 'pass':
    case 'review':
      return 'in review';
    case 'incomplete':
      return 'quarantined';
    case 'block': {
      const deciding = report.findings.filter((finding) =>
        report.decidedBy.includes(finding.fingerprint),
      );
      const formOnly =
        deciding.length > 0 && deciding.every((finding) => finding.kind === 'policy');
      return formOnly ? 'refused' : 'quarantined';
    }
  }
}

async function verifyReport(
  registry: Registry,
  { row, actor }: { readonly row: VersionRow; readonly actor: Actor },
  envelope: Envelope,
  { report, digest }: { readonly report: ScanReport; readonly digest: string },
): Promise<NewStatement> {
  const signed = await requireScannerStatement(registry, actor, envelope, {
    kind: 'scan',
    refusal: 'Cannot accept the report',
  });
  const { statement } = signed;
  const { bundle } = parseBundle(await requireBlob(registry, row.bundle));
  requireSubjects(statement, {
    name: row.name,
    version: row.version,
    bundle: row.bundle,
    files: bundle.files,
  });
  const { manifest, inferred } = await publicationOf(registry, row);
  const wrong = mismatches(statement, row, report, {
    digest,
    files: bundle.files,
    // Nobody declared an inferred manifest, so the scanner does not know it and it changes no
    // verdict.
    ...(inferred === true ? {} : { declared: capabilityDigest(manifest.capabilities) }),
  });
  if (wrong.length > 0) {
    const reasons = wrong.map((message) => ({ message }));
    throw new Problem('subject-mismatch', `Cannot accept the report: ${wrong[0]}`, { reasons });
  }
  return signed;
}

/** Every way in which statement, report and bundle disagree. */
function mismatches(
  { predicate }: ScanStatement,
  row: VersionRow,
  report: ScanReport,
  at: {
    readonly digest: string;
    readonly files: readonly { path: string; sha256: string; size: number }[];
    readonly declared?: string;
  },
): string[] {
  const list = (files: readonly { path: string; sha256?: string }[]): string =>
    canonicalJson(
      files
        .map(({ path, sha256 = '' }) => [path, sha256])
        .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)),
    );
  const dispositions = (files: readonly { path: string; disposition: string }[]): string =>
    canonicalJson(files.map(({ path, disposition }) => `${path} ${disposition}`).sort());
  const checks: readonly (readonly [boolean, string])[] = [
    [predicate.report === at.digest, 'the statement names another report'],
    [predicate.ruleSet === report.ruleSet, 'statement and report name different rule sets'],
    [predicate.verdict === report.verdict, 'statement and report name different verdicts'],
    [report.bundle === row.bundle, 'the report is about another bundle'],
    [
      report.name === row.name && report.version === row.version,
      'the report is about another version',
    ],
    [
      list(predicate.coverage) === list(at.files),
      'the statement’s coverage is not the bundle’s list of files',
    ],
    [
      list(report.coverage.files) === list(at.files) && report.coverage.unlisted === undefined,
      'the report’s coverage is not the bundle’s list of files',
    ],
    [
      dispositions(predicate.coverage) === dispositions(report.coverage.files),
      'statement and report cover files differently',
    ],
    [
      at.declared === undefined || capabilityDigest(report.capabilities.declared) === at.declared,
      'the report compares with other capabilities than the signed manifest’s',
    ],
    [
      report.verdict !== 'pass' ||
        report.coverage.files.every((file) => file.disposition !== 'unanalysed'),
      'a verdict of pass with files that were not analysed',
    ],
  ];
  return checks.flatMap(([right, says]) => (right ? [] : [says]));
}

// A scan statement that the log has already. Reports have the same bytes for the same skill and
// rules, and the log takes a statement once.

interface HeldJob {
  readonly id: string;
  readonly lease: string;
}

/**
 * Finds the same statement of the same scanner; undefined when the log has none. A scanner that was
 * ended backwards and enrolled again with the same key has a statement that does not count: the job
 * is given back for other scanners.
 * @throws Problem `statement-replayed`
 */
async function loggedTwin(
  registry: Registry,
  actor: Actor,
  {
    row,
    held,
    signed,
  }: { readonly row: VersionRow; readonly held: HeldJob; readonly signed: NewStatement },
): Promise<StatementRow | undefined> {
  const payload = payloadMark(digestOf(Buffer.from(signed.envelope.payload, 'base64')));
  const { chain } = await readMembers(registry);
  const all = await statementsOf(registry, row.id, predicateTypes.scan);
  const twin = all.find(
    (row) => row.payload === payload && nameOf(actor) === chain.memberOf(row.signer, latest)?.name,
  );
  if (twin === undefined || chain.isMember(twin.signer, 'scanner', twin.logIndex)) return twin;
  const why = `the scanner signed this report at log index ${twin.logIndex}, where its key does not count`;
  await giveBack(registry, actor, held, why);
  throw new Problem('statement-replayed', `Cannot accept the report: ${why}`, {
    hint: 'Enrol this scanner with a new key: skillgate member add NAME --role scanner --public-key FILE.',
  });
}
