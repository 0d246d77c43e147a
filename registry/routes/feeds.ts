/** Feeds for everybody. */
import { Hono } from 'hono';
import type { Registry } from '../context.ts';
import { feedType, publicFeed } from '../notices/atom.ts';
import { answer } from './static.ts';

/** The route of the public feed, beside the index. */
export function feedRoutes(registry: Registry): Hono {
  return new Hono().get('/index/notices.atom', async (context) =>
    answer(context, await publicFeed(registry), { type: feedType, cache: 'no-cache' }),
  );
}
