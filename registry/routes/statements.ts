/** Takes signed statements one by one. */

import { Hono } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import { envelopeBytesMax } from '../../skills-index/statement/limits.ts';
import type { Registry } from '../context.ts';
import { takeStatement } from '../intake/statements.ts';
import { strangerClaimSeconds, strangerClaimsBurst } from '../limits.ts';
import { envelopeOf, isCertifiedSent } from '../people/certified.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { type AddressOf, Buckets, networkOf } from '../request-limits/write-limits.ts';
import { keyHint, readSent } from './envelopes.ts';

/** Routes below /api/v1. */
export function statementRoutes(registry: Registry, addressOf: AddressOf): Hono {
  const claims = new Buckets({ burst: strangerClaimsBurst, perSecond: 1 / strangerClaimSeconds });
  return new Hono().post('/statements', limitBody(envelopeBytesMax), async (context) => {
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const sent = readSent(bytes);
    const bundle = isCertifiedSent(sent) ? sent : undefined;
    const countClaim = (): void => {
      const address = addressOf(context);
      // Without addresses all strangers share one bucket, and one stranger would lock out all.
      const now = registry.now().getTime();
      if (address === undefined || claims.take(networkOf(address), now)) return;
      throw new Problem('too-many-requests', 'This address has claimed too many scopes lately', {
        hint: 'Try again in some minutes, or ask an administrator of this registry to claim the scope and transfer it to you.',
      });
    };
    const posted = { envelope: envelopeOf(sent), bundle, hint: keyHint(context), countClaim };
    return context.json(await takeStatement(registry, posted), 201);
  });
}
