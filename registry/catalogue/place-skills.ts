/**
 * Gives skills other ids when their scope becomes private or public, a few at a time. Meanwhile
 * searches read all ids, and compare the scope of each skill.
 */
import { asc, eq, gt } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Registry } from '../context.ts';
import type { HiddenScopes } from '../readers/may-read.ts';
import type { Readers } from '../readers/readers.ts';
import type { BatchWrite } from '../store/batch.ts';
import { skillPlaces, skills } from './catalogue-schema.ts';
import { skillsPlacedAtOnce } from './limits.ts';
import { type IdRange, idsOf, nextIdIn, shownIds } from './skill-ids.ts';

/**
 * The ids that a search reads; undefined for all ids.
 * @param hidden scopes whose skills the search leaves out
 */
export async function searchedIds(
  registry: Registry,
  hidden: HiddenScopes,
): Promise<readonly IdRange[] | undefined> {
  const ids = shownIds(registry.readers, hidden);
  if (ids === undefined) return undefined;
  const { after, privacy } = await readPlace(registry);
  return after === null && privacy === privacyOf(registry.readers) ? ids : undefined;
}

/**
 * Gives the next skills the ids of their scopes.
 * @returns whether others may be left
 */
export async function placeSome(registry: Registry, limit = skillsPlacedAtOnce): Promise<boolean> {
  const { db, readers } = registry;
  const privacy = privacyOf(readers);
  const place = await readPlace(registry);
  const isSame = place.privacy === privacy;
  if (isSame && place.after === null) return false;
  const after = (isSame ? place.after : null) ?? '';
  const rows = await db.read
    .select({ id: skills.id, name: skills.name, scope: skills.scope })
    .from(skills)
    .where(gt(skills.name, after as SkillName))
    .orderBy(asc(skills.name))
    .limit(limit);
  const moves = rows.flatMap(({ id, name, scope }): BatchWrite[] => {
    const ids = idsOf(readers, scope);
    if (id >= ids.from && id <= ids.to) return [];
    return [
      (to) =>
        to
          .update(skills)
          .set({ id: nextIdIn(ids) })
          .where(eq(skills.name, name)),
    ];
  });
  const isMore = rows.length === limit;
  const next = { privacy, after: isMore ? (rows.at(-1)?.name ?? null) : null };
  await db.batch([
    ...moves,
    (to) =>
      to
        .insert(skillPlaces)
        .values({ id: 1, ...next })
        .onConflictDoUpdate({ target: skillPlaces.id, set: next }),
  ]);
  return isMore;
}

async function readPlace({ db }: Registry): Promise<Omit<typeof skillPlaces.$inferSelect, 'id'>> {
  const [place] = await db.read.select().from(skillPlaces).where(eq(skillPlaces.id, 1));
  return place ?? { privacy: privacyOf(undefined), after: null };
}

function privacyOf(readers: Readers | undefined): string {
  const scopes = readers?.privateScopes ?? [];
  return scopes === 'everything' ? scopes : digestOf(canonicalJson([...scopes].sort()));
}
