/**
 * Files for installers: roots, status, public blobs, and packs of blobs. They are immutable, or
 * small and verified by their readers. Tags are compared here: Hono's middleware makes the whole
 * answer before it discards it for a 304.
 */
import { type Context, Hono } from 'hono';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { tufBytes } from '../../../skills-index/trust/root/ceremony.ts';
import {
  lastRootOf,
  type TufRepository,
  tufFileNames,
  tufFileOf,
} from '../../../skills-index/trust/root/repository.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import type { Registry } from '../../context.ts';
import { readEvidencePack, readFilePack } from '../../index/packs.ts';
import { settlePutOff } from '../../index/put-off.ts';
import { currentStatus } from '../../index/status-json.ts';
import { currentTufSet, readOnlineTarget, readTufSet } from '../../index/tuf.ts';
import {
  mayRead,
  onlyReadable,
  requireReading,
  requireReadingBlob,
} from '../../readers/may-read.ts';
import { scopesOfLine } from '../../readers/scopes-of-content.ts';
import { listAdvisories, readAdvisory } from '../../stops/advisories.ts';
import { readPublicBlob } from '../../store/blobs.ts';
import { earlierRootName } from '../../store/objects.ts';
import { answerFile, answerGzipped } from './file-answers.ts';

/** Whole advisories on a page: each takes three queries. */
const advisoriesAtOnce = 50;

/** Rows on a page of the list of advisories. */
const advisoriesListed = 1_000;

/** A longer status is not in one answer with the TUF metadata. */
const joinedStatusCharsMax = 1024 * 1024;

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

// The feed of advisories, in the layout of osv.dev: a list of changes, and one file an entry.

/** Routes below /osv. */
export function osvRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/modified_id.csv', async (context) => {
      const { next, rows } = await listAdvisories(
        registry,
        context.req.query('before'),
        advisoriesListed,
      );
      const lines = (await onlyReadable(registry, context, rows)).map(
        ({ id, modified }) => `${modified.toISOString()},${id}\n`,
      );
      return page(context, lines, { type: 'text/csv; charset=utf-8', next });
    })
    .get('/all.jsonl', async (context) => {
      const { next, rows } = await listAdvisories(
        registry,
        context.req.query('before'),
        advisoriesAtOnce,
      );
      const lines: string[] = [];
      for (const { id } of await onlyReadable(registry, context, rows))
        lines.push(`${JSON.stringify((await readAdvisory(registry, id))?.entry)}\n`);
      return page(context, lines, { type: 'application/x-ndjson', next });
    })
    .get('/:file', async (context) => {
      const [, id = ''] = /^(.+)\.json$/.exec(context.req.param('file')) ?? [];
      const found = await readAdvisory(registry, id);
      if (found === undefined || !(await mayRead(registry, context, scopeOf(found.name))))
        throw new Problem(
          'not-found',
          `This registry has no advisory ${context.req.param('file')}`,
        );
      return context.json(found.entry, 200, { 'cache-control': 'no-cache' });
    });
}

function page(
  context: Context,
  lines: readonly string[],
  { type, next }: { readonly type: string; readonly next: string | undefined },
): Response {
  const link = next && `<${context.req.path}?before=${next}>; rel="next"`;
  return context.body(lines.join(''), 200, {
    'content-type': type,
    'cache-control': 'no-cache',
    ...(link === undefined ? {} : { link }),
  });
}

// `/tuf/`: the TUF repository for clients of the root of trust. Every file name except
// timestamp.json has the version or digest in it.

/** Routes below /tuf; 404 for all of them when the registry has no signed document. */
export function tufRoutes(registry: Registry): Hono {
  const { tuf } = registry;
  if (tuf === undefined) return new Hono();
  return new Hono()
    .get('/timestamp.json', async (context) =>
      answer(context, (await currentTufSet({ ...registry, tuf }))?.timestamp, 'no-cache'),
    )
    .get('/newest.json', async (context) =>
      answer(context, await newestSet({ ...registry, tuf }), 'no-cache'),
    )
    .get('/targets/:file', async (context) => {
      const [, sha256 = '', name = ''] =
        /^([0-9a-f]{64})\.([a-z_.]+)$/.exec(context.req.param('file')) ?? [];
      return answer(
        context,
        offlineTarget(tuf, name, sha256) ?? (await readOnlineTarget(registry, name, sha256)),
      );
    })
    .get('/:file', async (context) => {
      const [, version = '', role = ''] =
        /^([1-9]\d{0,14})\.(root|targets|snapshot|online)\.json$/.exec(context.req.param('file')) ??
        [];
      return answer(
        context,
        offlineMetadata(tuf, role, Number(version)) ??
          (await onlineMetadata(registry, role, Number(version))),
      );
    });
}

/**
 * The files that change with each status, in one answer. Nobody signs the answer: clients judge
 * each file as if the file had come by itself.
 */
async function newestSet(
  registry: Parameters<typeof currentTufSet>[0],
): Promise<string | undefined> {
  const set = await currentTufSet(registry);
  if (set === undefined) return undefined;
  const online: Record<string, string> = {
    'timestamp.json': set.timestamp,
    [`${set.version}.snapshot.json`]: set.snapshot,
    [`${set.version}.online.json`]: set.online,
    [`targets/${set.checkpointSha256}.checkpoint`]: set.checkpoint,
  };
  // Clients read a large status by itself, within a limit of its own.
  const status =
    set.status.length > joinedStatusCharsMax
      ? {}
      : { [`targets/${set.statusSha256}.status.json`]: set.status };
  const root = lastRootOf(registry.tuf).signed.version;
  return JSON.stringify({
    schema: 'skillgate.tuf-newest/1',
    root,
    files: { ...online, ...status },
  });
}

function offlineMetadata(
  { roots, targets }: TufRepository,
  role: string,
  version: number,
): Uint8Array | undefined {
  const found =
    role === 'root'
      ? roots[version - 1]
      : role === 'targets' && targets.signed.version === version
        ? targets
        : undefined;
  return found === undefined ? undefined : tufBytes(found);
}

async function onlineMetadata(
  registry: Registry,
  role: string,
  version: number,
): Promise<string | undefined> {
  if (role !== 'snapshot' && role !== 'online') return undefined;
  return (await readTufSet(registry, version))?.[role];
}

function offlineTarget({ files }: TufRepository, name: string, sha256: string): string | undefined {
  const known = tufFileNames.find((tufFileName) => tufFileName === name);
  const text = known === undefined ? undefined : files[known];
  return text !== undefined && tufFileOf(Buffer.from(text)).hashes.sha256 === sha256
    ? text
    : undefined;
}

function answer(
  context: Context,
  body: string | Uint8Array | undefined,
  cache = 'public, max-age=31536000, immutable',
): Response {
  if (body === undefined) throw new Problem('not-found', `There is nothing at ${context.req.path}`);
  const type = context.req.path.endsWith('.checkpoint')
    ? 'text/plain; charset=utf-8'
    : 'application/json';
  return context.body(typeof body === 'string' ? body : Buffer.from(body), 200, {
    'content-type': type,
    'cache-control': cache,
  });
}
