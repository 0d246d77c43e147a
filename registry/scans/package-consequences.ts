/**
 * What a look at a package means for the versions that lock the package. An advisory of malware
 * suspends approved versions. A scan that blocks asks a person. A package remembers how far its
 * versions were judged, so that nothing is lost when a request ends in the middle.
 */

import { and, asc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import { plainText } from '../../skills-index/packages/package-look.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import type { Registry } from '../context.ts';
import { putOff } from '../index/put-off.ts';
import { refreshStatus } from '../index/status-json.ts';
import { judgedAtOnce, packageVersionsAtOnce, reasonTextCharsMax } from '../limits.ts';
import { orLater } from '../log/after-logging.ts';
import type { Appending } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { type PlannedSuspension, suspensionOf } from '../stops/suspensions.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { packageAdvisories, packages, versionPackages } from '../store/package-schema.ts';
import { audit, versions } from '../store/schema.ts';
import { doubtWrite } from '../versions/doubts.ts';
import { type MaliciousPackage, maliciousWords } from '../versions/malicious-packages.ts';
import { readShown, shownColumns } from '../versions/shown-versions.ts';
import type { VersionRow } from '../versions/versions.ts';

type PackageRow = typeof packages.$inferSelect;

/**
 * Judges the next versions whose packages a look changed.
 * @returns whether there may be more
 */
export async function judgeByLooks(registry: Registry): Promise<boolean> {
  let suspended = false;
  let isDone = false;
  for (let steps = 0; steps < judgedAtOnce; steps++) {
    const { decision, indexes } = await appendInTurn(registry, () => judgeNext(registry));
    isDone = decision.isDone;
    if (isDone) break;
    // Enough approvals may have waited for the advisory to go.
    if (decision.inReview !== undefined) putOff(registry, decision.inReview);
    if (indexes.length > 0) suspended = true;
  }
  if (suspended) await orLater(registry, () => refreshStatus(registry));
  return !isDone;
}

interface Step extends Appending {
  /** Whether no package waits. */
  readonly isDone: boolean;
  /** Id of the version in review that was judged. */
  readonly inReview?: string | undefined;
}

/** One step: at most one version has a consequence. */
async function judgeNext(registry: Registry): Promise<Step> {
  const [due] = await registry.db.read
    .select()
    .from(packages)
    .where(isNotNull(packages.judgedUpTo))
    .orderBy(asc(packages.id))
    .limit(1);
  if (due === undefined) return { statements: [], writes: () => [], isDone: true };
  const malicious = await malwareOf(registry, due);
  const slice = await versionsAfter(registry, due);
  const row = slice.find(
    ({ status }) => status === 'approved' || (status === 'in review' && malicious === undefined),
  );
  const last = slice.length < packageVersionsAtOnce ? null : (slice.at(-1)?.id ?? null);
  const upTo = row?.id ?? last;
  const step: BatchWrite[] = [
    holds(
      sql`EXISTS (SELECT 1 FROM ${packages} WHERE ${packages.id} = ${due.id} AND ${packages.judgedUpTo} IS ${due.judgedUpTo} AND ${packages.judgings} = ${due.judgings})`,
    ),
    (db) => db.update(packages).set({ judgedUpTo: upTo }).where(eq(packages.id, due.id)),
  ];
  const planned =
    row?.status === 'approved'
      ? await consequenceFor(registry, row, { due, malicious })
      : undefined;
  const { statement } = planned ?? {};
  return {
    statements:
      statement === undefined || row === undefined ? [] : [{ ...statement, versionId: row.id }],
    writes: () => [...step, ...(planned?.writes ?? [])],
    isDone: false,
    inReview: row?.status === 'in review' ? row.id : undefined,
  };
}

async function consequenceFor(
  registry: Registry,
  row: VersionRow,
  {
    due,
    malicious,
  }: { readonly due: PackageRow; readonly malicious: MaliciousPackage | undefined },
): Promise<PlannedSuspension | undefined> {
  if (malicious !== undefined) {
    return suspensionOf(registry, row, capitalized(maliciousWords(malicious)));
  }
  if (due.scan?.verdict !== 'block') return undefined;
  const { findings } = due.scan;
  const found = findings.map(({ line, path, rule }) => `${rule} at ${path}:${line}`).join(', ');
  const what = `The scan of ${due.name} ${due.version} of ${due.ecosystem} says block`;
  const why = plainText(found === '' ? what : `${what}: ${found}`, reasonTextCharsMax);
  const asked = await wasAsked(registry, row, why);
  return asked ? undefined : { writes: [doubtWrite(registry, row, { by: 'registry', why })] };
}

// A version may be judged again because of another package or of another look.
async function wasAsked({ db }: Registry, { id }: VersionRow, why: string): Promise<boolean> {
  const found = await db.read
    .select({ id: audit.id })
    .from(audit)
    .where(
      and(eq(audit.versionId, id), eq(audit.kind, 'job'), isNull(audit.move), eq(audit.why, why)),
    )
    .limit(1);
  return found.length > 0;
}

async function malwareOf(
  { db }: Registry,
  { ecosystem, id, name, version }: PackageRow,
): Promise<MaliciousPackage | undefined> {
  const [first] = await db.read
    .select({ advisory: packageAdvisories.advisory })
    .from(packageAdvisories)
    .where(and(eq(packageAdvisories.packageId, id), eq(packageAdvisories.isMalware, true)))
    .orderBy(asc(packageAdvisories.advisory))
    .limit(1);
  return first === undefined ? undefined : { ecosystem, name, version, ...first };
}

async function versionsAfter(
  registry: Registry,
  { id, judgedUpTo }: PackageRow,
): Promise<readonly VersionRow[]> {
  return readShown(registry, () =>
    registry.db.read
      .select(shownColumns)
      .from(versionPackages)
      .innerJoin(versions, eq(versions.id, versionPackages.versionId))
      .where(
        and(eq(versionPackages.packageId, id), gt(versionPackages.versionId, judgedUpTo ?? '')),
      )
      .orderBy(asc(versionPackages.versionId))
      .limit(packageVersionsAtOnce),
  );
}
