/**
 * The routes of ClawHub's API that its clients read: `clawhub`, and `openclaw skills`. Answers have
 * ClawHub's form. A refusal is plain text, because the clients print its body as it is.
 */
import { Hono, type MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { archiveOf } from '../catalogue/archives.ts';
import type { Registry } from '../context.ts';
import { onlyShown } from '../readers/may-read.ts';
import { answerFile } from '../routes/site/file-answers.ts';
import { requireBlob } from '../store/blobs.ts';
import { approvedVersions } from '../versions/find-versions.ts';
import { filesOf } from '../versions/manifests.ts';
import { answerMade } from './answer-made.ts';
import {
  aboutSkill,
  aboutVersion,
  listedPage,
  offeredSkill,
  resolved,
  servedVersion,
} from './clawhub-skill.ts';
import { listedAtOnce } from './limits.ts';
import { trendingRoutes } from './trending.ts';
import { verdictRoutes } from './verdict-routes.ts';

/** Routes below /api/v1. */
export function clawhubRoutes(registry: Registry): Hono {
  const app = new Hono();
  for (const path of ['/skills', '/skills/*', '/download', '/resolve'])
    app.use(path, answerInPlainText);
  for (const routes of routesOfClients) app.route('/', routes(registry));
  return app;
}

const routesOfClients = [skillRoutes, fileRoutes, verdictRoutes, trendingRoutes];

function skillRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/skills', async (context) => {
      const { items, next } = await listedPage(registry, context);
      const shown = await onlyShown(registry, context, items);
      return context.json({
        items: shown.map((skill) => ({
          ...aboutSkill(skill),
          latestVersion: aboutVersion(skill),
        })),
        nextCursor: next ?? null,
      });
    })
    .get('/skills/:slug', async (context) => {
      const skill = await offeredSkill(registry, context);
      const scope = scopeOf(skill.name);
      return context.json({
        skill: aboutSkill(skill),
        latestVersion: aboutVersion(skill),
        owner: { handle: scope, displayName: scope },
        moderation: null,
      });
    })
    .get('/skills/:slug/versions', async (context) => {
      const skill = await offeredSkill(registry, context);
      const rows = await approvedVersions(registry, skill.name, listedAtOnce);
      return context.json({ items: rows.map(aboutVersion), nextCursor: null });
    });
}

function fileRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/skills/:slug/versions/:version', async (context) => {
      const row = await servedVersion(registry, context, context.req.param('version'));
      const files = (await filesOf(registry, row)).map(({ path, size, sha256 }) => ({
        path,
        size,
        sha256: hexOf(sha256),
      }));
      return context.json({
        version: { ...aboutVersion(row), files },
        skill: { slug: shortNameOf(row.name), displayName: row.name },
      });
    })
    .get('/skills/:slug/file', async (context) => {
      const row = await servedVersion(registry, context, context.req.query('version'));
      const path = context.req.query('path');
      const file = (await filesOf(registry, row)).find((one) => one.path === path);
      if (file === undefined)
        throw new Problem('not-found', `${row.name}@${row.version} has no such file`);
      // A browser must show nothing of it as a page.
      const as = {
        type: 'application/octet-stream',
        cache: 'fresh',
        digest: file.sha256,
      } as const;
      return answerFile(context, await requireBlob(registry, file.sha256), as);
    })
    .get('/skills/:slug/install', async (context) => {
      const skill = await offeredSkill(registry, context);
      const { name, version } = skill;
      return context.json({
        ok: true,
        slug: shortNameOf(name),
        installKind: 'archive',
        archive: { version, downloadUrl: `${registry.config.base}/archives/${name}/${version}` },
      });
    })
    .get('/download', async (context) => {
      const row = await servedVersion(registry, context, context.req.query('version'));
      return answerMade(registry, context, archiveOf(registry, row.bundle));
    })
    .get('/resolve', async (context) => context.json(await resolved(registry, context)));
}

/** The address that `clawhub --site` reads. The route is at the root of the site. */
export function clawhubDiscovery({ config }: Registry): Hono {
  return new Hono().get('/.well-known/clawhub.json', (context) =>
    context.json({ apiBase: config.base }),
  );
}

const uncached = { 'cache-control': 'no-store' };

const answerInPlainText: MiddlewareHandler = async (context, next) => {
  await next();
  const { error } = context;
  if (!(error instanceof Problem)) return;
  const status = context.res.status as ContentfulStatusCode;
  const message = `${error.code}: ${error.message}`;
  // OpenClaw shows the message of this one answer, and no text.
  if (context.req.path.endsWith('/install') && error.code !== 'not-found') {
    const refusal = { ok: false, slug: context.req.param('slug'), reason: error.code };
    context.res = context.json({ ...refusal, message, status }, status, uncached);
    return;
  }
  const text = `${message}\n${error.hint ?? problemCodes[error.code].fix}\n`;
  context.res = context.text(text, status, uncached);
};
