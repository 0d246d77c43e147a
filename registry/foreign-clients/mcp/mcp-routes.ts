/**
 * Skills over MCP at `/mcp`, read-only and without sessions. A call is a POST, as MCP demands, and
 * changes nothing.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import {
  type McpObject,
  mcpPageEntriesMax,
  type ServedSkill,
  type ServedSkills,
} from '../../../skills-index/mcp/skill-methods.ts';
import { parseBundle } from '../../../skills-index/skill/bundle.ts';
import { type SkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { VisibleSkill } from '../../catalogue/visible-skills.ts';
import type { Registry } from '../../context.ts';
import { requireReading } from '../../readers/may-read.ts';
import { limitBody } from '../../request-limits/body-limit.ts';
import { jsonBodyBytesMax } from '../../request-limits/spool.ts';
import { mcpPath } from '../../request-limits/write-limits.ts';
import { requireBlob } from '../../store/blobs.ts';
import { filesOf, statementsOf } from '../../versions/manifests.ts';
import { readableSkills, requireOffered } from '../agent-skills.ts';

/** How long a client of MCP may keep an answer. A stop counts at once for those who ask again. */
const mcpCacheMilliseconds = 30_000;

/** Routes at the root of the site. */
export function mcpRoutes(registry: Registry): Hono {
  return (
    new Hono()
      .post(mcpPath, keepFromCaches, limitBody(jsonBodyBytesMax), async (context) => {
        const message = messageOf(await context.req.text());
        // The SDK is large, and many registries are asked for nothing over MCP.
        const { answerMcp } = await import('./answer-mcp.ts');
        return answerMcp(offeredSkills(registry, context), context.req.raw, message);
      })
      // Without sessions there is no stream to open and nothing to delete.
      .all(mcpPath, (context) => context.body(null, 405, { allow: 'POST' }))
  );
}

const keepFromCaches: MiddlewareHandler = async (context, next) => {
  await next();
  context.res.headers.set('cache-control', 'no-store');
};

/** @throws Problem `request-invalid` */
function messageOf(body: string): object {
  const invalid = (why: string): Problem =>
    new Problem('request-invalid', `Cannot read the call over MCP: ${why}`, {
      hint: 'Send one JSON-RPC message in a request.',
    });
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw invalid('it is not JSON');
  }
  // One request could otherwise ask for hundreds of pages.
  if (Array.isArray(message)) throw invalid('it is a batch, which MCP has no longer');
  if (typeof message !== 'object' || message === null) throw invalid('it is not an object');
  return message;
}

// The skills that a registry offers over MCP to one request.

/** Offered versions only, without those of scopes that the request may not read. */
function offeredSkills(registry: Registry, context: Context): ServedSkills {
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
): Promise<VisibleSkill> {
  const missing = `This registry has no skill ${name}`;
  await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
  return requireOffered(registry, name);
}

function servedOf(registry: Registry, skill: VisibleSkill): ServedSkill {
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
  { bundle, name, version, versionId }: VisibleSkill,
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
