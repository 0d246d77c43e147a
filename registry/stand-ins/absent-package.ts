/**
 * Stands in, on the Worker, for packages that others would load only if our schemas were of another
 * kind (wrangler.toml `[alias]`): hono-openapi reaches for Zod's converters when it meets a Zod
 * schema, and ours are all valibot's.
 */

/** Fails: nothing of the registry may come here. */
export function toJSONSchema(): never {
  throw new Error('This package is not part of the Worker (wrangler.toml, [alias])');
}

/** Fails as well. */
export function zodToJsonSchema(): never {
  return toJSONSchema();
}
