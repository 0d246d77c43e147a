/** Tables of the catalogue. Migrations are generated from this file, too. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Scope, SkillName } from '../../skills-index/skill/name.ts';
import { capabilitiesColumn } from '../store/columns/capabilities-column.ts';
import { digestColumn } from '../store/columns/digest-column.ts';
import { versionIdColumn } from '../store/columns/version-id-column.ts';

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
export const archives = sqliteTable('archives', {
  bundle: digestColumn().primaryKey(),
  digest: digestColumn().notNull(),
});

/** Digests of the versions' plugin packages, for those that somebody asked for. */
export const pluginPackages = sqliteTable('plugin_packages', {
  versionId: versionIdColumn().primaryKey(),
  digest: digestColumn().notNull(),
});
