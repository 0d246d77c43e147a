/** What a public page is about, for whoever may read it. */
import type { Context } from 'hono';
import { type Scope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { findSkill } from '../catalogue/shown-skills.ts';
import type { Registry, VersionName } from '../context.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { requireReading } from '../readers/may-read.ts';
import { newestVersion } from '../versions/find-versions.ts';
import { type PublicVersion, readPublicVersion } from './approved-version.ts';

/**
 * The offered version of a skill; undefined when the registry offers none.
 * @throws Problem `not-found` for a skill without any version
 */
export async function requireSkillPage(
  registry: Registry,
  context: Context,
  name: SkillName,
): Promise<PublicVersion | undefined> {
  const missing = `This registry has no skill ${name}`;
  await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
  const skill = await findSkill(registry, name);
  if (skill !== undefined) return readPublicVersion(registry, skill);
  if ((await newestVersion(registry, name)) === undefined) throw new Problem('not-found', missing);
  return undefined;
}

/** @throws Problem `not-found` */
export async function requireVersionPage(
  registry: Registry,
  context: Context,
  which: VersionName,
): Promise<PublicVersion> {
  const missing = `This registry has no version ${which.name}@${which.version}`;
  await requireReading(registry, context, () => new Set([scopeOf(which.name)]), missing);
  return readPublicVersion(registry, which);
}

/**
 * The statements about a claimed scope.
 * @throws Problem `not-found`
 */
export async function requireScopePage(
  registry: Registry,
  context: Context,
  scope: Scope,
): Promise<Awaited<ReturnType<typeof readIdentities>>['chain']> {
  const missing = `This registry offers no skill of @${scope}`;
  await requireReading(registry, context, () => new Set([scope]), missing);
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  if (chain.scopeStatementOf(scope, latest) === undefined) throw new Problem('not-found', missing);
  return chain;
}
