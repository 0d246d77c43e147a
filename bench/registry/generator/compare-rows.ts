/** Compares the rows of a generated version with those of a version that was really published. */
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { type Cell, rowsOfVersion } from './template.ts';

/** The bench's scanner sends no sketches, and the generator makes one for each clone. */
const madeForClones = ['sketches', 'sketch_bands'];

/** Names of two skills, and a version of both. */
interface Compared {
  readonly real: string;
  readonly clone: string;
  readonly version: string;
}

/**
 * Compares the two in a database table by table: the number of rows, and in each cell its type, its length, and
 * its words. Names must have the same length.
 * @throws Error when they differ
 */
export function requireSameRows(path: string, { real, clone, version }: Compared): void {
  const db = new BetterSqlite3(path, { readonly: true });
  const [expected, made] = [real, clone].map((name) => shapesOf(db, name, version));
  db.close();
  const tables = new Set([...(expected?.keys() ?? []), ...(made?.keys() ?? [])]);
  for (const table of tables) {
    const [wanted, got] = [expected, made].map((shapes) => shapes?.get(table)?.join('\n') ?? '');
    if (wanted !== got)
      throw new Error(`The generator's rows of ${table} are\n${got}\nin place of\n${wanted}`);
  }
}

function shapesOf(db: Database, name: string, version: string): Map<string, string[]> {
  const rows = rowsOfVersion(db, name, version).filter(
    ({ table }) => !madeForClones.includes(table),
  );
  const byTable = Map.groupBy(rows, ({ table }) => table);
  const shapes = new Map(
    [...byTable].map(([table, all]) => [table, all.map(({ row }) => shapeOf(row)).sort()]),
  );
  const word = name.slice(name.indexOf('/') + 1);
  const count = (query: string) => `${db.prepare(query).pluck().get(word)} rows`;
  shapes.set('name_words', [count('SELECT count(*) FROM name_words WHERE word = ?')]);
  shapes.set('skill_words', [count('SELECT count(*) FROM skill_words WHERE skill_words MATCH ?')]);
  return shapes;
}

function shapeOf(row: Record<string, Cell>): string {
  const cells = Object.entries(row).map(([column, cell]) =>
    typeof cell === 'string' ? [column, shapeOfText(cell)] : [column, typeof (cell ?? undefined)],
  );
  return JSON.stringify(Object.fromEntries(cells));
}

/** The text with the lengths of its digests, keys and ids, and without its numbers. */
function shapeOfText(text: string): string {
  return text.replace(/sha256:[\da-f]+|[\w+/=-]{20,}|\d+/g, ({ length }) =>
    length < 20 ? '0' : `<${length} characters>`,
  );
}
