/** A registry whose catalogue has one approved skill for each description, and nothing else. */
import { sql } from 'drizzle-orm';
import { changedSkills, nameWords } from '../../registry/catalogue/plugin-packages.ts';
import { correctedWordsOf, wordsOf } from '../../registry/catalogue/search/rank-skills.ts';
import type { Registry } from '../../registry/context.ts';
import { openSqlite } from '../../registry/store/sqlite.ts';
import type { Description } from './descriptions.ts';

/**
 * The id of a version is the place of its description.
 * @param scopeOf the scope of the skill at a place
 */
export function registryWith(
  descriptions: readonly Pick<Description, 'digest' | 'name' | 'description'>[],
  scopeOf: (at: number) => string = (at) => `s${at}`,
): Registry {
  const db = openSqlite(':memory:');
  const taken = new Set<string>();
  const rows = descriptions.map(({ name: words, description }, at) => {
    const own = `@${scopeOf(at)}/${wordsOf(words).join('-')}`;
    // Several skills of a scope may have one name here.
    const name = taken.has(own) ? `${own}-${at}` : own;
    taken.add(name);
    return { at, description, name };
  });
  const from = sql`FROM json_each(${JSON.stringify(rows)})`;
  db.read.run(
    sql`INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex, bytes) SELECT value ->> 'at', value ->> 'name', '1.0.0', zeroblob(32), 'approved', 1, zeroblob(32), 'pass', zeroblob(32), 1, value ->> 'at', 0 ${from}`,
  );
  db.read.run(
    sql`INSERT INTO skills (name, versionId, description, capabilities, offeredSince) SELECT value ->> 'name', value ->> 'at', value ->> 'description', '{}', 1 ${from}`,
  );
  const words = rows.flatMap(({ name }) => correctedWordsOf(name.slice(name.indexOf('/') + 1)));
  db.read.run(
    sql`INSERT OR IGNORE INTO ${nameWords} (word) SELECT value FROM json_each(${JSON.stringify(words)})`,
  );
  db.read.run(sql`DELETE FROM ${changedSkills}`);
  // A search reads nothing but the database.
  return { db } as Partial<Registry> as Registry;
}
