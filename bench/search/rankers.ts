/** The rankers that the benchmark compares. */
import BetterSqlite3 from 'better-sqlite3';
import MiniSearch from 'minisearch';
import { findSkills } from '../../registry/catalogue/search/find-skills.ts';
import { registryWith } from './described-registry.ts';

/** The part of a description that a ranker sees. */
export interface Searched {
  readonly digest: string;
  readonly name: string;
  readonly description: string;
}

export interface Ranker {
  readonly name: string;
  /** Indexes the descriptions. The answer ranks them for a query: digests, the best one first. */
  readonly index: (
    descriptions: readonly Searched[],
  ) => (query: string) => string[] | Promise<string[]>;
}

/** A ranker names at least as many digests as the deepest measure reads. */
export const ranksMax = 50;

/** SQLite's own full-text search: every word of the query, joined by OR, in FTS5's own order. */
export const plainFts5 = { name: 'plain FTS5', index: indexFts5 } satisfies Ranker;

/** MiniSearch as it comes: words joined by OR, without prefixes and without fuzzy matches. */
export const miniSearch = {
  name: 'MiniSearch',
  index: (descriptions: readonly Searched[]) => {
    const index = new MiniSearch<Searched>({
      fields: ['name', 'description'],
      idField: 'digest',
    });
    index.addAll(descriptions);
    return (query: string) =>
      index
        .search(query)
        .slice(0, ranksMax)
        .map(({ id }) => String(id));
  },
} satisfies Ranker;

/** The search of the registry, over the tables of a registry. */
export const skillgate: Ranker = {
  name: 'Skillgate',
  index: (descriptions) => {
    const registry = registryWith(descriptions);
    return async (query) => {
      const { skills } = await findSkills(registry, { query });
      return skills
        .slice(0, ranksMax)
        .flatMap(({ versionId }) => descriptions[Number(versionId)]?.digest ?? []);
    };
  },
};

/** Every ranker of the table, in the table's order. */
export const rankers: readonly Ranker[] = [plainFts5, miniSearch, skillgate];

function indexFts5(descriptions: readonly Searched[]): (query: string) => string[] {
  const db = new BetterSqlite3(':memory:');
  db.exec('CREATE VIRTUAL TABLE skills USING fts5(digest UNINDEXED, name, description)');
  const insert = db.prepare('INSERT INTO skills VALUES (?, ?, ?)');
  for (const { digest, name, description } of descriptions) insert.run(digest, name, description);
  const select = db
    .prepare<[string], string>(
      `SELECT digest FROM skills WHERE skills MATCH ? ORDER BY rank LIMIT ${ranksMax}`,
    )
    .pluck();
  return (query) => {
    const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
    return words.length === 0 ? [] : select.all(words.map((word) => `"${word}"`).join(' OR '));
  };
}
