/**
 * The facts that a reviewer reads about one version, all from signed statements and stored bytes.
 */
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
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
import { resolveVersion, type Version } from '../../skills-index/skill/version.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { VersionSource } from '../../skills-index/statement/source.ts';
import type { ApprovalsNeeded } from '../../skills-index/trust/policy/policy.ts';
import type { Registry, VersionName } from '../context.ts';
import { type PublicAdvice, readAdvice } from '../index/index-rows.ts';
import { whyUncounted } from '../index/uncounted.ts';
import { doSteps } from '../people/identity-statements.ts';
import { type IncidentRow, incidentsOf } from '../stops/incidents.ts';
import { isAmong } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { reviewNotes, versions } from '../store/schema.ts';
import { namePublisher } from '../versions/authors.ts';
import { historyOf, requireVersion } from '../versions/find-versions.ts';
import { maliciousPackagesOf, maliciousWords } from '../versions/malicious-packages.ts';
import { filesOf, manifestOf, publicationOf, skillMdOf } from '../versions/manifests.ts';
import {
  lacksObservation,
  observationsOf,
  observationWaits,
  raisedBy,
  type WorstObservation,
  worstObservation,
} from '../versions/observations.ts';
import { movesFrom, type VersionState } from '../versions/status.ts';
import { sourceOf } from '../versions/version-source.ts';
import type { MoveRow, VersionRow } from '../versions/versions.ts';
import { readVisible, type VisibleVersion, visibleColumns } from '../versions/visible-versions.ts';
import { type CountedApproval, readApprovals, reportOf } from './approvals.ts';
import { type NearCopy, nearCopies } from './near-copies.ts';
import {
  type ChangesSince,
  changesSince,
  type ProseSince,
  previousApproved,
  proseSince,
  readProse,
} from './prose-since.ts';
import { riskOfVersion } from './queue/queue-judgement.ts';
import { type ModelReading, modelReading, type Risk } from './risk.ts';
import { packageAlarmsOf, type SeenPackage, seenPackagesOf } from './seen-packages.ts';

/** Approved versions of a required skill that a reviewer's page looks at. */
const requiredVersionsRead = 200;

/** So many earlier versions of a skill are searched for a question. */
const questionedVersionsMax = 20;

export type ApprovalRow = Omit<CountedApproval, 'statement' | 'logIndex'>;

/** What a person wrote about a version. */
interface VersionNote {
  readonly at: Date;
  readonly by: string;
  readonly text: string;
}

/** An earlier version with its questions and answers, and which files differ from its files. */
interface AskedBefore {
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
  readonly advice: readonly PublicAdvice[];
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
  readonly observation?: WorstObservation;
  /** What a model remarked about the prose; absent where no model read it. */
  readonly reading?: ModelReading;
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
  const reading = stored && modelReading(stored.prose);
  const changes = await changesSince(registry, row, { manifest, report, previous });
  const packages = await packageAlarmsOf(registry, row);
  const observations = await observationsOf(registry, row);
  const observation = await worstObservation(registry, observations);
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

async function detailOf(
  registry: Registry,
  row: VisibleVersion<VersionRow>,
): Promise<VersionDetail> {
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

// Compares the files of a version with those of an earlier version.

export interface FilesSince {
  /** The earlier version. */
  readonly since: Version;
  /** Paths of files that the earlier version did not have. */
  readonly added: readonly string[];
  /** Files with other bytes or another mode. */
  readonly changed: readonly { readonly path: string; readonly before: Digest }[];
  /** Paths of files that this version no longer has. */
  readonly removed: readonly string[];
}

function filesSince(
  since: Version,
  before: readonly BundleFile[],
  now: readonly BundleFile[],
): FilesSince {
  const earlier = new Map(before.map((file) => [file.path, file]));
  const paths = new Set(now.map(({ path }) => path));
  return {
    since,
    added: now.flatMap(({ path }) => (earlier.has(path) ? [] : [path])),
    changed: now.flatMap(({ path, sha256, mode }) => {
      const old = earlier.get(path);
      return old === undefined || (old.sha256 === sha256 && old.mode === mode)
        ? []
        : [{ path, before: old.sha256 }];
    }),
    removed: before.flatMap(({ path }) => (paths.has(path) ? [] : [path])),
  };
}

// The skills that a version requires, beside those of the last approved version, and what an
// installer would get for each.

export interface RequiredSkill {
  readonly name: SkillName;
  readonly range: string;
  /** Compared with the last approved version: the skill is new, or only its range, or neither. */
  readonly change: 'new' | 'range' | 'none';
  /** The range before, where it was another. */
  readonly before?: string;
  /** The highest approved version in the range that is not yanked, of the newest ones. */
  readonly fits?: Version;
}

/** @param before the manifest of the last approved version, if any */
async function requiredSkillsOf(
  registry: Registry,
  { requires }: Pick<Manifest, 'requires'>,
  before: Pick<Manifest, 'requires'> | undefined,
): Promise<RequiredSkill[]> {
  const all: RequiredSkill[] = [];
  for (const [name, range] of Object.entries(requires) as [SkillName, string][]) {
    const old = before?.requires[name];
    const fits = resolveVersion(range, await offered(registry, name));
    all.push({
      name,
      range,
      change: old === undefined ? 'new' : old === range ? 'none' : 'range',
      ...(old === undefined || old === range ? {} : { before: old }),
      ...(fits === undefined ? {} : { fits }),
    });
  }
  return all;
}

async function offered(registry: Registry, name: SkillName): Promise<Version[]> {
  const yanked = sql`EXISTS (SELECT 1 FROM advice WHERE versionId = ${versions.id} AND kind = 'yanked')`;
  // A version whose lift is due is offered again when the lift has reached its row.
  const rows = await readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(and(eq(versions.name, name), eq(versions.status, 'approved'), sql`NOT ${yanked}`))
      .orderBy(desc(versions.logIndex))
      .limit(requiredVersionsRead),
  );
  return rows.flatMap(({ status, version }) => (status === 'approved' ? [version] : []));
}

// Finds what reviewers asked about an earlier version of a skill: an author often answers with
// another version, and the next reviewer has to see the question.

/** The newest question about an earlier version that nobody approved since. */
export interface EarlierQuestion {
  readonly version: Version;
  readonly by: string;
  readonly text: string;
}

/**
 * The newest question about an earlier version, for each of these versions that has one. A question
 * counts until a later version is approved. The search reads only the newest earlier versions,
 * because an author can publish very many.
 * @param ids of rows of `versions`
 */
export async function earlierQuestions(
  { db }: Registry,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EarlierQuestion>> {
  const asked = alias(versions, 'asked');
  const approved = sql`SELECT max(logIndex) FROM versions AS approved WHERE approved.name = ${versions.name} AND approved.status = 'approved' AND approved.logIndex < ${versions.logIndex}`;
  const recent = sql`SELECT id FROM versions AS recent WHERE recent.name = ${versions.name} AND recent.logIndex < ${versions.logIndex} AND recent.logIndex > coalesce((${approved}), -1) ORDER BY recent.logIndex DESC LIMIT ${questionedVersionsMax}`;
  const rows = await db.read
    .select({
      id: versions.id,
      at: reviewNotes.at,
      logIndex: asked.logIndex,
      version: asked.version,
      by: reviewNotes.by,
      text: reviewNotes.text,
    })
    .from(versions)
    .innerJoin(asked, sql`${asked.id} IN (${recent})`)
    .innerJoin(reviewNotes, and(eq(reviewNotes.versionId, asked.id), eq(reviewNotes.kind, 'asked')))
    .where(isAmong(versions.id, ids));
  const newestLast = rows.sort((a, b) => a.logIndex - b.logIndex || a.at - b.at);
  return new Map(newestLast.map(({ id, by, text, version }) => [id, { version, by, text }]));
}
