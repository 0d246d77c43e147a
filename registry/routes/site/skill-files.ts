/** What installers read of a skill: its index with the parts, and the words of a version. */
import { Hono } from 'hono';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { parseSkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import type { Registry } from '../../context.ts';
import { readIndexFile, readIndexPart } from '../../index/index-file.ts';
import { readNameProofsFile } from '../../index/name-proofs.ts';
import { newestCheckpoint } from '../../log/log.ts';
import { readStatementAt } from '../../log/logged-statements.ts';
import { nodesBetween, readTile } from '../../log/tiles.ts';
import { withCosignatures } from '../../log/witnesses.ts';
import { feedType, publicFeed, publicFeedPath } from '../../notices/atom.ts';
import { onlyReadable, requireReading } from '../../readers/may-read.ts';
import { readableStatements } from '../../readers/readable-statements.ts';
import { scopesOfStatement } from '../../readers/scopes-of-content.ts';
import { answerFile, answerGzipped, isHeadSize } from './file-answers.ts';

/** Routes at the root of the site. */
export function skillFileRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/index/:scope/:name', async (context) => {
      const name = parseSkillName(`${context.req.param('scope')}/${context.req.param('name')}`);
      const missing = `${name} is not in the index`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      const file = await readIndexFile(registry, name);
      if (file === undefined) throw new Problem('not-found', missing);
      const as = { type: 'application/x-ndjson', cache: 'fresh', digest: file.digest } as const;
      return answerGzipped(registry, context, file.bytes, as);
    })
    .get('/index/parts/:scope/:name/:hex', async (context) => {
      const { scope, name: short, hex } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      const digest = parseDigest(`sha256:${hex}`);
      const missing = `The index of ${name} has no part ${digest}`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      const bytes = await readIndexPart(registry, name, digest);
      if (bytes === undefined) throw new Problem('not-found', missing);
      const as = { type: 'application/x-ndjson', cache: 'forever', digest } as const;
      return answerGzipped(registry, context, bytes, as);
    })
    .get('/proofs/:scope/:name/:version', async (context) => {
      const { scope, name: short, version } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      const missing = `${name}@${version} is not in the index`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      const size = context.req.query('size');
      const asked = size !== undefined && isHeadSize.test(size) ? Number(size) : undefined;
      const bytes = await readNameProofsFile(registry, name, parseVersion(version), asked);
      if (bytes === undefined) throw new Problem('not-found', missing);
      const shown = await readableStatements(registry, context, bytes);
      return answerGzipped(registry, context, shown, { type: 'application/json', cache: 'fresh' });
    });
}

// Files of the log: checkpoint, statements, nodes and tiles. Their readers verify them.

/** Routes at the root of the site. */
export function logRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/log/checkpoint', async (context) => {
      const head = await newestCheckpoint(registry);
      if (head === undefined) throw new Problem('not-found', 'The log is empty');
      return answerFile(context, await withCosignatures(registry, head), {
        type: 'text/plain; charset=utf-8',
        cache: 'fresh',
      });
    })
    .get('/log/statements/:index', async (context) => {
      const index = context.req.param('index');
      const bytes = await readStatementAt(registry, index);
      const hidden = `The statement at log index ${index} is about a private scope`;
      await requireReading(
        registry,
        context,
        () => scopesOfStatement(registry, Number(index)),
        hidden,
      );
      return answerFile(context, bytes, { type: 'application/json', cache: 'forever' });
    })
    .get('/log/nodes/:from/:size', async (context) => {
      const { from, size } = context.req.param();
      if (!isHeadSize.test(from) || !isHeadSize.test(size))
        throw new Problem('not-found', 'There are no nodes at this address');
      const bytes = await nodesBetween(registry, Number(from), Number(size));
      return answerFile(context, bytes, { type: 'application/octet-stream', cache: 'forever' });
    })
    .get('/log/tile/*', async (context) => {
      const bytes = await readTile(registry, context.req.path.slice('/log/'.length));
      return answerFile(context, bytes, { type: 'application/octet-stream', cache: 'forever' });
    });
}

// What programs get at the bare address of a registry. Browsers get a page.

/** The route `/`. It names public addresses only. */
export function homeRoutes({ config, root }: Registry): Hono {
  const { base } = config;
  const home = {
    schema: 'skillgate.home/1',
    title: 'A Skillgate registry: skills that were signed, scanned and approved',
    origin: root.origin,
    // The root's fingerprint is left out: whoever pins it must have it from the operator.
    add: `skillgate registry add ${base}`,
    desk: `${base}/review`,
    index: `${base}/index/@{scope}/{name}`,
    status: `${base}/index/status.json`,
    log: `${base}/log/checkpoint`,
  };
  return new Hono().get('/', (context) => {
    // The answer depends on this header.
    context.header('vary', 'accept');
    return context.json(home);
  });
}

// The feed for everybody.

/** The route of the public feed. */
export function feedRoutes(registry: Registry): Hono {
  return new Hono().get(publicFeedPath, async (context) => {
    const shown = await publicFeed(registry, (notices) => onlyReadable(registry, context, notices));
    return answerGzipped(registry, context, Buffer.from(shown), { type: feedType, cache: 'fresh' });
  });
}
