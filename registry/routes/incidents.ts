/** Takes incident reports: hosts report here what a version did to them. */

import { Hono } from 'hono';
import { parseIncident } from '../../skills-index/run/audit/incident.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Registry, VersionName } from '../context.ts';
import { incidentBytesMax } from '../limits.ts';
import { requireReading } from '../readers/may-read.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { takeIncident } from '../stops/incidents.ts';

/** Routes below /api/v1. */
export function incidentRoutes(registry: Registry): Hono {
  return new Hono().post('/incidents', limitBody(incidentBytesMax), async (context) => {
    const { value } = parseJson(new Uint8Array(await context.req.arrayBuffer()), 'body');
    const requireShown = ({ name, version }: VersionName): Promise<void> =>
      requireReading(
        registry,
        context,
        () => new Set([scopeOf(name)]),
        `This registry has no version ${name}@${version}`,
      );
    return context.json(await takeIncident(registry, parseIncident(value), requireShown), 201);
  });
}
