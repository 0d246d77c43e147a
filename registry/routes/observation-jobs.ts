/** Observation jobs for scanners that can observe: lease, fail. */
import { Hono } from 'hono';
import * as v from 'valibot';
import type { Registry } from '../context.ts';
import { failObservation, leaseObservation } from '../scans/observation-jobs.ts';
import { jsonBody, requireActor } from './describe.ts';

const lease = v.pipe(v.string(), v.maxLength(100));
/** Routes below /api/v1. */
export function observationJobRoutes(registry: Registry): Hono {
  return new Hono()
    .post('/observation-jobs/lease', jsonBody(v.strictObject({})), async (context) => {
      const actor = await requireActor(registry, context);
      return context.json({ job: (await leaseObservation(registry, actor)) ?? null });
    })
    .post(
      '/observation-jobs/fail',
      jsonBody(v.strictObject({ lease, detail: v.pipe(v.string(), v.maxLength(500)) })),
      async (context) => {
        const actor = await requireActor(registry, context);
        await failObservation(registry, actor, context.req.valid('json'));
        return context.json({ taken: true });
      },
    );
}
