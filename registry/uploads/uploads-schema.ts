/** Tables of uploads of foreign clients. Migrations are generated from this file and schema.ts. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Scope, SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';

/**
 * Uploads without a publisher's signature. They are no versions: no list, queue, index, page or
 * search reads this table. The object of a row has the files as uncompressed ustar.
 */
export const uploads = sqliteTable(
  'uploads',
  {
    id: text().primaryKey(),
    scope: text().$type<Scope>().notNull(),
    name: text().$type<SkillName>().notNull(),
    version: text().$type<Version>().notNull(),
    /** Digest of the list of files, which a publication of the same files will have. */
    bundle: text().$type<Digest>().notNull(),
    /** What ClawHub's clients compute of the files that they have. */
    fingerprint: text().notNull(),
    bytes: integer().notNull(),
    /** Label of the token. */
    token: text().notNull(),
    /** The key that made the token. */
    by: text().$type<Digest>().notNull(),
    createdAt: integer().notNull(),
    /** 0 once the upload was adopted or discarded. The object goes before the row. */
    expiresAt: integer().notNull(),
  },
  (table) => [
    index('uploads_scope').on(table.scope, table.expiresAt),
    index('uploads_by').on(table.by, table.expiresAt),
    index('uploads_name').on(table.name, table.version),
    index('uploads_expires').on(table.expiresAt),
  ],
);

/** Files that a client sends one by one before it names the version that they belong to. */
export const uploadFiles = sqliteTable(
  'upload_files',
  {
    id: text().primaryKey(),
    /** The token's row in `sessions`. */
    session: text().$type<Digest>().notNull(),
    scope: text().$type<Scope>().notNull().default(sql`''`),
    digest: text().$type<Digest>().notNull(),
    bytes: integer().notNull(),
    /** 0 once an upload has the file. The object goes before the row. */
    expiresAt: integer().notNull(),
  },
  (table) => [
    index('upload_files_scope').on(table.scope),
    index('upload_files_session').on(table.session, table.expiresAt),
    index('upload_files_expires').on(table.expiresAt),
  ],
);
