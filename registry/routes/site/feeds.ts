/** Feeds for everybody. */
import { Hono } from 'hono';
import type { Registry } from '../../context.ts';
import { feedType, publicFeed } from '../../notices/atom.ts';
import { onlyShown } from '../../readers/may-read.ts';
import { answerFile } from './file-answers.ts';

/** The route of the public feed, beside the index. */
export function feedRoutes(registry: Registry): Hono {
  return new Hono().get('/index/notices.atom', async (context) => {
    const feed = await publicFeed(registry, (notices) => onlyShown(registry, context, notices));
    return answerFile(context, feed, { type: feedType, cache: 'fresh' });
  });
}
