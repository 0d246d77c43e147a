/** Takes signed observations of versions. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { statementValuesMax } from '../../skills-index/statement/limits.ts';
import type { Registry } from '../context.ts';
import { statementBodyBytesMax } from '../limits.ts';
import { requireRole } from '../people/identities.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { takeObservation } from '../scans/observations.ts';
import { requireActor, versionIn } from './describe.ts';
import { envelopeIn } from './envelopes.ts';

const form = v.strictObject({ envelope: v.unknown(), observation: v.unknown() });

/** Routes below /api/v1. */
export function observationRoutes(registry: Registry): Hono {
  return new Hono().post(
    '/versions/:scope/:name/:version/observations',
    limitBody(statementBodyBytesMax),
    async (context) => {
      const actor = await requireActor(registry, context);
      // The role is checked first: a long body is parsed only for clients that may send it.
      requireRole(actor, ['scanner']);
      const bytes = new Uint8Array(await context.req.arrayBuffer());
      const parsed = v.safeParse(form, parseJson(bytes, 'the body', statementValuesMax).value);
      if (!parsed.success)
        throw new Problem('request-invalid', 'The body is not an envelope and an observation');
      const envelope = envelopeIn(parsed.output.envelope);
      const { observation } = parsed.output;
      return context.json(
        await takeObservation(registry, actor, versionIn(context), { envelope, observation }),
        201,
      );
    },
  );
}
