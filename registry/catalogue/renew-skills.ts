/**
 * Keeps the catalogue in step with the index: one row for each skill, with the version that is
 * offered to somebody who names none.
 */
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { type SkillName, scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { compareVersions, resolveVersion } from '../../skills-index/skill/version.ts';
import { type IndexLine, parseIndexFile } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { adviceKinds } from '../index/index-rows.ts';
import { readLine } from '../index/packs.ts';
import { letOthersGoOn } from '../people/identity-statements.ts';
import type { BatchWrite } from '../store/batch.ts';
import { audit, indexLines, versions } from '../store/schema.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';
import { changedSkills, nameWords, skills } from './plugin-packages.ts';
import { correctedWordsOf } from './search/rank-skills.ts';
import { idsOf, nextIdIn, placeSome } from './visible-skills.ts';

/** The newest versions of a skill that are looked at for the one to offer. */
const offeredCandidatesMax = 64;

/** Skills whose rows one slice renews. */
const skillsRenewedAtOnce = 5;

/**
 * Renews the rows of some skills whose versions changed, and gives some others the ids of scopes
 * that became private or public.
 * @param candidates the number of a skill's newest versions that are looked at
 * @returns whether there were any; others may be left then
 */
export async function renewSkills(
  registry: Registry,
  candidates = offeredCandidatesMax,
): Promise<boolean> {
  const isMore = await placeSome(registry);
  const changed = await registry.db.read
    .select()
    .from(changedSkills)
    .orderBy(asc(changedSkills.name))
    .limit(skillsRenewedAtOnce);
  const writes: BatchWrite[] = [];
  for (const { name, turn } of changed) {
    writes.push(...(await renewalOf(registry, name, candidates)));
    const isDone = and(eq(changedSkills.name, name), eq(changedSkills.turn, turn));
    writes.push((db) => db.delete(changedSkills).where(isDone));
    await letOthersGoOn(registry);
  }
  // One batch for all: the disk syncs once for each batch, and a stop of a publisher changes very
  // many skills.
  if (writes.length > 0) await registry.db.batch(writes);
  return isMore || changed.length > 0;
}

/** The writes that renew the row of a skill, with the words of its name. */
async function renewalOf(
  registry: Registry,
  name: SkillName,
  candidates: number,
): Promise<BatchWrite[]> {
  const row = await offeredOf(registry, name, candidates);
  if (row === undefined) return [(db) => db.delete(skills).where(eq(skills.name, name))];
  const ids = idsOf(registry.readers, scopeOf(name));
  const next = nextIdIn(ids);
  const id = sql`CASE WHEN ${skills.id} BETWEEN ${ids.from} AND ${ids.to} THEN ${skills.id} ELSE ${next} END`;
  return [
    (db) =>
      db
        .insert(skills)
        .values({ ...row, id: next })
        .onConflictDoUpdate({ target: skills.name, set: { ...row, id } }),
    ...nameWordsOf(name),
  ];
}

/**
 * The row of a skill. Like an installer without a range, it prefers the highest version that is no
 * prerelease, and takes no yanked one. Versions older than the newest few count only while they
 * are offered already: a skill may have any number of versions.
 * @returns undefined when the skill has no version to offer
 */
async function offeredOf(
  registry: Registry,
  name: SkillName,
  candidates: number,
): Promise<typeof skills.$inferInsert | undefined> {
  const { db } = registry;
  const [before] = await db.read
    .select({ id: skills.versionId })
    .from(skills)
    .where(eq(skills.name, name));
  const columns = { ...visibleColumns, line: indexLines.logIndex, since: audit.at };
  const joined = () =>
    db.read
      .select(columns)
      .from(versions)
      .innerJoin(indexLines, eq(indexLines.versionId, versions.id))
      .leftJoin(audit, and(eq(audit.versionId, versions.id), eq(audit.move, versions.move)));
  const found = await readVisible(registry, async () => [
    ...(await joined()
      .where(and(eq(versions.name, name), eq(versions.status, 'approved')))
      .orderBy(desc(versions.logIndex))
      .limit(candidates)),
    ...(before === undefined ? [] : await joined().where(eq(versions.id, before.id))),
  ]);
  const approved = found.filter(({ status }) => status === 'approved');
  const advice = await adviceKinds(
    registry,
    approved.map(({ id }) => id),
  );
  const offered = approved.filter(({ id }) => advice.get(id)?.includes('yanked') !== true);
  const all = offered.map(({ version }) => version);
  const highest = resolveVersion('*', all) ?? all.toSorted(compareVersions).at(-1);
  const chosen = offered.find(({ version }) => version === highest);
  const line = chosen && (await offeredLine(registry, chosen.line));
  if (chosen === undefined || line === undefined) return undefined;
  const { description, capabilities } = line;
  return {
    name,
    versionId: chosen.id,
    description,
    capabilities,
    offeredSince: chosen.since ?? chosen.createdAt,
  };
}

/** The words of a skill's short name, by which a search finds what a typo means. */
function nameWordsOf(name: SkillName): BatchWrite[] {
  const rows = correctedWordsOf(shortNameOf(name)).map((word) => ({ word }));
  if (rows.length === 0) return [];
  return [(db) => db.insert(nameWords).values(rows).onConflictDoNothing()];
}

/** Installers refuse an index with an unreadable line, so its skill is not offered. */
async function offeredLine(registry: Registry, logIndex: number): Promise<IndexLine | undefined> {
  try {
    const line = await readLine(registry, logIndex);
    return line && parseIndexFile(Buffer.from(line.text), line.name)[0];
  } catch (error) {
    registry.reportPutOff?.(error);
    return undefined;
  }
}
