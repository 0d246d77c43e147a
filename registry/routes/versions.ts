/** Publishes versions, and answers questions about them. */

import { type Context, Hono } from 'hono';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type PublishUpload, takeVersion } from '../intake/intake.ts';
import { parseMultipart } from '../intake/multipart.ts';
import { requireReading } from '../readers/may-read.ts';
import { uploadReceiver } from '../request-limits/spool.ts';
import { readVersion } from '../review/detail.ts';
import { readActor, versionIn } from './describe.ts';
import { keyHint, readSent } from './envelopes.ts';
/** Routes below /api/v1. */
export function versionRoutes(registry: Registry): Hono {
  return new Hono().route('/', publishRoute(registry)).route('/', readingRoutes(registry));
}

function publishRoute(registry: Registry): Hono {
  const receive = uploadReceiver(registry.spool);
  return new Hono().post('/versions', async (context) => {
    const sender = await readActor(registry, context);
    const hint = keyHint(context);
    const { row, statements } = await receive(context, (body) =>
      takeVersion(registry, { ...readUpload(body, context), hint }, sender),
    );
    const { name, version: taken, bundle, status } = row;
    return context.json({ name, version: taken, bundle, status, statements }, 201);
  });
}

/** Public facts about versions. */
function readingRoutes(registry: Registry): Hono {
  return new Hono().get('/versions/:scope/:name/:version', async (context) => {
    const which = versionIn(context);
    const missing = `This registry has no version ${which.name}@${which.version}`;
    await requireReading(registry, context, () => new Set([scopeOf(which.name)]), missing);
    const { reportDigest, ...detail } = await readVersion(registry, which);
    return context.json({
      ...detail,
      ...(reportDigest === undefined ? {} : { report: reportDigest }),
    });
  });
}

const partNames = ['publish', 'provenance', 'bundle'];

function readUpload(body: Buffer, context: Context): PublishUpload {
  const parts = parseMultipart(body, context.req.header('content-type'), partNames);
  const publish = parts.get('publish');
  const tar = parts.get('bundle');
  if (publish === undefined || tar === undefined)
    throw new Problem('request-invalid', 'The upload lacks its part publish or bundle');
  const provenance = parts.get('provenance');
  return {
    publish: readSent(publish),
    tar,
    ...(provenance === undefined ? {} : { provenance: readSent(provenance) }),
  };
}
