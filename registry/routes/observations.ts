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
import { describe, requireActor, versionIn } from './describe.ts';
import { envelopeIn } from './envelopes.ts';

const form = v.strictObject({ envelope: v.unknown(), observation: v.unknown() });

/** Routes below /api/v1. */
export function observationRoutes(registry: Registry): Hono {
  return new Hono().post(
    '/versions/:scope/:name/:version/observations',
    describe({
      summary: 'Send a scanner’s signed observation of a version',
      answer: v.object({
        status: v.string(),
        verdict: v.string(),
        statement: v.object({
          digest: v.string(),
          logIndex: v.number(),
          predicateType: v.string(),
        }),
      }),
      created: true,
      problems: [
        'request-invalid',
        'request-too-large',
        'name-invalid',
        'version-invalid',
        'not-found',
        'key-unknown',
        'other-registry',
        'statement-invalid',
        'subject-mismatch',
        'move-illegal',
      ],
      signedIn: true,
      body: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['envelope', 'observation'],
            properties: { envelope: { type: 'object' }, observation: { type: 'object' } },
          },
        },
      },
    }),
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
