/** Keeps a vector for each offered skill, in slices beside the requests. */
import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { type SkillName, shortNameOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Registry } from '../../context.ts';
import { keepOn } from '../../keep-on.ts';
import type { BatchWrite } from '../../store/batch.ts';
import { skills, skillVectors } from '../catalogue-schema.ts';
import { byteVectorOf } from './byte-vector.ts';
import type { Embedder } from './embedder.ts';
import {
  embeddedAtOnce,
  embeddedSlicesMax,
  embedSkillsMs,
  meaningBusyPauseMs,
  meaningFailurePauseMs,
  meaningPauseMs,
} from './limits.ts';
import { vectorMarks } from './vector-marks.ts';

type WaitingSkill = Pick<typeof skills.$inferSelect, 'name' | 'scope' | 'description'>;

/**
 * Embeds the texts of some skills that wait for a vector.
 * @returns whether there were any; others may be left then
 * @throws Problem `embedder-failed`
 */
export async function embedSkills(registry: Registry): Promise<boolean> {
  const { meaning, readers } = registry;
  if (meaning === undefined) return false;
  const marks = vectorMarks(registry, meaning);
  const waiting = await waitingSkills(registry, [marks.leftOut, marks.embedded]);
  if (waiting.length === 0) return false;
  const mayLeave = ({ scope }: WaitingSkill): boolean =>
    meaning.includesPrivate || readers?.isPrivate(scope) !== true;
  const vectors = await vectorsOf(meaning.embedder, waiting.filter(mayLeave));
  const writes = waiting.flatMap((skill): BatchWrite[] => {
    const vector = vectors.get(skill.name);
    const isSame = and(eq(skills.name, skill.name), eq(skills.description, skill.description));
    const mark = vector === undefined ? marks.leftOut : marks.embedded;
    return [
      ...(vector === undefined ? [] : [writeVector(vector, isSame)]),
      // The text may have changed while the model worked: such a row goes on waiting.
      (db) => db.update(skills).set({ vectorMark: mark }).where(isSame),
    ];
  });
  await registry.db.batch(writes);
  return true;
}

/** Some slices, for a cron trigger. */
export async function embedSomeSkills(registry: Registry): Promise<void> {
  for (let slices = 0; slices < embeddedSlicesMax; slices++)
    if (!(await embedSkills(registry))) return;
}

/**
 * Slice after slice, with pauses, until the signal aborts.
 * @param onFailure receives the error of a slice, after which the next slice comes later
 */
export async function keepMeaning(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  if (registry.meaning === undefined) return;
  const pauses = {
    busy: meaningBusyPauseMs,
    idle: meaningPauseMs,
    failure: meaningFailurePauseMs,
  };
  await keepOn(() => embedSkills(registry), pauses, { signal, onFailure });
}

/** Some skills whose mark is another than these. An index has the marks, so few rows are read. */
async function waitingSkills(
  { db }: Registry,
  marks: readonly [string, string],
): Promise<WaitingSkill[]> {
  const [low, high] = marks.toSorted();
  const { vectorMark } = skills;
  const found: WaitingSkill[] = [];
  for (const between of [
    lt(vectorMark, low ?? ''),
    and(gt(vectorMark, low ?? ''), lt(vectorMark, high ?? '')),
    gt(vectorMark, high ?? ''),
  ]) {
    if (found.length >= embeddedAtOnce) break;
    const { name, scope, description } = skills;
    found.push(
      ...(await db.read
        .select({ name, scope, description })
        .from(skills)
        .where(between)
        .limit(embeddedAtOnce - found.length)),
    );
  }
  return found;
}

/** Vectors by name. A skill whose text the model refuses has none. */
async function vectorsOf(
  embedder: Embedder,
  waiting: readonly WaitingSkill[],
): Promise<Map<SkillName, ReturnType<typeof byteVectorOf>>> {
  if (waiting.length === 0) return new Map();
  try {
    const texts = waiting.map(({ description, name }) => `${shortNameOf(name)}: ${description}`);
    const vectors = await embedder.embed(texts, AbortSignal.timeout(embedSkillsMs));
    return new Map(
      vectors.flatMap((vector, at) => {
        const skill = waiting[at];
        return skill === undefined ? [] : [[skill.name, byteVectorOf(vector)] as const];
      }),
    );
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'embedder-refused') throw thrown;
    if (waiting.length === 1) return new Map();
    // One refused text must not keep the others from their vectors.
    const singly = await Promise.all(waiting.map((one) => vectorsOf(embedder, [one])));
    return new Map(singly.flatMap((one) => [...one]));
  }
}

function writeVector(vector: ReturnType<typeof byteVectorOf>, isSame: SQL | undefined): BatchWrite {
  const bytes = sql.param(vector, skillVectors.vector);
  return (db) =>
    db
      .insert(skillVectors)
      .select(sql`SELECT ${skills.name}, ${bytes} FROM ${skills} WHERE ${isSame}`)
      .onConflictDoUpdate({ target: skillVectors.name, set: { vector } });
}
