/** Lists everything that was published in a scope, so that its owner can take a copy. */
import { Hono } from 'hono';
import { parseScope, parseSkillName, type Scope, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { mayRead } from '../readers/may-read.ts';
import { type ScopePlace, versionsInScope } from '../versions/scope-versions.ts';

/** Versions on one page of the list of a skill. */
export const versionsPageRows = 500;

/** Routes below /api/v1. */
export function scopeVersionRoutes(registry: Registry): Hono {
  return new Hono().get('/scopes/:scope/versions', async (context) => {
    const scope = parseScope(context.req.param('scope'));
    const after = placeIn(context.req.query('after'), scope);
    const found = (await mayRead(registry, context, scope))
      ? await versionsInScope(registry, scope, { after, limit: versionsPageRows + 1 })
      : [];
    const rows = found.slice(0, versionsPageRows);
    const last = found.length > rows.length ? rows.at(-1) : undefined;
    return context.json({
      versions: rows.map(({ name, version, status, bundle, logIndex }) => ({
        name,
        version,
        status,
        bundle,
        logIndex,
      })),
      ...(last === undefined ? {} : { next: `${last.name}:${last.logIndex}` }),
    });
  });
}

function placeIn(text: string | undefined, scope: Scope): ScopePlace | undefined {
  if (text === undefined) return undefined;
  const [, name = '', index = ''] = /^([^:]{1,200}):(\d{1,15})$/.exec(text) ?? [];
  const skill = name === '' ? undefined : parseSkillName(name);
  if (skill === undefined || scopeOf(skill) !== scope)
    throw new Problem('request-invalid', 'No page of the versions begins there', {
      hint: 'Take `next` from the page before, or ask without `after` for the first page.',
    });
  return { name: skill, logIndex: Number(index) };
}
