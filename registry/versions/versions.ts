/** Versions as rows: what a new version must not clash with, and the writes of a state change. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { versionTaken } from '../../skills-index/client/version-taken.ts';
import { requireNoBuild } from '../../skills-index/skill/authoring/build-metadata.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry, VersionName } from '../context.ts';
import { type BatchWrite, held, holds } from '../store/batch.ts';
import { hasBytes } from '../store/columns/digest-column.ts';
import { placeholder, preparedOnce, preparedWrite } from '../store/prepared.ts';
import { audit, guard, versions } from '../store/schema.ts';
import type { LegalMove, VersionState } from './status.ts';

export type VersionRow = typeof versions.$inferSelect;

/** One state change of a version. */
export interface MoveRow {
  readonly at: Date;
  readonly from: VersionState;
  readonly to: VersionState;
  readonly by: string;
  readonly why: string;
}

/**
 * Requires a version number that does not exist yet, and that ranges can distinguish from all
 * others. @throws Problem `version-exists`, `version-invalid`
 */
export async function requireNewVersion(registry: Registry, which: VersionName): Promise<void> {
  requireNoBuild(which.version);
  const { name, version } = which;
  const [taken] = await bundleOf(registry.db).all({ name, version });
  if (taken !== undefined) throw versionTaken(which, taken.bundle);
}

const bundleOf = preparedOnce((db) => {
  const { name, version, bundle } = versions;
  return db
    .select({ bundle })
    .from(versions)
    .where(and(eq(name, placeholder(name, 'name')), eq(version, placeholder(version, 'version'))))
    .prepare();
});

/** Final states of versions that no reviewer approved, so no statement about them counts. */
const neverApproved: ReadonlySet<VersionState> = new Set(['refused', 'withdrawn']);

/**
 * Rejects the same bytes as another publisher's version. A statement about a bundle applies to
 * every version of it, so a revocation of the copy would revoke the original. A skill.json with a
 * name makes the bytes differ.
 * @throws Problem `bundle-taken`
 */
export async function requireOwnBytes(
  registry: Registry,
  { name, bundle }: Pick<VersionRow, 'name' | 'bundle'>,
): Promise<void> {
  const same = await versionsWith(registry.db).all({ bundle });
  const taken = same.find(
    (version) => scopeOf(version.name) !== scopeOf(name) && !neverApproved.has(version.status),
  );
  if (taken !== undefined)
    throw new Problem(
      'bundle-taken',
      `Cannot publish ${name}: ${registry.readers?.isPrivate(scopeOf(taken.name)) ? 'another skill' : taken.name} has exactly the same files`,
    );
}

const versionsWith = preparedOnce((db) => {
  const { name, status, bundle } = versions;
  return db
    .select({ name, status })
    .from(versions)
    .where(hasBytes(bundle, placeholder(bundle, 'bundle')))
    .prepare();
});

/**
 * Makes a batch fail when a version entered the index since this call, so that a decision about all
 * versions misses none.
 */
export async function nothingEntersSince(registry: Registry): Promise<BatchWrite> {
  const [entered] = await registry.db.read.select({ lines: guard.lines }).from(guard);
  return holds(sql`${guard.lines} = ${entered?.lines ?? 0}`);
}

/**
 * Makes a batch fail when a version of the skill was published, or the same bytes in another scope,
 * since the log had this size: the checks of an upload may have missed it. The same bytes in the
 * same scope are allowed.
 */
export function nothingAlikeSince(
  size: number,
  { name, bundle }: Pick<VersionRow, 'name' | 'bundle'>,
): BatchWrite {
  return nothingAlike({ size, name, bundle, own: `@${scopeOf(name)}/` });
}

interface Alike extends Pick<VersionRow, 'name' | 'bundle'>, Record<string, unknown> {
  readonly size: number;
  /** How the names of the scope begin. */
  readonly own: string;
}

const nothingAlike = preparedWrite<Alike>((db, value) => {
  const { name, bundle, logIndex } = versions;
  const ofOthers = sql`${hasBytes(bundle, value('bundle', bundle))} AND substr(${name}, 1, length(${value('own')})) <> ${value('own')}`;
  const newer = (condition: SQL) =>
    sql`EXISTS (SELECT 1 FROM ${versions} WHERE ${logIndex} >= ${value('size')} AND ${condition})`;
  return held(db, sql`NOT (${newer(sql`${name} = ${value('name', name)}`)} OR ${newer(ofOthers)})`);
});

/**
 * The writes of one state change. Its audit row has the number that follows the version's last
 * state change, and that number is unique, so of two batches that move one version at once, one
 * fails whole.
 */
export function moveWrites(
  registry: Registry,
  row: VersionRow,
  step: LegalMove,
  cause: { readonly by: string; readonly why: string },
): { readonly writes: BatchWrite[]; readonly moved: VersionRow } {
  if (row.status !== step.from)
    throw new Problem(
      'internal',
      `A move from "${step.from}" was planned for a version that is "${row.status}"`,
    );
  const move = row.move + 1;
  const entry = {
    at: registry.now().getTime(),
    kind: 'move' as const,
    versionId: row.id,
    move,
    from: step.from,
    to: step.to,
    ...cause,
  };
  return {
    moved: { ...row, status: step.to, move },
    writes: [
      (db) => db.insert(audit).values(entry),
      (db) => db.update(versions).set({ status: step.to, move }).where(eq(versions.id, row.id)),
    ],
  };
}
