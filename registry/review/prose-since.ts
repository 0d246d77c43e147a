/**
 * What a version says to an agent that the last approved one did not: sentences as scanners told
 * them, compared here.
 */
import { and, desc, eq, isNotNull, lt } from 'drizzle-orm';
import { canonicalJson } from '../../skills-index/skill/canonical-json.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseJson } from '../../skills-index/skill/json.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { scanReportValuesMax } from '../../skills-index/statement/limits.ts';
import { isProseOf, type Prose, parseProse } from '../../skills-index/statement/prose.ts';
import { type ProseChange, proseChange } from '../../skills-index/statement/prose-change.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { putBlob } from '../store/objects.ts';
import { scans, versions } from '../store/schema.ts';
import { filesOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';

export type ProseSince =
  /** No version was approved before: all of it is new. */
  | { readonly kind: 'first' }
  /** No scanner told the sentences of both, so nothing is known of the difference. */
  | { readonly kind: 'untold'; readonly since: Version }
  | {
      readonly kind: 'told';
      readonly since: Version;
      readonly change: ProseChange;
      /** Sentences of this version that were left out of the comparison. */
      readonly left: number;
    };

/**
 * Stores what a scanner told of a version's prose.
 * @returns undefined when it told nothing
 * @throws Problem `statement-invalid`, `subject-mismatch` when it is about other files
 */
export async function putProse(
  registry: Registry,
  row: VersionRow,
  told: unknown,
): Promise<Digest | undefined> {
  if (told === undefined) return undefined;
  const prose = parseProse(told);
  if (!isProseOf(prose, await filesOf(registry, row)))
    throw new Problem(
      'subject-mismatch',
      'Cannot accept the report: its prose names files that the bundle does not have',
    );
  return putBlob(registry.objects, Buffer.from(canonicalJson(prose)));
}

/** The last version that was approved before this one and still is. */
export async function previousApproved(
  registry: Registry,
  row: VersionRow,
): Promise<VersionRow | undefined> {
  const [previous] = await registry.db.read
    .select()
    .from(versions)
    .where(
      and(
        eq(versions.name, row.name),
        lt(versions.logIndex, row.logIndex),
        eq(versions.status, 'approved'),
      ),
    )
    .orderBy(desc(versions.logIndex))
    .limit(1);
  return previous;
}

/** Compares a version's prose with that of the last approved one before it. */
export async function proseSince(registry: Registry, row: VersionRow): Promise<ProseSince> {
  const previous = await previousApproved(registry, row);
  if (previous === undefined) return { kind: 'first' };
  const { version: since } = previous;
  const before = await proseDigest(registry, previous);
  const now = await proseDigest(registry, row);
  if (before === undefined || now === undefined) return { kind: 'untold', since };
  const current = await readProse(registry, now);
  const change = proseChange(
    [before === now ? current : await readProse(registry, before)],
    current,
  );
  return { kind: 'told', since, change, left: current.left };
}

// The newest that was told: an older scanner tells none.
async function proseDigest({ db }: Registry, { id }: VersionRow): Promise<Digest | undefined> {
  const [scan] = await db.read
    .select({ prose: scans.prose })
    .from(scans)
    .where(and(eq(scans.versionId, id), isNotNull(scans.prose)))
    .orderBy(desc(scans.logIndex))
    .limit(1);
  return scan?.prose ?? undefined;
}

async function readProse(registry: Registry, digest: Digest): Promise<Prose> {
  const bytes = await requireBlob(registry, digest);
  return parseProse(parseJson(bytes, 'the prose', scanReportValuesMax).value);
}
