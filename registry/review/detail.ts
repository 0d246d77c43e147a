/**
 * The facts that a reviewer reads about one version, all from signed statements and stored bytes.
 */
import { asc, eq } from 'drizzle-orm';
import {
  type LockDetail,
  parseLockDetailsInSteps,
} from '../../skills-index/packages/locks/lock-details.ts';
import type { BundleFile } from '../../skills-index/skill/bundle.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { ecosystems } from '../../skills-index/skill/ecosystem.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { VersionSource } from '../../skills-index/statement/source.ts';
import type { ApprovalsNeeded } from '../../skills-index/trust/policy/policy.ts';
import type { Registry, VersionName } from '../context.ts';
import { readAdvice, type ShownAdvice } from '../index/advice.ts';
import { whyUncounted } from '../index/uncounted.ts';
import { doSteps } from '../people/turns.ts';
import { type IncidentRow, incidentsOf } from '../stops/incidents.ts';
import { requireBlob } from '../store/blobs.ts';
import { reviewNotes } from '../store/schema.ts';
import { namePublisher } from '../versions/authors.ts';
import { historyOf, requireVersion } from '../versions/find-versions.ts';
import { maliciousPackagesOf, maliciousWords } from '../versions/malicious-packages.ts';
import { filesOf, manifestOf, publicationOf, skillMdOf } from '../versions/manifests.ts';
import { observationWaits } from '../versions/observation-waits.ts';
import {
  lacksObservation,
  observationsOf,
  raisedBy,
  type ShownObservation,
  shownObservation,
} from '../versions/observations.ts';
import type { Shown } from '../versions/shown-versions.ts';
import { movesFrom, type VersionState } from '../versions/status.ts';
import { sourceOf } from '../versions/version-source.ts';
import type { MoveRow, VersionRow } from '../versions/versions.ts';
import { type CountedApproval, readApprovals, reportOf } from './approvals.ts';
import { earlierQuestions } from './asked-before.ts';
import { type ChangesSince, changesSince } from './changes-since.ts';
import { type FilesSince, filesSince } from './files-since.ts';
import { type NearCopy, nearCopies } from './near-copies.ts';
import { type ProseSince, previousApproved, proseSince, readProse } from './prose-since.ts';
import { riskOfVersion } from './queue/queue-judgement.ts';
import { type ShownReading, shownReading } from './reading.ts';
import { type RequiredSkill, requiredSkillsOf } from './required-skills.ts';
import type { Risk } from './risk.ts';
import { packageAlarmsOf, type SeenPackage, seenPackagesOf } from './seen-packages.ts';

export type ApprovalRow = Omit<CountedApproval, 'statement' | 'logIndex'>;

/** What a person wrote about a version. */
export interface VersionNote {
  readonly at: Date;
  readonly by: string;
  readonly text: string;
}

/** An earlier version with its questions and answers, and which files differ from its files. */
export interface AskedBefore {
  readonly status: VersionState;
  readonly questions: readonly VersionNote[];
  readonly answers: readonly VersionNote[];
  readonly filesSince: FilesSince;
}

/** The public facts about a version. */
export interface VersionDetail {
  readonly source?: VersionSource;
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly status: VersionState;
  readonly publisher: Digest;
  /** The publisher for people: the identity in the certificate, when no key signed. */
  readonly publishedBy: string;
  /** The verdict of the scan, raised by observations. */
  readonly verdict?: Verdict;
  /** Nobody can approve the version before a scanner has observed it. */
  readonly lacksObservation?: true;
  /** Why there is no observation yet. */
  readonly observationWaits?: string;
  /** Digest of the newest scan report. */
  readonly reportDigest?: Digest;
  readonly approvals: readonly ApprovalRow[];
  readonly approvalsNeeded: ApprovalsNeeded;
  /** Why the version needs more approvals than usual. */
  readonly whyMore: readonly string[];
  /** Packages that advisories name as malicious: no reviewer can approve the version. */
  readonly malicious: readonly string[];
  readonly history: readonly MoveRow[];
  /** States that a person may move the version to now. */
  readonly moves: readonly VersionState[];
  /** Questions of reviewers to the author, oldest first. */
  readonly questions: readonly VersionNote[];
  /** The author’s answers to the questions. */
  readonly answers: readonly VersionNote[];
  /**
   * Why installers reject the approved version: a key or policy of its verification summary had
   * ended before the summary.
   */
  readonly uncounted?: string;
  /** Advice of the author that is in force: yanked, deprecated. */
  readonly advice: readonly ShownAdvice[];
  /** When the operator's retention rule deleted the files. */
  readonly filesDeleted?: Date;
}

export interface ReviewDetail extends VersionDetail {
  readonly description: string;
  /** The manifest that the author signed. */
  readonly manifest: Manifest;
  /** No author wrote the manifest: it was inferred from a scan. */
  readonly inferred: boolean;
  readonly report?: ScanReport;
  readonly risk: Risk;
  /** Versions with nearly the same texts that belong to others or were held back. */
  readonly copies: readonly NearCopy[];
  readonly files: readonly BundleFile[];
  /** Which files differ from the last approved version; absent for a first version. */
  readonly filesSince?: FilesSince;
  /** The newest earlier version that a reviewer asked about, and nobody approved since. */
  readonly askedBefore?: AskedBefore;
  /** What the locks say about the packages; nobody verified it. */
  readonly lockDetails: readonly LockDetail[];
  /** What scanners saw of the packages. */
  readonly seenPackages: readonly SeenPackage[];
  /** Incident reports of hosts, newest first. */
  readonly incidents: readonly IncidentRow[];
  readonly notes: readonly (VersionNote & { readonly kind: 'claimed' | 'asked' | 'answered' })[];
  /** The skills that the version requires. */
  readonly required: readonly RequiredSkill[];
  /** Capabilities of the last approved version before this one, if any. */
  readonly previousApproved?: { readonly version: Version; readonly capabilities: Capabilities };
  /** Sentences for an agent that the last approved version before did not have. */
  readonly prose: ProseSince;
  /** What the last approved version before could not do; absent for a first version. */
  readonly changes?: ChangesSince;
  /** What the version did in sandboxes with decoys; absent where nobody observed it. */
  readonly observation?: ShownObservation;
  /** What a model remarked about the prose; absent where no model read it. */
  readonly reading?: ShownReading;
}

/** @throws Problem `not-found` */
export async function readVersion(registry: Registry, which: VersionName): Promise<VersionDetail> {
  return detailOf(registry, await requireVersion(registry, which));
}

/** @throws Problem `not-found` */
export async function readReview(registry: Registry, which: VersionName): Promise<ReviewDetail> {
  const row = await requireVersion(registry, which);
  const files = await filesOf(registry, row);
  const isThere = row.filesDeleted === null;
  const description = isThere ? (await skillMdOf(registry, files)).description : '';
  const report = await reportOf(registry, row);
  const { manifest, inferred = false } = await publicationOf(registry, row);
  const notes = await notesOf(registry, row);
  const copies = await nearCopies(registry, row);
  const previous = await previousApproved(registry, row);
  const before = previous && (await manifestOf(registry, previous));
  const stored = await readProse(registry, row);
  const prose = await proseSince(registry, stored, previous);
  const reading = stored && shownReading(stored.prose);
  const changes = await changesSince(registry, row, { manifest, report, previous });
  const packages = await packageAlarmsOf(registry, row);
  const observations = await observationsOf(registry, row);
  const observation = await shownObservation(registry, observations);
  return {
    ...(await detailOf(registry, row)),
    description,
    manifest,
    inferred,
    risk: await riskOfVersion(registry, row, {
      report,
      declared: manifest.capabilities,
      copies,
      prose,
      reading,
      observed: observations[0],
      changes,
      packages,
    }),
    copies,
    prose,
    ...(reading === undefined ? {} : { reading }),
    ...(changes === undefined ? {} : { changes }),
    ...(observation === undefined ? {} : { observation }),
    files,
    ...(previous === undefined
      ? {}
      : { filesSince: filesSince(previous.version, await filesOf(registry, previous), files) }),
    ...(await askedBeforeOf(registry, row, files)),
    lockDetails: isThere ? await lockDetailsOf(registry, manifest, files) : [],
    seenPackages: await seenPackagesOf(registry, row),
    incidents: await incidentsOf(registry, row),
    notes: notes.map(({ at, kind, by, text }) => ({ at: new Date(at), kind, by, text })),
    ...(report === undefined ? {} : { report }),
    required: await requiredSkillsOf(registry, manifest, before),
    ...(before === undefined
      ? {}
      : { previousApproved: { version: before.version, capabilities: before.capabilities } }),
  };
}

async function askedBeforeOf(
  registry: Registry,
  { id, name }: VersionRow,
  files: readonly BundleFile[],
): Promise<Pick<ReviewDetail, 'askedBefore'>> {
  const asked = (await earlierQuestions(registry, [id])).get(id);
  if (asked === undefined) return {};
  const { version } = asked;
  const earlier = await requireVersion(registry, { name, version });
  const compared = filesSince(version, await filesOf(registry, earlier), files);
  const notes = await notesOf(registry, earlier);
  return { askedBefore: { status: earlier.status, ...saidIn(notes), filesSince: compared } };
}

async function lockDetailsOf(
  registry: Registry,
  { packages = {} }: Manifest,
  files: readonly BundleFile[],
): Promise<readonly LockDetail[]> {
  const details: LockDetail[] = [];
  for (const ecosystem of ecosystems) {
    const { lock, locked } = packages[ecosystem] ?? {};
    // A file may have the name `house`, which is no lock.
    const file = files.find(({ path }) => locked !== undefined && path === lock);
    if (file === undefined) continue;
    const bytes = await requireBlob(registry, file.sha256);
    details.push(...(await doSteps(registry, parseLockDetailsInSteps(ecosystem, bytes))));
  }
  return details;
}

function notesOf(
  registry: Registry,
  { id }: VersionRow,
): Promise<(typeof reviewNotes.$inferSelect)[]> {
  return registry.db.read
    .select()
    .from(reviewNotes)
    .where(eq(reviewNotes.versionId, id))
    .orderBy(asc(reviewNotes.id));
}

function saidIn(
  notes: readonly (typeof reviewNotes.$inferSelect)[],
): Pick<VersionDetail, 'questions' | 'answers'> {
  const ofKind = (wanted: 'asked' | 'answered'): VersionNote[] =>
    notes.flatMap(({ at, by, kind, text }) =>
      kind === wanted ? [{ at: new Date(at), by, text }] : [],
    );
  return { questions: ofKind('asked'), answers: ofKind('answered') };
}

async function detailOf(registry: Registry, row: Shown<VersionRow>): Promise<VersionDetail> {
  const { approvals, needed, whyMore } = await readApprovals(registry, row);
  const uncounted = await whyUncounted(registry, row);
  const observations = await observationsOf(registry, row);
  const verdict = raisedBy(observations[0], row.verdict);
  const source = await sourceOf(registry, row);
  return {
    name: row.name,
    version: row.version,
    bundle: row.bundle,
    status: row.status,
    publisher: row.publisher,
    publishedBy: await namePublisher(registry, row),
    approvals: approvals.map(({ statement: _, logIndex: __, ...rest }) => rest),
    approvalsNeeded: needed,
    whyMore,
    malicious: (await maliciousPackagesOf(registry, row)).map(maliciousWords),
    history: await historyOf(registry, row),
    moves: movesFrom(row.status, 'person'),
    ...saidIn(await notesOf(registry, row)),
    advice: await readAdvice(registry, row.id),
    ...(source === undefined ? {} : { source }),
    ...(verdict === null ? {} : { verdict }),
    ...(lacksObservation(registry, observations)
      ? { lacksObservation: true, observationWaits: await observationWaits(registry, row) }
      : {}),
    ...(row.report === null ? {} : { reportDigest: row.report }),
    ...(uncounted === undefined ? {} : { uncounted }),
    ...(row.filesDeleted === null ? {} : { filesDeleted: new Date(row.filesDeleted) }),
  };
}
