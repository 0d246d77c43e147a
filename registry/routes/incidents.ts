/** Takes incident reports: hosts report here what a version did to them. */

import { Hono } from 'hono';
import * as v from 'valibot';
import { incidentRules, parseIncident } from '../../skills-index/run/audit/incident.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Registry, VersionName } from '../context.ts';
import { incidentBytesMax } from '../limits.ts';
import { requireReading } from '../readers/may-read.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { takeIncident } from '../stops/incidents.ts';
import { describe } from './describe.ts';

const text = { type: 'string' } as const;
const number = { type: 'integer', minimum: 0 } as const;
/** `skillgate.incident/1`, as `parseIncident` parses it. */
const incidentSchema = {
  type: 'object',
  required: ['incident', 'publicKey', 'signature'],
  properties: {
    incident: {
      type: 'object',
      required: ['schema', 'skill', 'version', 'bundle', 'rule', 'place', 'counts', 'at'],
      properties: {
        schema: { const: 'skillgate.incident/1' },
        registry: text,
        skill: text,
        version: text,
        bundle: text,
        place: text,
        at: text,
        rule: { enum: incidentRules },
        counts: {
          type: 'object',
          required: ['allowed', 'denied'],
          properties: { allowed: number, denied: number },
        },
      },
    },
    publicKey: text,
    signature: text,
  },
};

/** Routes below /api/v1. */
export function incidentRoutes(registry: Registry): Hono {
  return new Hono().post(
    '/incidents',
    describe({
      summary:
        'Report an incident of a version on a host; the host signs the report, which counts if its key is enrolled',
      answer: v.object({ isEnrolled: v.boolean(), isNew: v.boolean(), status: v.string() }),
      created: true,
      body: { 'application/json': { schema: incidentSchema } },
      problems: [
        'request-invalid',
        'request-too-large',
        'signature-invalid',
        'not-found',
        'other-registry',
        'subject-mismatch',
        'too-many-requests',
      ],
    }),
    limitBody(incidentBytesMax),
    async (context) => {
      const { value } = parseJson(new Uint8Array(await context.req.arrayBuffer()), 'body');
      const requireShown = ({ name, version }: VersionName): Promise<void> =>
        requireReading(
          registry,
          context,
          () => new Set([scopeOf(name)]),
          `This registry has no version ${name}@${version}`,
        );
      return context.json(await takeIncident(registry, parseIncident(value), requireShown), 201);
    },
  );
}
