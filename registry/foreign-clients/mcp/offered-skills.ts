/** The skills that a registry offers over MCP to one request. */
import type { Context } from 'hono';
import { mcpPageEntriesMax } from '../../../skills-index/mcp/limits.ts';
import type { McpObject, ServedSkill } from '../../../skills-index/mcp/skill-entry.ts';
import type { ServedSkills } from '../../../skills-index/mcp/skill-methods.ts';
import { parseBundle } from '../../../skills-index/skill/bundle.ts';
import { type SkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { ShownSkill } from '../../catalogue/shown-skills.ts';
import type { Registry } from '../../context.ts';
import { requireReading } from '../../readers/may-read.ts';
import { requireBlob } from '../../store/blobs.ts';
import { filesOf, statementsOf } from '../../versions/manifests.ts';
import { mcpCacheMilliseconds } from '../limits.ts';
import { readableSkills } from '../readable-skills.ts';
import { requireOffered } from '../served-version.ts';

/** Offered versions only, without those of scopes that the request may not read. */
export function offeredSkills(registry: Registry, context: Context): ServedSkills {
  const find = (name: SkillName) => findOffered(registry, context, name);
  return {
    async *after(name) {
      const limit = mcpPageEntriesMax + 1;
      for await (const skill of readableSkills(registry, context, { after: name, limit }))
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
