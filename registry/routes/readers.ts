/** Says what a reader's token reads, so that its holder learns of a wrong token at once. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { describe } from './describe.ts';

/** Routes below /api/v1. */
export function readerRoutes(registry: Registry): Hono {
  return new Hono().get(
    '/reader',
    describe({
      summary: 'Read what the token or the address of this request reads of what is private',
      answer: v.object({
        /** Names that the operator gave to the readers. */
        readers: v.array(v.string()),
      }),
      problems: ['not-signed-in'],
    }),
    (context) => {
      const { readers: known } = registry;
      // From an address that reads, a wrong token would not be noticed.
      const isWrong =
        context.req.header('authorization') !== undefined && !known?.hasToken(context);
      const readers = isWrong ? [] : (known?.of(context) ?? []);
      if (readers.length > 0) return context.json({ readers: readers.map(({ name }) => name) });
      throw new Problem('not-signed-in', 'This registry knows no reader with this token', {
        hint: 'Ask its operator for a token. A new token counts once the operator has typed systemctl reload skillgate, or has sent SIGHUP to skillgate serve.',
      });
    },
  );
}
