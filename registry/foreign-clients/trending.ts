/** What `openclaw skills search` shows without words: the registry counts no downloads. */
import { Hono } from 'hono';
import { scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { skillsByTime } from '../catalogue/shown-skills.ts';
import type { Registry } from '../context.ts';
import { onlyShown, scopesHiddenFrom } from '../readers/may-read.ts';

/** Routes below /api/v1. */
export function trendingRoutes(registry: Registry): Hono {
  return new Hono().get('/trending', async (context) => {
    const hidden = await scopesHiddenFrom(registry, context);
    const { skills } = await skillsByTime(registry, { hidden });
    const shown = await onlyShown(registry, context, skills);
    return context.json({
      items: shown.map(({ description, name, offeredSince }) => ({
        slug: shortNameOf(name),
        displayName: name,
        summary: description,
        source: 'clawhub',
        publisher: { handle: scopeOf(name) },
        metrics: { updatedAt: offeredSince.getTime() },
      })),
    });
  });
}
