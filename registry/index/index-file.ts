/**
 * The file that installers read: the lines of one skill, from the database. Several processes may
 * write the file at once. So each write replaces only the bytes that the writer read before its
 * query, and marks only the lines that it wrote.
 */
import { sql } from 'drizzle-orm';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { behindNow } from '../log/witness-duty.ts';
import { pendingStops } from '../store/advice-schema.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import type { KnownFile } from '../store/known-files.ts';
import { replaceObject } from '../store/objects.ts';
import { guard, indexLines } from '../store/schema.ts';
import { whyDamaged } from '../store/sqlite-errors.ts';
import {
  dueLines,
  getPart,
  type IndexContent,
  indexLinesReadAtOnce,
  indexPartName,
  type OwnPart,
  partsIn,
  printIndex,
  putPart,
  readLines,
  readLinesAt,
  readSound,
  unwrittenLines,
} from './index-rows.ts';

/** Lacking index files that one step writes before it marks their lines in one batch. */
const indexFilesWrittenAtOnce = 50;

/**
 * Lines, and parts of one depth, that an index file has beside its deeper parts. Where there are
 * more, the oldest move into a part.
 */
export const indexEntriesMax = 32;

const indexEntriesSealed = 24;

/** Lines of parts that an index file repeats with newer hints before the parts are made anew. */
const indexHintedMax = 16;

const folder = 'public/index/';

/** The name of a skill's index file. */
export function indexFileName(name: SkillName): string {
  return `${folder}${name}`;
}

/** Has every index file compared with the database before it is served out of memory again. */
export function forgetIndexFiles({ known }: Registry): void {
  known?.changeAll(folder);
}

/**
 * Updates the file with the lines in the database.
 * @throws Problem `registry-busy` when other processes wrote the file at each attempt; `resume`
 * writes it later
 */
export async function writeIndexFile(registry: Registry, name: SkillName): Promise<void> {
  await markWritten(registry, await putIndexFile(registry, name));
}

/**
 * Commits a new line together with other writes. From then on nobody is served the file that lacks
 * the line out of the memory of this process. The caller writes the file next.
 * @throws BatchClash as `Database.batch`
 */
export async function commitLine(
  registry: Registry,
  line: typeof indexLines.$inferInsert,
  writes: readonly BatchWrite[],
): Promise<void> {
  try {
    await registry.db.batch([...writes, (db) => db.insert(indexLines).values(line)]);
  } finally {
    // After a failure, too: a commit that reports an error may have taken effect.
    registry.known?.change(indexFileName(line.name));
  }
}

/**
 * Reads the file. In a process that alone writes, a file that is not in memory is compared with the
 * database, and written again when it lacks a line or is damaged. A missing file is always written
 * again.
 * @returns undefined when the skill is not in the index
 */
export async function readIndexFile(
  registry: Registry,
  name: SkillName,
): Promise<KnownFile | undefined> {
  const { known } = registry;
  const object = indexFileName(name);
  const kept = known?.get(object);
  if (kept !== undefined) return kept;
  const turn = known?.turn ?? 0;
  const { bytes, isWhole } = await readAndHeal(registry, name);
  if (bytes === undefined) return undefined;
  const file = { bytes, digest: digestOf(bytes) };
  if (isWhole) known?.keep(object, file, turn);
  return file;
}

interface ReadFile {
  readonly bytes: Uint8Array | undefined;
  /** Whether the file and the database have the same lines. */
  readonly isWhole: boolean;
}

async function readAndHeal(registry: Registry, name: SkillName): Promise<ReadFile> {
  // On Workers R2 notices damage itself, and a comparison for each read would be the most work of
  // the database. One question finds the files that no slice of a stop has reached.
  const [bytes, isBehind] = await Promise.all([
    registry.objects.get(indexFileName(name)),
    registry.known === undefined ? isFileBehind(registry, name) : true,
  ]);
  const asItIs = { bytes, isWhole: false };
  if (bytes !== undefined && !isBehind) return asItIs;
  let committed: Uint8Array;
  try {
    committed = (await composeIndex(registry, name, bytes)).bytes;
  } catch (error) {
    if (whyDamaged(error) === undefined) throw error;
    return asItIs;
  }
  const whole = { bytes: committed.byteLength === 0 ? undefined : committed, isWhole: true };
  if (Buffer.compare(bytes ?? Buffer.alloc(0), committed) === 0) return whole;
  // A database that lost its newest rows would remove lines from a file that still has them.
  if ((await behindNow(registry)) !== undefined) return asItIs;
  // The rows are the answer, also while the storage takes no file.
  if (whole.bytes !== undefined) await orLater(registry, () => writeIndexFile(registry, name));
  return whole;
}

/** Whether the file may show less than the database: a line, or the stop of a publisher. */
async function isFileBehind(registry: Registry, name: SkillName): Promise<boolean> {
  try {
    const unwritten = sql`SELECT 1 FROM ${indexLines} WHERE ${indexLines.name} = ${name} AND ${indexLines.written} = 0`;
    const [row] = await registry.db.read
      .select({
        behind: sql<number>`EXISTS (SELECT 1 FROM ${pendingStops}) OR EXISTS (${unwritten})`,
      })
      .from(guard);
    return row?.behind === 1;
  } catch (error) {
    // Installers judge the statements in the log, so the file is served without the database.
    registry.reportPutOff?.(error);
    return false;
  }
}

/**
 * Reads a part of an index file. In a process that alone writes, a part that the index names and
 * that is gone or damaged is made again.
 * @returns undefined when the index has no such part
 */
export async function readIndexPart(
  registry: Registry,
  name: SkillName,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  const { known } = registry;
  const object = indexPartName(name, digest);
  const kept = known?.get(object);
  if (kept !== undefined) return kept.bytes;
  const turn = known?.turn ?? 0;
  let bytes = await getPart(registry, name, digest);
  if (bytes === undefined && known !== undefined && (await isNamed(registry, name, digest))) {
    await markWritten(registry, await putIndexFile(registry, name, true));
    bytes = await getPart(registry, name, digest);
  }
  if (bytes !== undefined) known?.keep(object, { bytes, digest }, turn);
  return bytes;
}

async function isNamed(registry: Registry, name: SkillName, digest: Digest): Promise<boolean> {
  const file = await readIndexFile(registry, name);
  const parts = [...((file && readSound(file.bytes))?.parts ?? [])];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.digest === digest) return true;
    const inner = await partsIn(registry, name, part).catch(undefinedIfDamaged);
    // Nobody knows what a damaged part names. All parts are made again, so it is whole then.
    if (inner === undefined) return true;
    parts.push(...inner);
  }
  return false;
}

function undefinedIfDamaged(cause: unknown): undefined {
  if (!(cause instanceof Problem) || cause.code !== 'blob-damaged') throw cause;
}

/**
 * Writes some of the files that lack a line or a stop, after a crash, a failed write or a slice of
 * a stop. A file that cannot be written keeps no other waiting: its error is thrown at the end.
 * @returns whether others are left
 */
export async function writeLackingFiles(registry: Registry): Promise<boolean> {
  const lacking = await registry.db.read
    .selectDistinct({ name: indexLines.name })
    .from(indexLines)
    // A literal 0 and no parameter: SQLite uses the index over unwritten lines for the literal
    // only.
    .where(sql`${indexLines.written} = 0`)
    .limit(indexFilesWrittenAtOnce);
  const written: number[] = [];
  const failures: unknown[] = [];
  // A skill whose evidence is damaged must not keep the other skills waiting.
  for (const { name } of lacking)
    await putIndexFile(registry, name).then(
      (lines) => written.push(...lines),
      (error: unknown) => failures.push(error),
    );
  await markWritten(registry, written);
  if (failures.length > 0) throw failures[0];
  return lacking.length === indexFilesWrittenAtOnce;
}

/**
 * @param isAnew whether all parts are made anew
 * @returns log indexes of the lines that were unmarked and are in the file now
 */
async function putIndexFile(
  registry: Registry,
  name: SkillName,
  isAnew = false,
): Promise<readonly number[]> {
  return registry.exclusive(`index ${name}`, async () => {
    let unwritten: readonly number[] = [];
    await replaceObject(registry.objects, indexFileName(name), async (before) => {
      const composed = await composeIndex(registry, name, isAnew ? undefined : before);
      unwritten = composed.unwritten;
      return composed.bytes;
    });
    registry.known?.change(indexFileName(name));
    return unwritten;
  });
}

// Never by name: the file lacks a line that another process has committed since.
async function markWritten(registry: Registry, lines: readonly number[]): Promise<void> {
  if (lines.length === 0) return;
  await registry.db.batch([
    (db) => db.update(indexLines).set({ written: 1 }).where(isAmong(indexLines.logIndex, lines)),
  ]);
}

// Composes index files. The older lines of a skill with many versions are in parts, so a new
// version costs the same whatever the number of earlier ones. The database has every line. The file
// itself says which lines are in which part.

/** An index file as it should be. */
interface ComposedIndex {
  readonly bytes: Uint8Array;
  /** Log indexes of lines in the file and its parts that were not marked as written. */
  readonly unwritten: readonly number[];
}

/** What an index file has, and the database has not. */
interface Sealed {
  readonly parts: readonly OwnPart[];
  /** Log indexes of lines in parts that the file repeats, because their hints have changed. */
  readonly hinted: readonly number[];
}

const nothing: Sealed = { parts: [], hinted: [] };

/**
 * Composes an index file from the database, and stores its new parts.
 * @param before the file as it is. When it is missing or damaged, all parts are made anew
 */
async function composeIndex(
  registry: Registry,
  name: SkillName,
  before: Uint8Array | undefined,
): Promise<ComposedIndex> {
  try {
    return await composeBehind(registry, name, await sealedIn(registry, name, before));
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'blob-damaged') throw cause;
    return composeBehind(registry, name, nothing);
  }
}

async function sealedIn(
  registry: Registry,
  name: SkillName,
  before: Uint8Array | undefined,
): Promise<Sealed> {
  const file = before === undefined ? undefined : readSound(before);
  const upTo = file?.parts.at(-1)?.upTo;
  if (file === undefined || upTo === undefined) return nothing;
  // A database that was restored may lack lines that the parts have.
  const [last] = await readLines(registry, name, { from: upTo, upTo });
  if (last === undefined) return nothing;
  const indexes = file.lines.map(({ logIndex }) => logIndex);
  return { parts: file.parts, hinted: indexes.filter((logIndex) => logIndex <= upTo) };
}

async function composeBehind(
  registry: Registry,
  name: SkillName,
  sealed: Sealed,
): Promise<ComposedIndex> {
  const upTo = sealed.parts.at(-1)?.upTo ?? -1;
  const changed = upTo === -1 ? [] : await unwrittenLines(registry, name, upTo);
  const due = upTo === -1 ? [] : await dueLines(registry, name, upTo);
  const hinted = [...new Set([...sealed.hinted, ...changed, ...due])];
  const isFull = hinted.length > indexHintedMax;
  const unwritten = [...changed];
  let content: IndexContent = {
    parts: isFull ? await renewParts(registry, name, { ...sealed, hinted }) : sealed.parts,
    lines: [],
  };
  for (let from = upTo + 1, isMore = true; isMore; ) {
    const page = await readLines(registry, name, { from, limit: indexLinesReadAtOnce });
    unwritten.push(...page.filter((line) => !line.isWritten).map((line) => line.logIndex));
    content = await sealOldest(registry, name, {
      ...content,
      lines: [...content.lines, ...page],
    });
    from = (page.at(-1)?.logIndex ?? 0) + 1;
    isMore = page.length === indexLinesReadAtOnce;
  }
  const repeated = isFull ? [] : await readLinesAt(registry, hinted);
  const bytes = printIndex({ ...content, lines: [...repeated, ...content.lines] });
  return { bytes, unwritten };
}

/** Moves the oldest lines into parts, and the oldest parts into deeper ones, until few are left. */
async function sealOldest(
  registry: Registry,
  name: SkillName,
  { parts, lines }: IndexContent,
): Promise<IndexContent> {
  if (lines.length <= indexEntriesMax) return { parts, lines };
  const oldest = { parts: [], lines: lines.slice(0, indexEntriesSealed) };
  const more = [...parts, await putPart(registry, name, oldest)];
  return sealOldest(registry, name, {
    parts: await sealParts(registry, name, more),
    lines: lines.slice(indexEntriesSealed),
  });
}

async function sealParts(
  registry: Registry,
  name: SkillName,
  parts: readonly OwnPart[],
  depth = 1,
): Promise<readonly OwnPart[]> {
  const alike = parts.filter((part) => part.depth === depth);
  if (alike.length <= indexEntriesMax) return parts;
  // Deeper parts have older lines, so they come first.
  const from = parts.findIndex((part) => part.depth === depth);
  const upTo = from + indexEntriesSealed;
  const deeper = await putPart(registry, name, { parts: parts.slice(from, upTo), lines: [] });
  const rest = [...parts.slice(0, from), deeper, ...parts.slice(upTo)];
  return sealParts(registry, name, rest, depth + 1);
}

/** Makes the parts anew whose lines have other hints now. */
async function renewParts(
  registry: Registry,
  name: SkillName,
  { parts, hinted }: Sealed,
  begin = 0,
): Promise<readonly OwnPart[]> {
  const renewed: OwnPart[] = [];
  let from = begin;
  for (const part of parts) {
    const { upTo } = part;
    const within = hinted.filter((logIndex) => logIndex >= from && logIndex <= upTo);
    if (within.length === 0) renewed.push(part);
    else {
      const children = await partsIn(registry, name, part);
      const inner = { parts: children, hinted: within };
      const content = {
        parts: await renewParts(registry, name, inner, from),
        lines: children.length > 0 ? [] : await readLines(registry, name, { from, upTo }),
      };
      renewed.push(await putPart(registry, name, content));
    }
    from = upTo + 1;
  }
  return renewed;
}
