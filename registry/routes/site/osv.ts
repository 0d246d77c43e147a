/** The feed of advisories, in the layout of osv.dev: a list of changes, and one file an entry. */
import { type Context, Hono } from 'hono';
import { scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Registry } from '../../context.ts';
import { mayRead, onlyShown } from '../../readers/may-read.ts';
import { listAdvisories, readAdvisory } from '../../stops/advisories.ts';
import { advisoriesAtOnce, advisoriesListed } from '../../stops/limits.ts';

/** Routes below /osv. */
export function osvRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/modified_id.csv', async (context) => {
      const { next, rows } = await listAdvisories(
        registry,
        context.req.query('before'),
        advisoriesListed,
      );
      const lines = (await onlyShown(registry, context, rows)).map(
        ({ id, modified }) => `${modified.toISOString()},${id}\n`,
      );
      return page(context, lines, { type: 'text/csv; charset=utf-8', next });
    })
    .get('/all.jsonl', async (context) => {
      const { next, rows } = await listAdvisories(
        registry,
        context.req.query('before'),
        advisoriesAtOnce,
      );
      const lines: string[] = [];
      for (const { id } of await onlyShown(registry, context, rows))
        lines.push(`${JSON.stringify((await readAdvisory(registry, id))?.entry)}\n`);
      return page(context, lines, { type: 'application/x-ndjson', next });
    })
    .get('/:file', async (context) => {
      const [, id = ''] = /^(.+)\.json$/.exec(context.req.param('file')) ?? [];
      const found = await readAdvisory(registry, id);
      if (found === undefined || !(await mayRead(registry, context, scopeOf(found.name))))
        throw new Problem(
          'not-found',
          `This registry has no advisory ${context.req.param('file')}`,
        );
      return context.json(found.entry, 200, { 'cache-control': 'no-cache' });
    });
}

function page(
  context: Context,
  lines: readonly string[],
  { type, next }: { readonly type: string; readonly next: string | undefined },
): Response {
  const link = next && `<${context.req.path}?before=${next}>; rel="next"`;
  return context.body(lines.join(''), 200, {
    'content-type': type,
    'cache-control': 'no-cache',
    ...(link === undefined ? {} : { link }),
  });
}
