/** Copies the newest versions of one skill of another registry. */
import { isNamePart, parseSkillName } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { problemOf } from '../../../skills-index/skill/thrown.ts';
import { compareVersions, type Version } from '../../../skills-index/skill/version.ts';
import { ownedName } from '../../../skills-index/statement/source.ts';
import { answerCharsMax } from '../../limits.ts';
import { count } from '../../terminal/output.ts';
import { endsImport } from '../import/ending-problems.ts';
import { askImported } from '../import/import-gone.ts';
import { type ImportWorld, importOne } from '../import/import-one.ts';
import type { ImportRow } from '../import/import-table.ts';
import { tryVersion } from '../import/import-version.ts';
import { versionListPagesMax } from './limits.ts';
import type { ListedSkill } from './listed-skills.ts';
import { skillAnswer, versionPage } from './upstream-answers.ts';
import { type UpstreamRegistry, withQuery } from './upstream-registry.ts';
import { upstreamVersion } from './upstream-version.ts';
import { walkPages } from './walk-pages.ts';

export interface MirrorWorld extends ImportWorld {
  readonly upstream: UpstreamRegistry;
  /** How many versions of a skill are copied: the newest ones. */
  readonly versions: number;
}

/** A skill of the list, under the name that it gets here. */
export interface SkillToCopy extends ListedSkill {
  readonly path: string;
  /** Whether the list has the same name under several owners. */
  readonly isAmbiguous: boolean;
}

/**
 * Copies the versions that are not here, oldest first: when the newest is here, the others were
 * tried before it, and nothing is asked.
 * @returns a row for each version, or for the skill when it has no new version
 * @throws Problem that concerns all skills
 */
export async function mirrorSkill(world: MirrorWorld, skill: SkillToCopy): Promise<ImportRow[]> {
  return orRefused(world, skill.path, () => copyNew(world, skill));
}

/**
 * The rows of one skill, or the row of its failure.
 * @throws Problem that concerns all skills
 */
export async function orRefused(
  { context }: MirrorWorld,
  path: string,
  work: () => Promise<ImportRow[]>,
): Promise<ImportRow[]> {
  try {
    return await work();
  } catch (thrown) {
    const problem = problemOf(thrown, context.signal.aborted);
    if (endsImport(problem)) throw problem;
    return [refusedRow(path, problem)];
  }
}

/** The row of what could not be read. */
export function refusedRow(path: string, { code, message }: Problem): ImportRow {
  return { ...emptyRow, path, outcome: 'refused', code, reason: message };
}

const emptyRow = {
  inferred: false,
  verdict: null,
  status: null,
  localVerdict: 'none',
  cpuMillis: 0,
  seconds: 0,
};

async function copyNew(world: MirrorWorld, skill: SkillToCopy): Promise<ImportRow[]> {
  const { known, scope, upstream } = world;
  const { path, slug } = skill;
  if (!isNamePart(slug))
    throw new Problem('name-invalid', `Cannot name the skill: ${JSON.stringify(slug)} is no name`);
  const name = parseSkillName(`@${scope}/${slug}`);
  const listed = known.get(name) ?? [];
  const isHere = (version: string | undefined): ImportRow | undefined => {
    const here = listed.find((one) => one.version === version);
    return here && { ...emptyRow, ...here, path, name, outcome: 'there' };
  };
  const unchanged = isHere(skill.latest);
  if (unchanged !== undefined) return [unchanged];
  const { latest, owner } = await askSkill(upstream, skill);
  const named = { slug, ...(owner === undefined ? {} : { owner }) };
  const [one] = listed;
  if (one !== undefined) await requireSameSkill(world, name, one.version, named);
  else if (skill.isAmbiguous) throw ambiguous(slug);
  const same = isHere(latest);
  if (same !== undefined) return [same];
  const rows: ImportRow[] = [];
  const { leftOut, versions } = await newestVersions(world, named);
  if (leftOut.length > 0) rows.push(refusedRow(path, noVersions(leftOut)));
  for (const version of versions) {
    if (isHere(version) !== undefined) continue;
    const row = await importOne(world, upstreamVersion({ upstream, ...named, version }));
    rows.push(row);
    // The next run begins with this version: a newer version here would hide that it is missing.
    if (row.code === 'upstream-failed') break;
  }
  return rows;
}

async function askSkill(upstream: UpstreamRegistry, { owner, slug }: ListedSkill) {
  const answer = await upstream.ask(
    withQuery(`skills/${slug}`, { ownerHandle: owner }),
    skillAnswer,
  );
  if (answer === undefined)
    throw new Problem('upstream-missing', `${upstream.address} does not offer the skill ${slug}`);
  if (answer.moderation?.isMalwareBlocked === true)
    throw new Problem('upstream-blocked', `${upstream.address} blocks ${slug} as malware`);
  const handle = answer.owner?.handle?.replace(/^@/, '') ?? owner;
  if (handle !== undefined && !/^[A-Za-z0-9][\w.-]{0,63}$/.test(handle))
    throw new Problem('upstream-invalid', `${JSON.stringify(handle)} is no name of an owner`);
  if (owner !== undefined && handle !== owner)
    throw new Problem(
      'upstream-invalid',
      `Cannot take ${slug}: it was asked for as a skill of ${owner}, and is one of ${handle}`,
    );
  return { owner: handle, latest: answer.latestVersion?.version };
}

// Without this check, a stranger who publishes a skill of the same name in the other registry would
// publish versions of the skill that is known here under this name.
async function requireSameSkill(
  world: MirrorWorld,
  name: string,
  version: string,
  { owner, slug }: ListedSkill,
): Promise<void> {
  const { mirrored } = await askImported(world, name, version);
  const { address } = world.upstream;
  if (mirrored?.registry === address && mirrored.owner === owner && mirrored.skill === slug) return;
  const from =
    mirrored === null
      ? 'was not copied from a registry'
      : `was copied from ${ownedName(mirrored.owner, mirrored.skill)} of ${mirrored.registry}`;
  throw new Problem(
    'name-taken',
    `${name} ${from}, so it gets no versions of ${ownedName(owner, slug)}`,
    { hint: 'Give this registry or owner a scope of its own in the list of skillgate mirror.' },
  );
}

function ambiguous(slug: string): Problem {
  return new Problem('name-taken', `Several owners have a skill ${slug}`, {
    hint: 'Name the owner in the list of skillgate mirror: owner = "NAME".',
  });
}

interface NewestVersions {
  /** Oldest first. */
  readonly versions: readonly Version[];
  /** Numbers among the newest ones that are no semantic versions. */
  readonly leftOut: readonly string[];
}

async function newestVersions(
  { upstream, versions: most }: MirrorWorld,
  { owner, slug }: ListedSkill,
): Promise<NewestVersions> {
  const found: Version[] = [];
  const leftOut: string[] = [];
  const list = `the versions of ${slug}`;
  const pages = walkPages(list, versionListPagesMax, async (cursor) => {
    const query = { limit: String(most), cursor, ownerHandle: owner };
    const page = await upstream.ask(withQuery(`skills/${slug}/versions`, query), versionPage);
    if (page !== undefined) return page;
    throw new Problem('upstream-missing', `${upstream.address} does not show ${list}`);
  });
  for await (const { version: text } of pages) {
    const version = tryVersion(text);
    if (version === undefined) leftOut.push(text);
    else if (!found.includes(version)) found.push(version);
    if (found.length >= most) break;
  }
  return { versions: found.sort(compareVersions), leftOut };
}

function noVersions(leftOut: readonly string[]): Problem {
  const first = JSON.stringify(leftOut[0]?.slice(0, answerCharsMax));
  return new Problem(
    'version-invalid',
    `${count(leftOut.length, 'version')} left out, because a number such as ${first} is no semantic version. Only the author can publish it under a number such as 1.2.0`,
  );
}
