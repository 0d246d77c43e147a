/**
 * `/tuf/`: the TUF repository for clients of the root of trust. Every file name except
 * timestamp.json has the version or digest in it.
 */
import { type Context, Hono } from 'hono';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  lastRootOf,
  type TufRepository,
  tufFileNames,
  tufFileOf,
} from '../../../skills-index/trust/root/repository.ts';
import { tufBytes } from '../../../skills-index/trust/root/signature.ts';
import type { Registry } from '../../context.ts';
import { currentTufSet, readOnlineTarget, readTufSet } from '../../index/tuf.ts';
import { joinedStatusCharsMax } from '../../limits.ts';

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
