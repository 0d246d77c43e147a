/**
 * The rows of index lines have what no other row has. A line repeats the row of its version, and
 * names statements by their addresses, for which a row has log indexes. Triggers keep all of these
 * rows, so a line stays the same.
 */
import { eq } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { type IndexLine, printIndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { elementOf, isAmong } from '../store/batch.ts';
import {
  type SparseCapabilities,
  sparseOf,
  wholeOf,
} from '../store/columns/capabilities-column.ts';
import { hasBytes } from '../store/columns/digest-column.ts';
import { indexLines, statements, versions } from '../store/schema.ts';
import { listOf } from '../store/sweeps/named-blobs.ts';
import type { VersionRow } from '../versions/versions.ts';

/**
 * The parts of a line in the form of its row: the description, the log indexes of the statements
 * (the first, and the distance of each other from the one before), and the rest where there is any.
 */
type LeanLine = readonly [
  description: string,
  statements: readonly number[],
  capabilities?: SparseCapabilities,
  requires?: IndexLine['requires'],
];

interface LineParts extends Pick<IndexLine, 'capabilities' | 'description' | 'requires'> {
  /** Log indexes, in their order. */
  readonly statements: readonly number[];
}

/** The row of a line, with the parts of the line that the row of its version has. */
export interface LineRow extends Pick<typeof indexLines.$inferSelect, 'line' | 'logIndex'> {
  readonly version: Pick<VersionRow, 'name' | 'version' | 'bundle' | 'publisher'> | null;
}

/** The text that the row of a line has. */
export async function leanLine(
  { db }: Pick<Registry, 'db'>,
  { capabilities, description, requires, ...line }: IndexLine,
): Promise<string> {
  const rows = await db.read
    .select({ logIndex: statements.logIndex })
    .from(listOf(line.statements))
    .innerJoin(statements, hasBytes(statements.bundle, elementOf(statements.bundle)));
  if (rows.length !== line.statements.length)
    throw new Problem('internal', `The line of ${line.name} names a statement outside the log`);
  const indexes = rows.map(({ logIndex }) => logIndex).sort((a, b) => a - b);
  return canonicalJson(leanOf({ capabilities, description, requires, statements: indexes }));
}

function leanOf({ capabilities, description, requires, statements: indexes }: LineParts): LeanLine {
  const distances = indexes.map((index, at) => index - (indexes[at - 1] ?? 0));
  const sparse = sparseOf(capabilities);
  if (Object.keys(requires).length > 0) return [description, distances, sparse, requires];
  if (Object.keys(sparse).length > 0) return [description, distances, sparse];
  return [description, distances];
}

function partsOf([description, distances, sparse = {}, requires = {}]: LeanLine): LineParts {
  const capabilities = wholeOf(sparse);
  return { description, statements: sumsOf(distances), capabilities, requires };
}

/** The numbers that have these distances, each from the one before. */
export function sumsOf(distances: readonly number[]): number[] {
  const sums: number[] = [];
  for (const distance of distances) sums.push((sums.at(-1) ?? 0) + distance);
  return sums;
}

/**
 * The lines of rows, as `printIndexLine` prints them.
 * @throws Problem `database-damaged`
 */
export async function wholeLines(
  { db }: Pick<Registry, 'db'>,
  rows: readonly LineRow[],
): Promise<string[]> {
  const indexes = [...new Set(rows.flatMap((row) => parseLean(row).statements))];
  const found =
    indexes.length === 0
      ? []
      : await db.read
          .select({ logIndex: statements.logIndex, bundle: statements.bundle })
          .from(statements)
          .where(isAmong(statements.logIndex, indexes));
  const addresses = new Map(found.map(({ logIndex, bundle }) => [logIndex, bundle]));
  return rows.map((row) => wholeLine(row, parseLean(row), addresses));
}

/** The line with a log index, and its skill; undefined when there is none. */
export async function readLine(registry: Pick<Registry, 'db'>, logIndex: number) {
  const { name, version, bundle, publisher } = versions;
  const [row] = await registry.db.read
    .select({
      name: indexLines.name,
      line: indexLines.line,
      logIndex: indexLines.logIndex,
      version: { name, version, bundle, publisher },
    })
    .from(indexLines)
    .leftJoin(versions, eq(versions.id, indexLines.versionId))
    .where(eq(indexLines.logIndex, logIndex));
  if (row === undefined) return undefined;
  const [text = ''] = await wholeLines(registry, [row]);
  return { name: row.name, text };
}

function parseLean({ line, logIndex }: LineRow): LineParts {
  try {
    return partsOf(JSON.parse(line));
  } catch (cause) {
    throw damagedLine(logIndex, cause);
  }
}

function wholeLine(
  { logIndex, version }: LineRow,
  lean: LineParts,
  addresses: ReadonlyMap<number, Digest | null>,
): string {
  if (version === null) throw damagedLine(logIndex);
  const named = lean.statements.map((index) => addresses.get(index) ?? undefined);
  const known = named.filter((address) => address !== undefined);
  if (known.length !== named.length) throw damagedLine(logIndex);
  return printIndexLine({
    ...lean,
    schema: 'skillgate.index/1',
    name: version.name,
    version: version.version,
    bundle: version.bundle,
    publisher: version.publisher,
    statements: known.sort(),
    logIndex,
  });
}

function damagedLine(logIndex: number, cause?: unknown): Problem {
  return new Problem(
    'database-damaged',
    `The row of the index line at log index ${logIndex}, or a row that it names, is gone or damaged`,
    {
      hint: 'Restore the newest copy of the folder: docs/registry-reference.md, "The database is damaged".',
      cause,
    },
  );
}
