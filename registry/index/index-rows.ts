/** The approved capabilities of versions, as the lines of the index have them. */

import { and, asc, between, eq, sql } from 'drizzle-orm';
import { indexPartPath } from '../../skills-index/client/registry-index.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { compareVersions, type Version } from '../../skills-index/skill/version.ts';
import {
  type AdvicePredicate,
  type AdviceStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import {
  type AdviceHint,
  type IndexLine,
  parseIndexFile,
  type StopHint,
} from '../../skills-index/trust/index-files/index-line.ts';
import type { IndexPart } from '../../skills-index/trust/index-files/index-parts.ts';
import type { Registry } from '../context.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { advice } from '../store/advice-schema.ts';
import { isAmong } from '../store/batch.ts';
import { audit, indexLines, statements, versions } from '../store/schema.ts';
import type { MoveRow, VersionRow } from '../versions/versions.ts';
import {
  dueMoves,
  type MovableVersion,
  readPendingStops,
  visibleColumns,
} from '../versions/visible-versions.ts';
import { wholeLines } from './packs.ts';

/** Lines that one query reads while parts are made. */
export const indexLinesReadAtOnce = 500;

/** By the ids of the versions. A version that is not in the index yet is left out. */
export async function capabilitiesInIndex(
  registry: Registry,
  name: SkillName,
  rows: readonly Pick<VersionRow, 'id'>[],
): Promise<ReadonlyMap<string, Capabilities>> {
  const ids = rows.map(({ id }) => id);
  const found = await registry.db.read
    .select({ logIndex: indexLines.logIndex, versionId: indexLines.versionId })
    .from(indexLines)
    .where(isAmong(indexLines.versionId, ids));
  const versions = new Map(found.map(({ logIndex, versionId }) => [logIndex, versionId]));
  const lines = await readLinesAt(registry, [...versions.keys()]);
  return new Map(
    lines.flatMap(({ logIndex, text }) => {
      const [line] = parseIndexFile(Buffer.from(text), name);
      const id = versions.get(logIndex);
      return line === undefined || id === undefined ? [] : [[id, line.capabilities] as const];
    }),
  );
}

// The index lines of a skill as the database has them, with the hints of the registry.

/** A line of an index file, without its line feed. */
interface PrintedLine {
  readonly logIndex: number;
  readonly text: string;
  /** Whether the index file had the line, with these hints, before. */
  readonly isWritten: boolean;
}

/** Log indexes of lines, both ends included. */
interface LineRange {
  readonly from: number;
  readonly upTo?: number;
  readonly limit?: number;
}

/** Reads the lines of a range in order. */
export async function readLines(
  registry: Registry,
  name: SkillName,
  { from, upTo = Number.MAX_SAFE_INTEGER, limit = Number.MAX_SAFE_INTEGER }: LineRange,
): Promise<PrintedLine[]> {
  return printRows(registry, async () =>
    rowsOf(registry)
      .where(and(eq(indexLines.name, name), between(indexLines.logIndex, from, upTo)))
      .orderBy(asc(indexLines.logIndex))
      .limit(limit),
  );
}

/** Reads the lines at some log indexes in order. */
export async function readLinesAt(
  registry: Registry,
  logIndexes: readonly number[],
): Promise<PrintedLine[]> {
  if (logIndexes.length === 0) return [];
  return printRows(registry, async () =>
    rowsOf(registry)
      .where(isAmong(indexLines.logIndex, logIndexes))
      .orderBy(asc(indexLines.logIndex)),
  );
}

/** Log indexes of the lines up to `upTo` that the index file lacks, or has with older hints. */
export async function unwrittenLines(
  { db }: Registry,
  name: SkillName,
  upTo: number,
): Promise<readonly number[]> {
  const rows = await db.read
    .select({ logIndex: indexLines.logIndex })
    .from(indexLines)
    // A literal 0 and no parameter: SQLite uses the index over unwritten lines for the literal
    // only.
    .where(and(eq(indexLines.name, name), between(indexLines.logIndex, 0, upTo), sql`written = 0`));
  return rows.map(({ logIndex }) => logIndex);
}

/**
 * Log indexes of the lines up to `upTo` whose versions a stop of their publisher has not reached:
 * they are shown with it.
 */
export async function dueLines(
  registry: Registry,
  name: SkillName,
  upTo: number,
): Promise<readonly number[]> {
  const stops = await readPendingStops(registry);
  if (stops.length === 0) return [];
  const found: number[] = [];
  for (let from = 0, isMore = true; isMore; ) {
    const rows = await rowsOf(registry)
      .where(and(eq(indexLines.name, name), between(indexLines.logIndex, from, upTo)))
      .orderBy(asc(indexLines.logIndex))
      .limit(indexLinesReadAtOnce);
    const due = await dueMoves(registry, stops, judgedOf(rows));
    found.push(...rows.filter((row) => due.has(row.version?.id ?? '')).map((row) => row.logIndex));
    from = (rows.at(-1)?.logIndex ?? 0) + 1;
    isMore = rows.length === indexLinesReadAtOnce;
  }
  return found;
}

interface LineRow extends Pick<typeof indexLines.$inferSelect, 'line' | 'logIndex' | 'written'> {
  readonly version: MovableVersion | null;
  /** 1 where any stop of a publisher was pending when the row was read. */
  readonly pending: number;
  /** Time of the last move, in milliseconds since 1970. */
  readonly since: number | null;
}

function judgedOf(rows: readonly LineRow[]): MovableVersion[] {
  return rows.flatMap(({ version }) => version ?? []);
}

function rowsOf({ db }: Registry) {
  const { bundle, id, name, publisher, status, version } = versions;
  return db.read
    .select({
      line: indexLines.line,
      logIndex: indexLines.logIndex,
      written: indexLines.written,
      version: { id, name, version, bundle, publisher, status },
      since: audit.at,
      pending: visibleColumns.pending,
    })
    .from(indexLines)
    .leftJoin(versions, eq(versions.id, indexLines.versionId))
    .leftJoin(audit, and(eq(audit.versionId, versions.id), eq(audit.move, versions.move)))
    .$dynamic();
}

// The hints are read after the lines: a line whose advice or state has changed since stays
// unwritten, so the file is written once more. Installers judge the statements in the log.
async function printRows(
  registry: Registry,
  read: () => Promise<readonly LineRow[]>,
): Promise<PrintedLine[]> {
  const { rows, due } = await readWithDue(registry, read);
  const hints = await hintsOf(
    registry,
    rows.map(({ logIndex }) => logIndex),
  );
  const lines = await wholeLines(registry, rows);
  return rows.map((row, at) => {
    const { logIndex, written } = row;
    const line = lines[at] ?? '';
    const advice = hints.get(logIndex);
    const stopped = stopOf(row, due.get(row.version?.id ?? ''));
    const isPlain = advice === undefined && stopped === undefined;
    const hinted = () => ({
      ...JSON.parse(line),
      ...(advice && { advice }),
      ...(stopped && { stopped }),
    });
    const text = isPlain ? line : canonicalJson(hinted());
    return { logIndex, text, isWritten: written === 1 };
  });
}

/** The rows, and the moves that are due of their versions, as `readShown` finds them. */
async function readWithDue(
  registry: Registry,
  read: () => Promise<readonly LineRow[]>,
): Promise<{ readonly rows: readonly LineRow[]; readonly due: ReadonlyMap<string, MoveRow> }> {
  const found = await read();
  if (found.every(({ pending }) => pending === 0)) return { rows: found, due: new Map() };
  const stops = await readPendingStops(registry);
  const rows = await read();
  return { rows, due: await dueMoves(registry, stops, judgedOf(rows)) };
}

function stopOf({ since, version }: LineRow, due: MoveRow | undefined): StopHint | undefined {
  const status = due?.to ?? version?.status;
  if (status !== 'suspended' && status !== 'revoked') return undefined;
  return { kind: status, since: (due?.at ?? new Date(since ?? 0)).toISOString() };
}

// The advice of authors about their versions, as the registry shows it.

export type AdviceKind = typeof advice.$inferSelect.kind;

/** The kind of advice that a statement gives or takes back, and whether it gives the advice. */
export const adviceGiven = {
  yanked: { kind: 'yanked', isGiven: true },
  unyanked: { kind: 'yanked', isGiven: false },
  deprecated: { kind: 'deprecated', isGiven: true },
  undeprecated: { kind: 'deprecated', isGiven: false },
} as const satisfies Record<AdvicePredicate['kind'], { kind: AdviceKind; isGiven: boolean }>;

/** Advice with its text. */
export interface PublicAdvice {
  readonly kind: AdviceKind;
  readonly reason: string;
  readonly replacement?: SkillName;
  /** Id of the identity that gave the advice. */
  readonly by: Digest;
  readonly at: Date;
  readonly logIndex: number;
}

/** The log index of the advice of one kind about a version; undefined when there is none. */
export async function adviceAt(
  { db }: Registry,
  { predicate: { kind, name, version } }: AdviceStatement,
): Promise<number | undefined> {
  const [row] = await db.read
    .select({ logIndex: advice.logIndex })
    .from(advice)
    .where(
      sql`${advice.kind} = ${adviceGiven[kind].kind} AND ${advice.versionId} = (SELECT id FROM versions WHERE name = ${name} AND version = ${version})`,
    );
  return row?.logIndex;
}

/** The advice in force about a version, with its texts. */
export async function readAdvice({ db }: Registry, versionId: string): Promise<PublicAdvice[]> {
  const rows = await db.read
    .select({ kind: advice.kind, row: statements })
    .from(advice)
    .innerJoin(statements, eq(statements.logIndex, advice.logIndex))
    .where(eq(advice.versionId, versionId))
    .orderBy(asc(advice.kind));
  return rows.flatMap(({ kind, row }) => {
    const statement = statementOfRow(row);
    if (statement.predicateType !== predicateTypes.advice) return [];
    const { reason, replacement } = statement.predicate;
    return [
      {
        kind,
        reason,
        ...(replacement === undefined ? {} : { replacement }),
        by: row.signer,
        at: new Date(row.createdAt),
        logIndex: row.logIndex,
      },
    ];
  });
}

/** The kinds of advice in force about each of several versions. */
export async function adviceKinds(
  { db }: Registry,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AdviceKind[]>> {
  const rows = await db.read.select().from(advice).where(isAmong(advice.versionId, versionIds));
  const groups = Map.groupBy(rows, ({ versionId }) => versionId);
  return new Map([...groups].map(([id, all]) => [id, all.map(({ kind }) => kind).sort()]));
}

/** The hints in index lines, by the log indexes of the lines. */
async function hintsOf(
  { db }: Registry,
  lines: readonly number[],
): Promise<ReadonlyMap<number, AdviceHint>> {
  const rows = await db.read
    .select({ line: indexLines.logIndex, kind: advice.kind, logIndex: advice.logIndex })
    .from(indexLines)
    .innerJoin(advice, eq(advice.versionId, indexLines.versionId))
    .where(isAmong(indexLines.logIndex, lines));
  const hints = new Map<number, AdviceHint>();
  for (const { line, kind, logIndex } of rows)
    hints.set(line, { ...hints.get(line), [kind]: logIndex });
  return hints;
}

// Parts of an index file, as objects under their digests: older lines, or other parts.

/** A part as the registry names it. */
export interface OwnPart extends IndexPart {
  /** The largest log index of a line. */
  readonly upTo: number;
  /** 1 for a part with lines. A part with other parts is one deeper than they are. */
  readonly depth: number;
}

/** The first line of an index file with parts, in RFC 8785 form. */
interface IndexHeading {
  /** In the order of the log. */
  readonly parts: readonly OwnPart[];
  readonly schema: 'skillgate.index-parts/1';
  /** SHA-256 of `parts` and of all bytes after this line: the registry finds damage by it. */
  readonly sum: Digest;
}

/** The content of an index file, or of one of its parts. */
export interface IndexContent {
  readonly parts: readonly OwnPart[];
  readonly lines: readonly PrintedLine[];
}

/** A file of the registry's own index. */
interface OwnIndexFile {
  readonly parts: readonly OwnPart[];
  readonly lines: readonly IndexLine[];
}

export function indexPartName(name: SkillName, digest: Digest): string {
  return `public${indexPartPath(name, { digest })}`;
}

/** The bytes of an index file. Without parts, it has no heading. */
export function printIndex({ parts, lines }: IndexContent): Buffer {
  return Buffer.from(withHeading(parts, lines.map(({ text }) => `${text}\n`).join('')));
}

function withHeading(parts: readonly OwnPart[], rest: string): string {
  if (parts.length === 0) return rest;
  const sum = digestOf(`${canonicalJson(parts)}\n${rest}`);
  const heading: IndexHeading = { parts, schema: 'skillgate.index-parts/1', sum };
  return `${canonicalJson(heading)}\n${rest}`;
}

/** The content of a file with parts; undefined for a damaged file, and for one without parts. */
export function readSound(bytes: Uint8Array): OwnIndexFile | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const [heading = '', ...lines] = text.split('\n');
  try {
    const { parts }: Partial<IndexHeading> = JSON.parse(heading);
    if (parts === undefined || withHeading(parts, lines.join('\n')) !== text) return undefined;
    return { parts, lines: lines.slice(0, -1).map((line) => JSON.parse(line)) };
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Stores the content as a part, unless it is stored already. */
export async function putPart(
  { objects }: Registry,
  name: SkillName,
  content: IndexContent,
): Promise<OwnPart> {
  const { parts, lines } = content;
  const versions = [
    ...parts.flatMap(({ lowest, highest }) => [lowest, highest]),
    ...lines.map(({ text }): Version => JSON.parse(text).version),
  ].sort(compareVersions);
  const [lowest] = versions;
  const highest = versions.at(-1);
  const upTo = parts.at(-1)?.upTo ?? lines.at(-1)?.logIndex;
  if (lowest === undefined || highest === undefined || upTo === undefined)
    throw new Problem('internal', `A part of the index of ${name} would have no lines`);
  const bytes = printIndex(content);
  const digest = digestOf(bytes);
  const object = indexPartName(name, digest);
  const there = await objects.get(object);
  if (there === undefined || Buffer.compare(there, bytes) !== 0) await objects.put(object, bytes);
  return { digest, lowest, highest, upTo, depth: (parts[0]?.depth ?? 0) + 1 };
}

/** The bytes of a part; undefined for one that is gone or damaged. */
export async function getPart(
  { objects }: Registry,
  name: SkillName,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  const bytes = await objects.get(indexPartName(name, digest));
  return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined;
}

/**
 * The parts that a part names.
 * @throws Problem `blob-damaged` for a part that is gone or damaged
 */
export async function partsIn(
  registry: Registry,
  name: SkillName,
  { digest, depth }: OwnPart,
): Promise<readonly OwnPart[]> {
  if (depth === 1) return [];
  const bytes = await getPart(registry, name, digest);
  if (bytes !== undefined) return readSound(bytes)?.parts ?? [];
  throw new Problem('blob-damaged', `The part ${digest} of the index of ${name} is damaged`);
}
