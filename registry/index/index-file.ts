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
import { indexFilesWrittenAtOnce } from '../limits.ts';
import { orLater } from '../log/after-logging.ts';
import { behindNow } from '../log/witness-duty.ts';
import { pendingStops } from '../store/advice-schema.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import type { KnownFile } from '../store/known-files.ts';
import { replaceObject } from '../store/objects.ts';
import { guard, indexLines } from '../store/schema.ts';
import { whyDamaged } from '../store/sqlite-errors.ts';
import { composeIndex } from './compose-index.ts';
import { getPart, indexPartName, partsIn, readSound } from './index-parts.ts';

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
