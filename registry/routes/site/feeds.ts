/** Feeds for everybody. */
import { type Context, Hono } from 'hono';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Registry } from '../../context.ts';
import {
  feedOfScope,
  feedType,
  type PublicFeed,
  printPublicFeed,
  publicFeeds,
} from '../../notices/atom.ts';
import { latest, readIdentities } from '../../people/identities.ts';
import { onlyShown, requireReading } from '../../readers/may-read.ts';
import { answerGzipped } from './file-answers.ts';

/** The routes of the public feeds. */
export function feedRoutes(registry: Registry): Hono {
  const app = new Hono();
  for (const feed of publicFeeds)
    app.get(feed.path, (context) => answerFeed(registry, context, feed));
  return app.get('/feeds/:scope', async (context) => {
    const [, named] = /^@(.{1,200})\.atom$/.exec(context.req.param('scope')) ?? [];
    if (named === undefined)
      throw new Problem('not-found', 'This registry has no such feed', {
        hint: 'Ask for approvals.atom, revocations.atom or @scope.atom.',
      });
    const scope = parseScope(named);
    const missing = `Nobody owns the scope @${scope}`;
    await requireReading(registry, context, () => new Set([scope]), missing);
    const { chain } = await readIdentities(registry, { scopes: [scope] });
    if (chain.scopeStatementOf(scope, latest) === undefined)
      throw new Problem('not-found', missing);
    return answerFeed(registry, context, feedOfScope(scope));
  });
}

async function answerFeed(
  registry: Registry,
  context: Context,
  feed: PublicFeed,
): Promise<Response> {
  const shown = await printPublicFeed(registry, feed, (notices) =>
    onlyShown(registry, context, notices),
  );
  return answerGzipped(registry, context, Buffer.from(shown), { type: feedType, cache: 'fresh' });
}
