/**
 * Skills over MCP at `/mcp`, read-only and without sessions. A call is a POST, as MCP demands, and
 * changes nothing.
 */
import { Hono, type MiddlewareHandler } from 'hono';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Registry } from '../../context.ts';
import { jsonBodyBytesMax } from '../../limits.ts';
import { limitBody } from '../../request-limits/body-limit.ts';
import { mcpPath } from '../../request-limits/write-limits.ts';
import { offeredSkills } from './offered-skills.ts';

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
