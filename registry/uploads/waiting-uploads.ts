/** Uploads that wait until a key of their scope adopts them. */
import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope, type Scope, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { compareVersions } from '../../skills-index/skill/version.ts';
import type { Registry, VersionName } from '../context.ts';
import type { BatchWrite } from '../store/batch.ts';
import { preparedWrite } from '../store/prepared.ts';
import { uploads } from './uploads-schema.ts';

export type WaitingUpload = typeof uploads.$inferSelect;

/** The name of the bytes of an upload, or of a file for an upload. No other row names them. */
export function receivedName(id: string): string {
  return `received/${id}`;
}

/** The uploads of a scope, those first that came first. */
export async function waitingUploads(
  registry: Registry,
  scope: Scope,
): Promise<readonly WaitingUpload[]> {
  const rows = await registry.db.read
    .select()
    .from(uploads)
    .where(and(eq(uploads.scope, scope), waits(registry)));
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * The number of uploads to a scope whose bytes are stored: those that ended count until retention
 * has removed them, so that nobody fills the storage by discarding.
 */
export async function storedUploads({ db }: Registry, scope: Scope): Promise<number> {
  const [row] = await db.read
    .select({ uploads: sql<number>`count(*)` })
    .from(uploads)
    .where(eq(uploads.scope, scope));
  return row?.uploads ?? 0;
}

/** The uploads of a skill, the highest version last. */
export async function uploadsOf(
  registry: Registry,
  name: SkillName,
): Promise<readonly WaitingUpload[]> {
  const rows = await registry.db.read
    .select()
    .from(uploads)
    .where(and(eq(uploads.name, name), waits(registry)));
  return rows.toSorted((a, b) => compareVersions(a.version, b.version));
}

/** The upload with this number; undefined when none waits. */
export async function findUpload(
  registry: Registry,
  which: VersionName,
): Promise<WaitingUpload | undefined> {
  const [row] = await registry.db.read
    .select()
    .from(uploads)
    .where(and(isOf(which), waits(registry)));
  return row;
}

/**
 * The files of an upload, as uncompressed ustar.
 * @throws Problem `not-found` when the upload was interrupted before its files were stored
 */
export async function requireReceived(
  { objects }: Registry,
  { id, name, version }: WaitingUpload,
): Promise<Uint8Array> {
  const bytes = await objects.get(receivedName(id));
  if (bytes !== undefined) return bytes;
  throw new Problem('not-found', `The files of the upload ${name}@${version} are missing`, {
    hint: 'Discard the upload, and upload the files again.',
  });
}

/** Ends the uploads with this number. Their bytes and rows are removed later. */
export function endUploads(which: VersionName): BatchWrite {
  return ended(which);
}

const ended = preparedWrite<Record<keyof VersionName, string>>((db, value) => {
  const { name, version, expiresAt } = uploads;
  const isNamed = and(eq(name, value('name')), eq(version, value('version')));
  return db
    .update(uploads)
    .set({ expiresAt: 0 })
    .where(and(isNamed, gt(expiresAt, 0)));
});

/** Ends one upload, unless another one has taken its place. */
export function endUpload({ id }: Pick<WaitingUpload, 'id'>): BatchWrite {
  return (db) => db.update(uploads).set({ expiresAt: 0 }).where(eq(uploads.id, id));
}

/** Whether an upload of this number waits, as a condition. */
export function uploadWaits(registry: Registry, which: VersionName): SQL {
  return sql`EXISTS (SELECT 1 FROM ${uploads} WHERE ${isOf(which)} AND ${waits(registry)})`;
}

/** Uploads as quotas sum them up. */
export interface SummedUploads {
  readonly what: 'count' | 'bytes';
  /** The key that made the token, or the scope with its sign. */
  readonly owner: string;
  /** The upload that a publication is about to replace. */
  readonly except?: VersionName | undefined;
}

/** The number of waiting uploads, or their bytes. A scope has few. */
export function sumOfUploads(
  registry: Registry,
  { what, owner, except }: SummedUploads,
): SQL<number> {
  const sum = what === 'count' ? sql`count(*)` : sql`COALESCE(sum(${uploads.bytes}), 0)`;
  const isOwn = owner.startsWith('@')
    ? eq(uploads.scope, parseScope(owner))
    : eq(uploads.by, owner as Digest);
  const others = except === undefined ? sql`` : sql` AND NOT (${isOf(except)})`;
  return sql`(SELECT ${sum} FROM ${uploads} WHERE ${isOwn} AND ${waits(registry)}${others})`;
}

function isOf({ name, version }: VersionName): SQL | undefined {
  return and(eq(uploads.name, name), eq(uploads.version, version));
}

function waits({ now }: Registry): SQL {
  return gt(uploads.expiresAt, now().getTime());
}
