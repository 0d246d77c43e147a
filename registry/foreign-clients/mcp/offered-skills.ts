/** The skills that a registry offers over MCP to one request. */
import type { Context } from 'hono';
import { mcpPageEntriesMax } from '../../../skills-index/mcp/limits.ts';
import type { McpObject, ServedSkill } from '../../../skills-index/mcp/skill-entry.ts';
import type { ServedSkills } from '../../../skills-index/mcp/skill-methods.ts';
import { parseBundle } from '../../../skills-index/skill/bundle.ts';
import { type SkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { type ShownSkill, skillsByName } from '../../catalogue/shown-skills.ts';
import type { Registry } from '../../context.ts';
import { requireReading, scopesHiddenFrom } from '../../readers/may-read.ts';
import { requireBlob } from '../../store/blobs.ts';
import { filesOf, statementsOf } from '../../versions/manifests.ts';
import { mcpCacheMilliseconds } from '../limits.ts';
import { requireOffered } from '../served-version.ts';

/** Offered versions only, without those of scopes that the request may not read. */
export function offeredSkills(registry: Registry, context: Context): ServedSkills {
  const find = (name: SkillName) => findOffered(registry, context, name);
  return {
    async *after(name) {
      for await (const skill of shownAfter(registry, context, name))
        yield servedOf(registry, skill);
    },
    find: async (name) => servedOf(registry, await find(name)),
    open: async (name, path) => {
      const skill = await find(name);
      const file = (await filesOf(registry, skill)).find((one) => one.path === path);
      if (file === undefined)
        throw new Problem('not-found', `${name}@${skill.version} has no such file`);
      return requireBlob(registry, file.sha256);
    },
    caching: {
      ttlMs: mcpCacheMilliseconds,
      cacheScope: registry.readers === undefined ? 'public' : 'private',
    },
  };
}

/** @throws Problem as `requireOffered`; `not-found` for a skill that the request may not read */
async function findOffered(
  registry: Registry,
  context: Context,
  name: SkillName,
): Promise<ShownSkill> {
  const missing = `This registry has no skill ${name}`;
  await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
  return requireOffered(registry, name);
}

/**
 * The skills behind a name that the request may read, read page by page. All skills of a hidden
 * scope are passed over at once, so that their number costs nothing.
 */
async function* shownAfter(
  registry: Registry,
  context: Context,
  name: string | undefined,
): AsyncGenerator<ShownSkill> {
  const { only, scopes } = await scopesHiddenFrom(registry, context);
  const limit = mcpPageEntriesMax + 1;
  let after = name;
  if (only) {
    // In the order of names: `@a-b/` stands before `@a/`.
    for (const scope of scopes.toSorted((a, b) => (`${a}/` < `${b}/` ? -1 : 1)))
      for (let place = after; ; ) {
        const { next, skills } = await skillsByName(registry, { scope, after: place, limit });
        yield* skills;
        if (next === undefined) break;
        place = next;
      }
    return;
  }
  for (;;) {
    const { next, skills } = await skillsByName(registry, { after, limit });
    yield* skills.filter((skill) => !scopes.includes(scopeOf(skill.name)));
    if (next === undefined) return;
    const scope = scopeOf(next);
    // The digit 0 follows the slash.
    after = scopes.includes(scope) ? `@${scope}0` : next;
  }
}

function servedOf(registry: Registry, skill: ShownSkill): ServedSkill {
  const { bundle, description, name } = skill;
  const readBundle = async () => parseBundle(await requireBlob(registry, bundle)).bundle;
  return {
    name,
    description,
    readBundle,
    readSkillMd: async ({ files }) => {
      const file = files.find(({ path }) => path === 'SKILL.md');
      if (file === undefined) throw new Problem('internal', 'A stored bundle has no SKILL.md');
      return requireBlob(registry, file.sha256);
    },
    readMeta: () => metaOf(registry, skill),
  };
}

/**
 * What a client needs to verify the version: the digest that the statements are about, and their
 * addresses. MCP's own digests come from the server alone.
 */
async function metaOf(
  registry: Registry,
  { bundle, name, version, versionId }: ShownSkill,
): Promise<McpObject> {
  const { base } = registry.config;
  const statements = (await statementsOf(registry, versionId))
    .filter((row) => row.bundle !== null)
    .map(({ logIndex, predicateType }) => ({
      predicateType,
      url: `${base}/log/statements/${logIndex}`,
    }));
  const index = `${base}/index/${name}`;
  return { 'skillgate.dev/version': { name, version, bundle, index, statements } };
}
