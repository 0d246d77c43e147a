/** Says what a reader's token reads, so that its holder learns of a wrong token at once. */
import { Hono } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';

/** Routes below /api/v1. */
export function readerRoutes(registry: Registry): Hono {
  return new Hono().get('/reader', (context) => {
    const { readers: known } = registry;
    // From an address that reads, a wrong token would not be noticed.
    const isWrong = context.req.header('authorization') !== undefined && !known?.hasToken(context);
    const readers = isWrong ? [] : (known?.of(context) ?? []);
    if (readers.length > 0) return context.json({ readers: readers.map(({ name }) => name) });
    throw new Problem('not-signed-in', 'This registry knows no reader with this token', {
      hint: 'Ask its operator for a token. A new token counts once the operator has typed systemctl reload skillgate, or has sent SIGHUP to skillgate serve.',
    });
  });
}
