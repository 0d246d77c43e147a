/** The versions of a skill at a registry. */
import type * as v from 'valibot';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { versionsAnswer } from './registry-answers.ts';
import { askRegistry, type RegistryWorld, versionPath } from './registry-api.ts';

/** Pages of the list of a skill's versions. */
export const versionPagesMax = 1_000;

type ListedVersion = v.InferOutput<typeof versionsAnswer>['versions'][number];

/**
 * The versions of a skill, oldest first.
 * @throws Problem `not-found`, `registry-answer-invalid` for a list without end, and as
 * `askRegistry`
 */
export async function fetchVersions(
  world: RegistryWorld,
  name: SkillName,
): Promise<readonly ListedVersion[]> {
  const path = `/api/v1/versions${versionPath(name)}`;
  const pages: (readonly ListedVersion[])[] = [];
  let query = '';
  while (pages.length < versionPagesMax) {
    const { versions, next } = await askRegistry(world, `${path}${query}`, versionsAnswer);
    pages.push(versions);
    if (next === null) return pages.flat();
    query = `?after=${encodeURIComponent(next)}`;
  }
  throw new Problem(
    'registry-answer-invalid',
    `Cannot read the versions of ${name}: the registry’s list has more than ${versionPagesMax} pages`,
  );
}

/** The versions of a skill that were published last. */
interface NewestVersions {
  /** Oldest first. */
  readonly versions: readonly ListedVersion[];
  /** Whether the registry has older ones. */
  readonly hasOlder: boolean;
}

/**
 * Reads as many of the newest versions as a page of the registry has.
 * @throws Problem `not-found`, and as `askRegistry`
 */
export async function fetchNewestVersions(
  world: RegistryWorld,
  name: SkillName,
): Promise<NewestVersions> {
  const path = `/api/v1/versions${versionPath(name)}?before=end`;
  const { versions, previous } = await askRegistry(world, path, versionsAnswer);
  return { versions, hasOlder: previous !== null };
}
