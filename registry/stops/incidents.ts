/**
 * Incident reports of hosts about a version. The desk shows them. Reports of enrolled hosts suspend
 * the version when the operator wants that.
 */
import { and, asc, count, desc, eq, gt, gte, isNull, like, lte, max, not, sql } from 'drizzle-orm';
import { plainText } from '../../skills-index/packages/package-report.ts';
import {
  type IncidentRule,
  incidentDigest,
  incidentSigner,
  type SignedIncident,
} from '../../skills-index/run/audit/incident.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { Registry, VersionName } from '../context.ts';
import { refreshStatus } from '../index/status-json.ts';
import { orLater } from '../log/after-logging.ts';
import type { NewStatement } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { clockSkewMs } from '../sign-in/sessions.ts';
import type { BatchWrite } from '../store/batch.ts';
import { isDecision } from '../store/columns/index-conditions.ts';
import { audit } from '../store/schema.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { doubtWrite } from '../versions/second-scans.ts';
import type { VersionRow } from '../versions/versions.ts';
import { movedByStops, stopWrites } from './pending-stops.ts';
import { versionsMeant } from './revocations.ts';

const incidentsOfHostListedMax = 20;

const incidentsOfHostPerDay = 20;

/**
 * Incident reports that the desk lists: from enrolled hosts, from unknown hosts, and from one host.
 */
const incidentsOfVersionMax = 100;

/**
 * Incident reports about one version in a day: from all unknown hosts together, and from each
 * enrolled host for each rule.
 */
const incidentsPerDay = 20;

/** Text of a reason that names parts of a skill. */
export const reasonTextCharsMax = 1_000;

/**
 * Approved versions that rescans suspend automatically in an hour. Beyond that, a person is asked.
 */
export const suspensionsPerHour = 10;

/**
 * Rules whose reports suspend. An attempt to escape may be a harmless tool, so such a report only
 * informs.
 */
const suspending: readonly IncidentRule[] = ['canary', 'secret-unbound'];

export interface IncidentRow {
  readonly at: Date;
  /** Name of the enrolled host, or the id of an unknown key. */
  readonly by: string;
  readonly isEnrolled: boolean;
  readonly text: string;
}

interface AcceptedIncident {
  readonly isEnrolled: boolean;
  readonly isNew: boolean;
  readonly status: string;
}

/**
 * Takes a report; a repeated report counts once.
 * @param requireShown throws for a skill that the sender may not read; enrolled hosts are not asked
 * @throws Problem `signature-invalid`, `other-registry`, `not-found`, `subject-mismatch`,
 * `too-many-requests` when unknown hosts, or this host by this rule, have reported a version too
 * often today
 */
export async function takeIncident(
  registry: Registry,
  signed: SignedIncident,
  requireShown: (which: VersionName) => Promise<void> = async () => undefined,
): Promise<AcceptedIncident> {
  const { incident } = signed;
  const keyId = incidentSigner(signed);
  if (keyId === undefined)
    throw new Problem('signature-invalid', 'The report is not signed by the key that it names');
  const named = { name: parseSkillName(incident.skill), version: parseVersion(incident.version) };
  requireOwn(registry, incident);
  const reporters = registry.incidents?.reporters ?? {};
  const reporter = Object.entries(reporters).find(([, id]) => id === keyId)?.[0];
  if (reporter === undefined) await requireShown(named);
  const by = reporter === undefined ? `unknown host ${keyId}` : `host ${reporter}`;
  const { allowed, denied } = incident.counts;
  const requests = `${allowed} requests allowed and ${denied} denied`;
  const why = `${incident.rule} at ${incident.place}, ${requests}, report ${incidentDigest(signed)}`;
  const { decision, indexes } = await appendInTurn(registry, async () => {
    const row = await requireVersion(registry, named);
    if (row.bundle !== incident.bundle)
      throw new Problem(
        'subject-mismatch',
        'The report names another bundle than this version has',
      );
    const known = await registry.db.read
      .select()
      .from(audit)
      .where(and(ofVersion(row), eq(audit.by, by), eq(audit.why, why)));
    if (known.length > 0) return { statements: [], writes: () => [], isNew: false };
    await requireFewIncidents(
      registry,
      row,
      reporter === undefined ? undefined : { by, rule: incident.rule },
    );
    const now = registry.now().getTime();
    const line: BatchWrite = (db) =>
      db.insert(audit).values({ at: now, kind: 'incident', versionId: row.id, by, why });
    if (reporter === undefined) return { statements: [], writes: () => [line], isNew: true };
    const reason = `${by} reports ${why}`;
    if (!(await isEnough(registry, row, { by, rule: incident.rule }))) {
      const doubt = doubtWrite(registry, row, { by: 'registry', why: reason });
      return { statements: [], writes: () => [line, doubt], isNew: true };
    }
    const suspension = await suspensionOf(registry, row, reason);
    const added =
      suspension.statement === undefined ? [] : [{ ...suspension.statement, versionId: row.id }];
    return {
      statements: added,
      writes: () => [line, ...suspension.writes],
      isNew: true,
    };
  });
  if (indexes.length > 0) await orLater(registry, () => refreshStatus(registry));
  return {
    isEnrolled: reporter !== undefined,
    isNew: decision.isNew,
    status: (await requireVersion(registry, named)).status,
  };
}

function requireOwn({ root }: Registry, { registry }: SignedIncident['incident']): void {
  const own = registryIdOf(root);
  if (registry === own) return;
  throw new Problem(
    'other-registry',
    `Cannot accept the report: it was signed for the registry ${registry}, and this registry is ${own}`,
  );
}

/**
 * Reports about a version: of enrolled hosts, then of others, each newest first and with a limit of
 * its own.
 */
export async function incidentsOf(
  registry: Registry,
  row: VersionRow,
): Promise<readonly IncidentRow[]> {
  return [...(await newestOf(registry, row, true)), ...(await newestOf(registry, row, false))];
}

async function newestOf(
  { db }: Registry,
  row: VersionRow,
  isEnrolled: boolean,
): Promise<IncidentRow[]> {
  const nth =
    sql<number>`row_number() OVER (PARTITION BY ${audit.by} ORDER BY ${audit.at} DESC, ${audit.id} DESC)`.as(
      'nth',
    );
  const who = isEnrolled ? like(audit.by, 'host %') : not(like(audit.by, 'host %'));
  const reports = db.read
    .select({ at: audit.at, by: audit.by, why: audit.why, nth })
    .from(audit)
    .where(and(ofVersion(row), who))
    .as('reports');
  // A host with many reports must not hide others: the newest report of each comes before the
  // second of any.
  const rows = await db.read
    .select()
    .from(reports)
    .where(lte(reports.nth, incidentsOfHostListedMax))
    .orderBy(asc(reports.nth), desc(reports.at))
    .limit(incidentsOfVersionMax);
  return rows
    .map(({ at, by, why }) => ({ at: new Date(at), by, isEnrolled, text: why }))
    .sort((a, b) => b.at.getTime() - a.at.getTime());
}

const ofVersion = ({ id }: VersionRow) =>
  and(eq(audit.kind, 'incident'), eq(audit.versionId, id), isNull(audit.move));

// Limited by rule, so that informing reports leave room for suspending ones.
async function requireFewIncidents(
  registry: Registry,
  row: VersionRow,
  enrolled: { readonly by: string; readonly rule: IncidentRule } | undefined,
): Promise<void> {
  const since = registry.now().getTime() - 86_400_000;
  const byReporter =
    enrolled === undefined
      ? like(audit.by, 'unknown host %')
      : and(eq(audit.by, enrolled.by), like(audit.why, `${enrolled.rule} at %`));
  const [found] = await registry.db.read
    .select({ n: count() })
    .from(audit)
    .where(and(ofVersion(row), byReporter, gt(audit.at, since)));
  if ((found?.n ?? 0) >= (enrolled === undefined ? incidentsPerDay : incidentsOfHostPerDay))
    throw new Problem(
      'too-many-requests',
      `${enrolled === undefined ? 'Unknown hosts have' : 'This host has'} reported this version too often today`,
    );
}

// Whether enough different enrolled hosts, this one included, sent suspending reports. Reports from
// before a person approved the version or lifted its suspension were answered then.
async function isEnough(
  registry: Registry,
  row: VersionRow,
  report: { readonly by: string; readonly rule: IncidentRule },
): Promise<boolean> {
  const needed = registry.incidents?.needed ?? 0;
  if (needed === 0 || row.status !== 'approved' || !suspending.includes(report.rule)) return false;
  const [approved] = await registry.db.read
    .select({ at: max(audit.at) })
    .from(audit)
    .where(
      and(
        eq(audit.kind, 'move'),
        eq(audit.versionId, row.id),
        eq(audit.to, 'approved'),
        // An approval dated by a clock that was ahead would otherwise exclude every report until
        // that date.
        lte(audit.at, registry.now().getTime() + clockSkewMs),
      ),
    );
  const rows = await registry.db.read
    .select({ by: audit.by, why: audit.why })
    .from(audit)
    .where(and(ofVersion(row), like(audit.by, 'host %'), gte(audit.at, approved?.at ?? 0)));
  const counting = rows.filter(({ why }) =>
    suspending.some((rule) => why.startsWith(`${rule} at `)),
  );
  return new Set([report.by, ...counting.map(({ by }) => by)]).size >= needed;
}

// Suspends an approved version that a newer rule set blocks or that hosts report. The registry's
// own key signs the suspension, and can do nothing else to the version.

export interface PlannedSuspension {
  /** Absent when a person is asked instead. */
  readonly statement?: NewStatement;
  /** The state changes, or the question. */
  readonly writes: readonly BatchWrite[];
}

const byWeight: readonly Verdict[] = ['pass', 'review', 'incomplete', 'block'];

/** Whether a verdict is worse than the one before; null means none. */
export function isWorse(verdict: Verdict, before: Verdict | null): boolean {
  return byWeight.indexOf(verdict) > byWeight.indexOf(before ?? 'pass');
}

/**
 * The consequence of a report for an approved version. A blocking report suspends, up to a number
 * in an hour, since one scanner's key must not take down all skills. Beyond that number, and for
 * other worse reports, a person is asked. Undefined when the version is not approved, or the report
 * is no worse than the approved one.
 */
export async function suspensionFor(
  registry: Registry,
  row: VersionRow,
  report: ScanReport,
): Promise<PlannedSuspension | undefined> {
  const before = row.verdict ?? 'pass';
  if (row.status !== 'approved' || !isWorse(report.verdict, before)) return undefined;
  const deciding = report.findings.filter((finding) =>
    report.decidedBy.includes(finding.fingerprint),
  );
  const found = deciding.map(({ rule, path, line }) => `${rule} at ${path}:${line}`).join(', ');
  const reason = `A rescan says ${report.verdict} where the approved report said ${before}${found === '' ? '' : `: ${found}`}`;
  if (report.verdict !== 'block')
    return { writes: [doubtWrite(registry, row, { by: 'registry', why: plain(reason) })] };
  return suspensionOf(registry, row, reason);
}

/**
 * Suspends the bytes of an approved version by the registry's own key, also under other numbers.
 * Above a number in an hour, a person is asked instead.
 */
export async function suspensionOf(
  registry: Registry,
  row: VersionRow,
  reason: string,
): Promise<PlannedSuspension> {
  if ((await suspendedLately(registry)) >= suspensionsPerHour)
    return { writes: [doubtWrite(registry, row, { by: 'registry', why: plain(reason) })] };
  // The same bytes under another number are as bad.
  const target = { bundle: row.bundle };
  const meant = await movedByStops(registry, () => versionsMeant(registry, target));
  const statement = revocationStatement({
    registry: registryIdOf(registry.root),
    kind: 'suspended',
    target,
    reason: plain(reason),
    nonce: Buffer.from(registry.random(16)).toString('base64url'),
  });
  const signer = registry.keys.registry;
  return {
    statement: {
      statement,
      envelope: await signStatement(statement, signer),
      signer: { keyId: signer.keyId, spki: signer.publicKey },
    },
    writes: stopWrites(
      registry,
      meant.flatMap((one) =>
        one.status === 'approved' ? [{ row: one, to: 'suspended', why: plain(reason) }] : [],
      ),
      'registry',
    ),
  };
}

async function suspendedLately(registry: Registry): Promise<number> {
  const since = registry.now().getTime() - 3_600_000;
  const [found] = await registry.db.read
    .select({ n: count() })
    .from(audit)
    .where(
      and(
        isDecision(audit.to),
        eq(audit.to, 'suspended'),
        eq(audit.by, 'registry'),
        gt(audit.at, since),
      ),
    );
  return found?.n ?? 0;
}

// Paths come from the skill. A reason must not have control characters or invisible characters.
function plain(text: string): string {
  return plainText(text, reasonTextCharsMax);
}
