/** Files of the log: checkpoint, statements, nodes and tiles. Their readers verify them. */
import { Hono } from 'hono';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Registry } from '../../context.ts';
import { newestCheckpoint } from '../../log/log.ts';
import { readStatementAt } from '../../log/logged-statements.ts';
import { nodesBetween } from '../../log/nodes-of-heads.ts';
import { readTile } from '../../log/tiles.ts';
import { withCosignatures } from '../../log/witnesses.ts';
import { requireReading } from '../../readers/may-read.ts';
import { scopesOfStatement } from '../../readers/scopes-of-content.ts';
import { answerFile, isHeadSize } from './file-answers.ts';

/** Routes at the root of the site. */
export function logRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/log/checkpoint', async (context) => {
      const head = await newestCheckpoint(registry);
      if (head === undefined) throw new Problem('not-found', 'The log is empty');
      return answerFile(context, await withCosignatures(registry, head), {
        type: 'text/plain; charset=utf-8',
        cache: 'fresh',
      });
    })
    .get('/log/statements/:index', async (context) => {
      const index = context.req.param('index');
      const bytes = await readStatementAt(registry, index);
      const hidden = `The statement at log index ${index} is about a private scope`;
      await requireReading(
        registry,
        context,
        () => scopesOfStatement(registry, Number(index)),
        hidden,
      );
      return answerFile(context, bytes, { type: 'application/json', cache: 'forever' });
    })
    .get('/log/nodes/:from/:size', async (context) => {
      const { from, size } = context.req.param();
      if (!isHeadSize.test(from) || !isHeadSize.test(size))
        throw new Problem('not-found', 'There are no nodes at this address');
      const bytes = await nodesBetween(registry, Number(from), Number(size));
      return answerFile(context, bytes, { type: 'application/octet-stream', cache: 'forever' });
    })
    .get('/log/tile/*', async (context) => {
      const bytes = await readTile(registry, context.req.path.slice('/log/'.length));
      return answerFile(context, bytes, { type: 'application/octet-stream', cache: 'forever' });
    });
}
