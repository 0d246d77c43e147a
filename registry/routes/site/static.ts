/**
 * Files for installers: roots, status, public blobs, and packs of blobs. They are immutable, or
 * small and verified by their readers. Tags are compared here: Hono's middleware makes the whole
 * answer before it discards it for a 304.
 */
import { type Context, Hono } from 'hono';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import type { Registry } from '../../context.ts';
import { readEvidencePack, readFilePack } from '../../index/packs.ts';
import { settlePutOff } from '../../index/put-off.ts';
import { currentStatus } from '../../index/status-json.ts';
import { requireReading, requireReadingBlob } from '../../readers/may-read.ts';
import { scopesOfLine } from '../../readers/scopes-of-content.ts';
import { readPublicBlob } from '../../store/blobs.ts';
import { earlierRootName } from '../../store/objects.ts';
import { answerFile, answerGzipped } from './file-answers.ts';

/** Routes at the root of the site. */
export function staticRoutes(registry: Registry): Hono {
  const { root, config } = registry;
  return new Hono()
    .get('/index/config.json', (context) =>
      answerFile(
        context,
        JSON.stringify({
          schema: 'skillgate.config/1',
          origin: root.origin,
          base: config.base,
          root: rootFingerprint(root),
        }),
        {
          type: 'application/json',
          cache: 'fresh',
        },
      ),
    )
    .get('/index/root.json', (context) =>
      answerFile(context, canonicalJson(root), { type: 'application/json', cache: 'fresh' }),
    )
    .get('/index/status.json', async (context) => {
      // Everybody requests the status, so an approval that a failure put off soon enters the index
      // after the failure ends.
      settlePutOff(registry);
      return answerFile(context, await currentStatus(registry), {
        type: 'application/json',
        cache: 'fresh',
      });
    })
    .get('/index/roots/:file', async (context) => {
      const [, hex = ''] = /^([0-9a-f]{64})\.json$/.exec(context.req.param('file')) ?? [];
      const bytes = await registry.objects.get(earlierRootName(parseDigest(`sha256:${hex}`)));
      if (bytes === undefined)
        throw new Problem('not-found', `This registry never used the root file sha256:${hex}`);
      return answerFile(context, bytes, { type: 'application/json', cache: 'forever' });
    })
    .get('/blobs/sha256/:hex', async (context) => {
      const digest = parseDigest(`sha256:${context.req.param('hex')}`);
      const missing = `There is no public blob ${digest}`;
      await requireReadingBlob(registry, context, digest, missing);
      const bytes = await readPublicBlob(registry, digest);
      if (bytes === undefined) throw new Problem('not-found', missing);
      const as = { type: 'application/octet-stream', cache: 'forever', digest } as const;
      return answerFile(context, bytes, as);
    })
    .get('/packs/evidence/:index/:line', async (context) => {
      const { index, line } = context.req.param();
      const scopes = () => scopesOfLine(registry, Number(index));
      await requireReading(registry, context, scopes, missingPack(context));
      const { bytes, digest } = await readEvidencePack(registry, index, line);
      return answerGzipped(registry, context, bytes, {
        type: 'application/octet-stream',
        cache: 'forever',
        digest,
      });
    })
    .get('/packs/files/:bundle/:at', async (context) => {
      const { bundle, at } = context.req.param();
      // The list of a bundle's files is a blob under the digest of the bundle.
      const list = parseDigest(`sha256:${bundle}`);
      await requireReadingBlob(registry, context, list, missingPack(context));
      const { bytes, digest } = await readFilePack(registry, bundle, at);
      return answerGzipped(registry, context, bytes, {
        type: 'application/octet-stream',
        cache: 'forever',
        digest,
      });
    });
}

function missingPack(context: Context): string {
  return `There is no pack at ${context.req.path}`;
}
