/** The skills of another registry that a line of the mirror's list means. */
import { Problem } from '../../../skills-index/skill/problem.ts';
import { problemOf } from '../../../skills-index/skill/thrown.ts';
import type { MirroredRegistry } from '../import/mirror-list.ts';
import { listedSkillsMax, listPagesMax, pageItems } from './limits.ts';
import { skillPage } from './upstream-answers.ts';
import { type UpstreamRegistry, withQuery } from './upstream-registry.ts';
import { walkPages } from './walk-pages.ts';

export interface ListedSkill {
  /** The name, as the other registry writes it. */
  readonly slug: string;
  readonly owner?: string;
  /** The newest version; absent where the list does not name it. */
  readonly latest?: string;
}

export interface SkillList {
  readonly skills: readonly ListedSkill[];
  /** Why the list may lack skills. */
  readonly problem?: Problem;
}

/**
 * Reads the whole list, or takes the skills that the line names. What was read before a failure
 * counts.
 */
export async function listSkills(
  upstream: UpstreamRegistry,
  { owner, skills: named }: MirroredRegistry,
  signal: AbortSignal,
): Promise<SkillList> {
  const given = owner === undefined ? {} : { owner };
  if (named !== undefined) return { skills: named.map((slug) => ({ slug, ...given })) };
  // A skill may be on two pages of a list that changes while it is read.
  const skills = new Map<string, ListedSkill>();
  const list = `the list of skills of ${upstream.address}`;
  try {
    for await (const { latestVersion, ownerHandle, slug } of walkPages(
      list,
      listPagesMax,
      (cursor) => readPage(upstream, list, cursor),
    )) {
      const of = ownerHandle?.replace(/^@/, '');
      if (owner !== undefined && of === undefined) throw ownersUnnamed(list);
      if (owner !== undefined && of !== owner) continue;
      const key = `${of ?? ''}/${slug}`;
      if (skills.has(key)) continue;
      if (skills.size >= listedSkillsMax) throw tooLong(list);
      skills.set(key, {
        slug,
        ...(of === undefined ? {} : { owner: of }),
        ...(latestVersion === null ? {} : { latest: latestVersion.version }),
      });
    }
    return { skills: [...skills.values()] };
  } catch (thrown) {
    return { skills: [...skills.values()], problem: problemOf(thrown, signal.aborted) };
  }
}

async function readPage(upstream: UpstreamRegistry, list: string, cursor: string | undefined) {
  // An order in which a skill keeps its place while others get new versions.
  const query = { limit: String(pageItems), sort: 'createdAt', cursor };
  const page = await upstream.ask(withQuery('skills', query), skillPage);
  if (page !== undefined) return page;
  throw new Problem('upstream-failed', `Cannot read ${list}: the registry does not show it`);
}

// A request for each skill of the whole registry would be needed to learn the owners.
function ownersUnnamed(list: string): Problem {
  return new Problem(
    'upstream-invalid',
    `Cannot choose the skills of one owner: ${list} names no owners`,
    { hint: 'Name the skills of the owner in the list of skillgate mirror: skills = ["NAME"].' },
  );
}

function tooLong(list: string): Problem {
  return new Problem(
    'upstream-invalid',
    `Cannot read ${list}: more than ${listedSkillsMax} skills`,
  );
}
