/** The feed for everybody. */
import { Hono } from 'hono';
import type { Registry } from '../../context.ts';
import { feedType, publicFeed, publicFeedPath } from '../../notices/atom.ts';
import { onlyShown } from '../../readers/may-read.ts';
import { answerGzipped } from './file-answers.ts';

/** The route of the public feed. */
export function feedRoutes(registry: Registry): Hono {
  return new Hono().get(publicFeedPath, async (context) => {
    const shown = await publicFeed(registry, (notices) => onlyShown(registry, context, notices));
    return answerGzipped(registry, context, Buffer.from(shown), { type: feedType, cache: 'fresh' });
  });
}
