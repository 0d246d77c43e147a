/** The offered skills that one request may read, in the order of their names. */
import type { Context } from 'hono';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { type ShownSkill, skillsByName } from '../catalogue/shown-skills.ts';
import type { Registry } from '../context.ts';
import { scopesHiddenFrom } from '../readers/may-read.ts';

/**
 * Reads page by page. All skills of a hidden scope are passed over at once, so that their number
 * costs nothing.
 * @param after a name, or a place between names
 * @param limit rows of a page
 */
export async function* readableSkills(
  registry: Registry,
  context: Context,
  { after: first, limit }: { readonly after?: string | undefined; readonly limit: number },
): AsyncGenerator<ShownSkill> {
  const { only, scopes } = await scopesHiddenFrom(registry, context);
  if (only) {
    // In the order of names: `@a-b/` stands before `@a/`.
    for (const scope of scopes.toSorted((a, b) => (`${a}/` < `${b}/` ? -1 : 1)))
      for (let after = first; ; ) {
        const { next, skills } = await skillsByName(registry, { scope, after, limit });
        yield* skills;
        if (next === undefined) break;
        after = next;
      }
    return;
  }
  for (let after = first; ; ) {
    const { next, skills } = await skillsByName(registry, { after, limit });
    yield* skills.filter((skill) => !scopes.includes(scopeOf(skill.name)));
    if (next === undefined) return;
    const scope = scopeOf(next);
    // The digit 0 follows the slash.
    after = scopes.includes(scope) ? `@${scope}0` : next;
  }
}
