/** Looks at packages, for scanners: lease a package, report what was seen, give the lease back. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { packageLook } from '../../skills-index/packages/package-look.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { lookBytesMax } from '../limits.ts';
import { requireRole } from '../people/identities.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { giveBackPackage, leasePackage, takeLook } from '../scans/package-looks.ts';
import { jsonBody, requireActor } from './describe.ts';

/** Routes below /api/v1. */
export function packageRoutes(registry: Registry): Hono {
  return new Hono()
    .post('/packages/lease', jsonBody(v.strictObject({})), async (context) => {
      const actor = await requireActor(registry, context);
      return context.json({ package: (await leasePackage(registry, actor)) ?? null });
    })
    .post('/packages/:id/fail', jsonBody(v.strictObject({})), async (context) => {
      const actor = await requireActor(registry, context);
      await giveBackPackage(registry, actor, idIn(context.req.param('id')));
      return context.json({ taken: true });
    })
    .post(
      '/packages/:id/look',
      limitBody(lookBytesMax),
      // The role is checked first: a body is parsed only for clients that may send it.
      async (context, next) => {
        requireRole(await requireActor(registry, context), ['scanner']);
        await next();
      },
      jsonBody(packageLook),
      async (context) => {
        const actor = await requireActor(registry, context);
        const look = context.req.valid('json');
        await takeLook(registry, actor, { id: idIn(context.req.param('id')), look });
        return context.json({ taken: true });
      },
    );
}

function idIn(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Problem('not-found', `There is no package ${text.slice(0, 80)}`);
  return Number(text);
}
