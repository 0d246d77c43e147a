/** Orders what a search found by words once more, by the meaning of the query. */
import { and, eq } from 'drizzle-orm';
import type { SkillName } from '../../../skills-index/skill/name.ts';
import type { Registry } from '../../context.ts';
import { isAmong } from '../../store/batch.ts';
import { skills, skillVectors } from '../catalogue-schema.ts';
import { type ByteVector, cosineOf } from './byte-vector.ts';
import { fusionConstant } from './limits.ts';
import { vectorMarks } from './vector-marks.ts';

/**
 * Fuses two orders by reciprocal ranks: the order of the words, and the order of the directions. A
 * skill without a vector keeps its place among the words in both.
 * @param found the best one first
 * @returns the same skills; in the same order where the model gives no vector
 */
export async function orderByMeaning<Skill extends { readonly name: SkillName }>(
  registry: Registry,
  query: string,
  found: readonly Skill[],
): Promise<readonly Skill[]> {
  if (registry.meaning === undefined || found.length < 2) return found;
  const wanted = await registry.meaning.queries.of(query, registry.now().getTime(), (error) =>
    registry.reportPutOff?.(error),
  );
  if (wanted === undefined) return found;
  const { embedded } = vectorMarks(registry, registry.meaning);
  const vectors = await vectorsOf(
    registry,
    embedded,
    found.map(({ name }) => name),
  );
  return fuse(found, ({ name }) => {
    const vector = vectors.get(name);
    return vector && cosineOf(wanted, vector);
  });
}

/** The vectors of some skills by their names: those of the present model and text. */
async function vectorsOf(
  { db }: Registry,
  mark: string,
  names: readonly SkillName[],
): Promise<ReadonlyMap<SkillName, ByteVector>> {
  const rows = await db.read
    .select({ name: skillVectors.name, vector: skillVectors.vector })
    .from(skillVectors)
    .innerJoin(skills, eq(skills.name, skillVectors.name))
    .where(and(isAmong(skillVectors.name, names), eq(skills.vectorMark, mark)));
  return new Map(rows.map(({ name, vector }) => [name, vector]));
}

/** @param likeness of a skill to the query; undefined for a skill without a vector */
export function fuse<Skill>(
  found: readonly Skill[],
  likeness: (skill: Skill) => number | undefined,
): readonly Skill[] {
  const places = found.map((skill, place) => ({ skill, place, likeness: likeness(skill) }));
  const byMeaning = places
    .filter((one) => one.likeness !== undefined)
    .toSorted((a, b) => (b.likeness ?? 0) - (a.likeness ?? 0) || a.place - b.place);
  const meant = new Map(byMeaning.map((one, place) => [one.place, place]));
  const scoreOf = (place: number): number =>
    1 / (fusionConstant + place) + 1 / (fusionConstant + (meant.get(place) ?? place));
  return places
    .toSorted((a, b) => scoreOf(b.place) - scoreOf(a.place) || a.place - b.place)
    .map(({ skill }) => skill);
}
