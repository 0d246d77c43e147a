/**
 * An approved version as a plugin with one skill: a gzipped tar that npm, Claude Code and clients
 * of Agent Plugins 1.0 read. Everything of the author is below `skills/`, so that no file of a
 * skill is a manifest, a hook or a script of the plugin.
 */

import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { Gzip, Zip, ZipPassThrough } from 'fflate';
import { tarEnd, tarEntry } from '../../skills-index/skill/authoring/write-tar.ts';
import { type BundleFile, parseBundle } from '../../skills-index/skill/bundle.ts';
import { type Digest, hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { type Scope, type SkillName, scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { indexDescription } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { capabilitiesColumn } from '../store/columns/capabilities-column.ts';
import { digestColumn, versionIdColumn } from '../store/columns/digest-column.ts';
import { filesOf, skillMdOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';

const schema = 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json';
/** npm takes the files from the first folder of the archive, whose usual name is this. */
const folder = 'package';

/** A version whose plugin package somebody wants. */
type PackagedVersion = Pick<VersionRow, 'id' | 'name' | 'version' | 'bundle'>;

/** The plugin package of a version, not compressed. */
export function pluginPackageOf(registry: Registry, row: PackagedVersion): MadeFile {
  return {
    name: `plugin ${row.id}`,
    type: 'application/gzip',
    open: async () => {
      const files = await filesOf(registry, row);
      const size = files.reduce((sum, file) => sum + file.size, 0);
      return { size, parts: () => packageParts(registry, row, files) };
    },
    digest: () => pluginPackageDigest(registry, row),
  };
}

/** @throws Problem `path-invalid` for a path that no tar archive can have */
async function* packageParts(
  registry: Registry,
  row: PackagedVersion,
  files: readonly BundleFile[],
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const gzip = new Gzip({ level: 0, mtime: 0 }, (chunk) => chunks.push(chunk));
  const add = (path: string, mode: '644' | '755', bytes: Uint8Array): void => {
    for (const part of tarEntry({ path: `${folder}/${path}`, mode, bytes })) gzip.push(part);
  };
  for (const [path, manifest] of Object.entries(manifestsOf(row, await skillMdOf(registry, files))))
    add(path, '644', Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
  for (const { mode, path, sha256 } of files) {
    add(`skills/${shortNameOf(row.name)}/${path}`, mode, await requireBlob(registry, sha256));
    yield* chunks.splice(0);
    // A sum over each file: a large skill must not keep others waiting.
    await nextTurn();
  }
  gzip.push(tarEnd, true);
  yield* chunks;
}

/** The digest of a version's plugin package, which is remembered once the package was made. */
export async function pluginPackageDigest(
  registry: Registry,
  row: PackagedVersion,
): Promise<Digest> {
  const [found] = await registry.db.read
    .select()
    .from(pluginPackages)
    .where(eq(pluginPackages.versionId, row.id));
  if (found !== undefined) return found.digest;
  const { parts } = await pluginPackageOf(registry, row).open();
  const digest = await digestOfParts(parts());
  await registry.db.batch([
    (db) => db.insert(pluginPackages).values({ versionId: row.id, digest }).onConflictDoNothing(),
  ]);
  return digest;
}

/** The manifests by their paths. No manifest has a script, a dependency or a hook. */
function manifestsOf(
  { bundle, name, version }: PackagedVersion,
  skill: { readonly description: string; readonly license?: string },
): Readonly<Record<string, object>> {
  const plugin = {
    name: shortNameOf(name),
    version,
    description: indexDescription(skill.description),
    author: { name: `@${scopeOf(name)}` },
    ...(skill.license === undefined ? {} : { license: skill.license }),
  };
  return {
    'plugin.json': {
      $schema: schema,
      ...plugin,
      extensions: { 'dev.skillgate': { name, version, bundle } },
    },
    '.claude-plugin/plugin.json': plugin,
    'package.json': { ...plugin, name, author: plugin.author.name },
  };
}

// Files that are made from blobs when somebody asks for them, and stored nowhere.

/** Equal blobs give equal bytes. */
export interface MadeFile {
  /** Under which the whole file is kept in memory. */
  readonly name: string;
  readonly type: string;
  /** @throws Problem `blob-damaged` */
  readonly open: () => Promise<OpenedFile>;
  /** Reads the digest that is remembered, or remembers it. @throws Problem `blob-damaged` */
  readonly digest: () => Promise<Digest>;
}

interface OpenedFile {
  /** Bytes of the blobs. */
  readonly size: number;
  /** Makes the file, a few megabytes at a time. @throws Problem `blob-damaged` */
  readonly parts: () => AsyncGenerator<Uint8Array>;
}

/** The digest of a file, of which one part at a time is in memory. */
async function digestOfParts(parts: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const part of parts) {
    hash.update(part);
    // A sum over each part: a large skill must not keep others waiting.
    await nextTurn();
  }
  return parseDigest(`sha256:${hash.digest('hex')}`);
}

// Tables of the catalogue. Migrations are generated from this file, too.

/**
 * A row for each skill that has a version to offer. The row has what lists, pages and searches show
 * of the skill: its offered version. Readers compare the version's state, which may have changed
 * since.
 */
export const skills = sqliteTable(
  'skills',
  {
    /** The row's id in `skill_words`, from `idsOf` for its scope. */
    id: integer().primaryKey(),
    name: text().$type<SkillName>().notNull().unique(),
    scope: text()
      .$type<Scope>()
      .generatedAlwaysAs(sql`substr("name", 2, instr("name", '/') - 2)`)
      .notNull(),
    /** The name without its scope. Several scopes may use it. */
    shortName: text().generatedAlwaysAs(sql`substr("name", instr("name", '/') + 1)`).notNull(),
    versionId: versionIdColumn().notNull(),
    /** From the index line, as `capabilities`. */
    description: text().notNull(),
    capabilities: capabilitiesColumn().notNull(),
    /** When the version was approved, or let go after a stop; milliseconds since 1970. */
    offeredSince: integer().notNull(),
  },
  (table) => [
    index('skills_short_name').on(table.shortName, table.name),
    index('skills_newest').on(table.offeredSince, table.name),
  ],
);

/**
 * Skills whose rows may be behind. Triggers on the states of versions and on advice add them, so
 * that no writer forgets one.
 */
export const changedSkills = sqliteTable('changed_skills', {
  name: text().$type<SkillName>().primaryKey(),
  /** Counts the changes, so that a renewal of an earlier one leaves the row. */
  turn: integer().notNull().default(0),
});

/**
 * How far the ids of skills follow the scopes that are private (one row, id 1; none while no scope
 * ever was private).
 */
export const skillPlaces = sqliteTable('skill_places', {
  id: integer().primaryKey(),
  /** `everything`, or a digest of the private scopes. */
  privacy: text().notNull(),
  /** The last skill that was looked at; null when all were. */
  after: text().$type<SkillName>(),
});

/**
 * The words of skills' names, among which a search finds the word that a typo means. A word stays
 * when its skill goes, and finds nothing then. The migration creates the table WITHOUT ROWID, so
 * that the key is the table.
 */
export const nameWords = sqliteTable('name_words', {
  word: text().primaryKey(),
});

/** Digests of the zip archives of bundles, for those that somebody asked for. */
const archives = sqliteTable('archives', {
  bundle: digestColumn().primaryKey(),
  digest: digestColumn().notNull(),
});

/** Digests of the versions' plugin packages, for those that somebody asked for. */
const pluginPackages = sqliteTable('plugin_packages', {
  versionId: versionIdColumn().primaryKey(),
  digest: digestColumn().notNull(),
});

// A version as one zip archive, for clients that read no list of files.

/** The earliest time that a zip archive can have, by the fields of the local time. */
const earliest = new Date(1980, 0, 1);
/** In `external file attributes`: the file is regular, and has the mode of its bundle. */
const unix = 3;
const regularFile = 0o100_000;

/** The archive of a bundle, with the files at its root, uncompressed. */
export function archiveOf(registry: Registry, bundle: Digest): MadeFile {
  return {
    name: `archive ${hexOf(bundle)}`,
    type: 'application/zip',
    open: async () => {
      const { files } = parseBundle(await requireBlob(registry, bundle)).bundle;
      const size = files.reduce((sum, file) => sum + file.size, 0);
      return { size, parts: () => archiveParts(registry, files) };
    },
    digest: () => archiveDigest(registry, bundle),
  };
}

async function* archiveParts(
  registry: Registry,
  files: readonly BundleFile[],
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk);
  });
  for (const { path, mode, sha256 } of files) {
    const attrs = (regularFile | Number.parseInt(mode, 8)) << 16;
    const entry = Object.assign(new ZipPassThrough(path), { mtime: earliest, os: unix, attrs });
    zip.add(entry);
    entry.push(await requireBlob(registry, sha256), true);
    yield* chunks.splice(0);
    // A sum over each file: a large skill must not keep others waiting.
    await nextTurn();
  }
  zip.end();
  yield* chunks;
}

/** The digest of a bundle's archive, which is remembered once the archive was made. */
export async function archiveDigest(registry: Registry, bundle: Digest): Promise<Digest> {
  const [row] = await registry.db.read.select().from(archives).where(eq(archives.bundle, bundle));
  if (row !== undefined) return row.digest;
  const { parts } = await archiveOf(registry, bundle).open();
  const digest = await digestOfParts(parts());
  await registry.db.batch([
    (db) => db.insert(archives).values({ bundle, digest }).onConflictDoNothing(),
  ]);
  return digest;
}
