/** Stored blobs, public or private, for clients that may read them. */
import { and, eq } from 'drizzle-orm';
import { Hono } from 'hono';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Actor, Registry } from '../context.ts';
import { findBlob } from '../store/blobs.ts';
import { versionBlobs, versions } from '../store/schema.ts';
import { requireActor } from './describe.ts';

/** Routes below /api/v1. */
export function blobRoutes(registry: Registry): Hono {
  return new Hono().get('/blobs/sha256/:hex', async (context) => {
    const actor = await requireActor(registry, context);
    const digest = parseDigest(`sha256:${context.req.param('hex')}`);
    // The same answer for "forbidden" and "missing", so that nobody can find out which bytes
    // others have sent.
    if (actor.member === undefined && !(await isOwn(registry, actor, digest)))
      throw new Problem('not-found', `There is no blob ${digest}`);
    const bytes = await findBlob(registry, digest);
    if (bytes === undefined) throw new Problem('not-found', `There is no blob ${digest}`);
    return context.body(Buffer.from(bytes), 200, {
      'content-type': 'application/octet-stream',
      'cache-control': 'private, no-store',
    });
  });
}

async function isOwn(registry: Registry, { subject }: Actor, digest: Digest): Promise<boolean> {
  if (subject.kind !== 'key') return false;
  const own = await registry.db.read
    .select({ id: versions.id })
    .from(versionBlobs)
    .innerJoin(versions, eq(versions.id, versionBlobs.versionId))
    .where(and(eq(versionBlobs.digest, digest), eq(versions.publisher, subject.keyId)))
    .limit(1);
  return own.length > 0;
}
