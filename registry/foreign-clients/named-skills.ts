/** The skills that an address of this site names for clients that install what an index has. */
import type { Context } from 'hono';
import {
  parseScope,
  parseSkillName,
  type Scope,
  type SkillName,
  scopeOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import { indexDescription } from '../../skills-index/trust/index-files/index-line.ts';
import { type ShownSkill, skillsByName } from '../catalogue/shown-skills.ts';
import type { Registry } from '../context.ts';
import { requireReading } from '../readers/may-read.ts';
import { filesOf, skillMdOf } from '../versions/manifests.ts';
import { versionsInScope } from '../versions/scope-versions.ts';
import { indexedSkillsMax } from './limits.ts';
import { readableSkills } from './readable-skills.ts';
import { requireOffered, requireServed, type ServedVersion } from './served-version.ts';

/** A version with the text that an index has about it. */
export type NamedSkill = ServedVersion & Pick<ShownSkill, 'description'>;

/**
 * All offered skills that the request may read.
 * @throws Problem `request-invalid` for more skills than a client can be expected to fetch
 */
export async function namedSkills(
  registry: Registry,
  context: Context,
): Promise<readonly NamedSkill[]> {
  const skills: NamedSkill[] = [];
  for await (const skill of readableSkills(registry, context, { limit: indexedSkillsMax + 1 })) {
    if (skills.length === indexedSkillsMax) throw tooManySkills(registry, 'This registry');
    skills.push(skill);
  }
  return skills;
}

/**
 * The offered skills of the scope in the path; none when all its versions wait or were stopped.
 * @throws Problem as `namedSkills`; `not-found` for a scope without versions
 */
export async function skillsOfScope(
  registry: Registry,
  context: Context,
): Promise<{ readonly scope: Scope; readonly skills: readonly NamedSkill[] }> {
  const scope = parseScope(context.req.param('scope') ?? '');
  const missing = missingScope(scope);
  await requireReading(registry, context, () => new Set([scope]), missing);
  const { next, skills } = await skillsByName(registry, { scope, limit: indexedSkillsMax + 1 });
  if (next !== undefined) throw tooManySkills(registry, `@${scope}`);
  const first = { after: undefined, limit: 1 };
  if (skills.length === 0 && (await versionsInScope(registry, scope, first)).length === 0)
    throw new Problem('not-found', missing);
  return { scope, skills };
}

function tooManySkills(registry: Registry, owner: string): Problem {
  return new Problem(
    'request-invalid',
    `${owner} has more than ${indexedSkillsMax} skills, and the client would fetch them all`,
    { hint: `Name a skill: ${registry.config.base}/@scope/name` },
  );
}

/** What a client is told of a scope that offers nothing. */
export function missingScope(scope: Scope): string {
  return `This registry offers no skill of @${scope}`;
}

/** The skill in the path: `/:scope/:name`, where a version may follow the name behind an @. */
export async function skillInPath(registry: Registry, context: Context): Promise<NamedSkill> {
  const [short = '', named] = (context.req.param('name') ?? '').split('@');
  const name = parseSkillName(`${context.req.param('scope')}/${short}`);
  const version = named === undefined ? undefined : parseVersion(named);
  await requireReadingSkill(registry, context, name, version);
  if (version === undefined) return requireOffered(registry, name);
  const row = await requireServed(registry, { name, version });
  const { description } = await skillMdOf(registry, await filesOf(registry, row));
  return { ...row, description: indexDescription(description) };
}

/**
 * @param version that the request names: what is private is missed as what does not exist. It is
 * parsed before, because a refusal of its form would tell the two apart
 * @throws Problem `not-found`
 */
export async function requireReadingSkill(
  registry: Registry,
  context: Context,
  name: SkillName,
  version?: Version,
): Promise<void> {
  const what = version === undefined ? `skill ${name}` : `version ${name}@${version}`;
  const missing = `This registry has no ${what}`;
  await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
}
