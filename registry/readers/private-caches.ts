/** Keeps the answers of a registry with private scopes from caches that others share. */
import type { MiddlewareHandler } from 'hono';
import type { Registry } from '../context.ts';

/**
 * Marks each answer as private where something is private. The answer to a reader is another one
 * than the answer to a stranger, and a shared cache knows neither addresses nor sessions. An answer
 * without a word on caches may be kept, too (RFC 9111 §4.2.2).
 */
export function keepFromSharedCaches(registry: Registry): MiddlewareHandler {
  return async (context, next) => {
    await next();
    if (registry.readers === undefined) return;
    const { headers } = context.res;
    const said = headers.get('cache-control') ?? 'no-cache';
    if (!/\b(?:private|no-store)\b/.test(said))
      headers.set('cache-control', `private, ${said.replace(/^public, /, '')}`);
  };
}
