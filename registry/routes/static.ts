/**
 * Files for installers: index, public blobs, packs of blobs, log tiles and checkpoint. They are
 * immutable, or small and verified by their readers.
 */
import { type Context, Hono } from 'hono';
import { type Digest, digestOf, hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { Registry } from '../context.ts';
import { readIndexFile } from '../index/index-file.ts';
import { readEvidencePack, readFilePack } from '../index/packs.ts';
import { settlePutOff } from '../index/put-off.ts';
import { currentStatus } from '../index/status-json.ts';
import { readWordsFile } from '../index/words.ts';
import { newestCheckpoint } from '../log/log.ts';
import { readStatementAt } from '../log/logged-statements.ts';
import { nodesBetween } from '../log/nodes-of-heads.ts';
import { readTile } from '../log/tiles.ts';
import { withCosignatures } from '../log/witnesses.ts';
import { readPublicBlob } from '../store/blobs.ts';
import { earlierRootName } from '../store/objects.ts';

const forever = 'public, max-age=31536000, immutable';
const fresh = 'no-cache';
const isHeadSize = /^[1-9]\d{0,14}$/;

/** Routes at the root of the site. */
export function staticRoutes(registry: Registry): Hono {
  const { root, config } = registry;
  return new Hono()
    .get('/index/config.json', (context) =>
      answer(
        context,
        JSON.stringify({
          schema: 'skillgate.config/1',
          origin: root.origin,
          base: config.base,
          root: rootFingerprint(root),
        }),
        {
          type: 'application/json',
          cache: fresh,
        },
      ),
    )
    .get('/index/root.json', (context) =>
      answer(context, canonicalJson(root), { type: 'application/json', cache: fresh }),
    )
    .get('/index/status.json', async (context) => {
      // Everybody requests the status, so an approval that a failure put off soon enters the index
      // after the failure ends.
      settlePutOff(registry);
      return answer(context, await currentStatus(registry), {
        type: 'application/json',
        cache: fresh,
      });
    })
    .get('/index/roots/:file', async (context) => {
      const [, hex = ''] = /^([0-9a-f]{64})\.json$/.exec(context.req.param('file')) ?? [];
      const bytes = await registry.objects.get(earlierRootName(parseDigest(`sha256:${hex}`)));
      if (bytes === undefined)
        throw new Problem('not-found', `This registry never used the root file sha256:${hex}`);
      return answer(context, bytes, { type: 'application/json', cache: forever });
    })
    .get('/index/:scope/:name', async (context) => {
      const name = parseSkillName(`${context.req.param('scope')}/${context.req.param('name')}`);
      const file = await readIndexFile(registry, name);
      if (file === undefined) throw new Problem('not-found', `${name} is not in the index`);
      const as = { type: 'application/x-ndjson', cache: fresh, digest: file.digest };
      return answer(context, file.bytes, as);
    })
    .get('/words/:scope/:name/:version', async (context) => {
      const { scope, name: short, version } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      const size = context.req.query('size');
      const asked = size !== undefined && isHeadSize.test(size) ? Number(size) : undefined;
      const bytes = await readWordsFile(registry, name, parseVersion(version), asked);
      if (bytes === undefined)
        throw new Problem('not-found', `${name}@${version} is not in the index`);
      return answer(context, bytes, { type: 'application/json', cache: fresh });
    })
    .get('/blobs/sha256/:hex', async (context) => {
      const digest = parseDigest(`sha256:${context.req.param('hex')}`);
      const bytes = await readPublicBlob(registry, digest);
      if (bytes === undefined) throw new Problem('not-found', `There is no public blob ${digest}`);
      const as = { type: 'application/octet-stream', cache: forever, digest };
      return answer(context, bytes, as);
    })
    .get('/packs/evidence/:index/:line', async (context) => {
      const { index, line } = context.req.param();
      const { bytes, digest } = await readEvidencePack(registry, index, line);
      return answer(context, bytes, { type: 'application/octet-stream', cache: forever, digest });
    })
    .get('/packs/files/:bundle/:at', async (context) => {
      const { bundle, at } = context.req.param();
      const { bytes, digest } = await readFilePack(registry, bundle, at);
      return answer(context, bytes, { type: 'application/octet-stream', cache: forever, digest });
    })
    .get('/log/checkpoint', async (context) => {
      const head = await newestCheckpoint(registry);
      if (head === undefined) throw new Problem('not-found', 'The log is empty');
      return answer(context, await withCosignatures(registry, head), {
        type: 'text/plain; charset=utf-8',
        cache: fresh,
      });
    })
    .get('/log/statements/:index', async (context) =>
      answer(context, await readStatementAt(registry, context.req.param('index')), {
        type: 'application/json',
        cache: forever,
      }),
    )
    .get('/log/nodes/:from/:size', async (context) => {
      const { from, size } = context.req.param();
      if (!isHeadSize.test(from) || !isHeadSize.test(size))
        throw new Problem('not-found', 'There are no nodes at this address');
      const bytes = await nodesBetween(registry, Number(from), Number(size));
      return answer(context, bytes, { type: 'application/octet-stream', cache: forever });
    })
    .get('/log/tile/*', async (context) => {
      const bytes = await readTile(registry, context.req.path.slice('/log/'.length));
      return answer(context, bytes, { type: 'application/octet-stream', cache: forever });
    });
}

/** An answer with the digest of its bytes as its tag, or 304 for a client that has the bytes. */
export function answer(
  context: Context,
  body: string | Uint8Array,
  as: {
    readonly type: string;
    readonly cache: string;
    /** Of the body, where it is known. */
    readonly digest?: Digest;
  },
): Response {
  const bytes = Buffer.from(body);
  // The digest, so that a client knows the tag of the copy that it keeps.
  const etag = `"${hexOf(as.digest ?? digestOf(bytes))}"`;
  const headers = { 'cache-control': as.cache, etag };
  return isUnchanged(context.req.header('if-none-match'), etag)
    ? context.body(null, 304, headers)
    : context.body(bytes, 200, { ...headers, 'content-type': as.type });
}

// RFC 9110 §13.1.2. Not the middleware of hono: it discards a whole answer, which costs more than
// the rest of a 304.
function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined || ifNoneMatch === etag) return ifNoneMatch === etag;
  return ifNoneMatch
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}
