/**
 * The registry as one web-standard application. The Node shell and the Worker both run exactly this
 * application.
 */
import { Hono, type MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Registry } from './context.ts';
import { deskRoutes } from './desk/desk-routes.ts';
import { agentSkillsRoutes } from './foreign-clients/agent-skills.ts';
import { clawhubDiscovery, clawhubRoutes } from './foreign-clients/clawhub.ts';
import { marketplaceRoutes } from './foreign-clients/marketplace.ts';
import { mcpRoutes } from './foreign-clients/mcp/mcp-routes.ts';
import { newestCheckpoint } from './log/log.ts';
import { behindNow } from './log/witness-duty.ts';
import { witnessStates } from './log/witnesses.ts';
import { pageRoutes } from './pages/page-routes.ts';
import { referenceRoutes } from './pages/reference/reference-routes.ts';
import { showFailures } from './pages/skill-page.ts';
import { answerProblem } from './problem-json.ts';
import { requireAdmission } from './readers/may-read.ts';
import { keepFromSharedCaches } from './readers/private-caches.ts';
import { limitBody } from './request-limits/body-limit.ts';
import { addHeaders, requireOwnHost, requireOwnOrigin } from './request-limits/gates.ts';
import {
  bodyBytesMaxAt,
  isUpload,
  jsonBodyBytesMax,
  statementBodyBytesMax,
} from './request-limits/spool.ts';
import { type AddressOf, isCounted, limitWrites } from './request-limits/write-limits.ts';
import {
  blobRoutes,
  incidentRoutes,
  jobRoutes,
  keyRoutes,
  mailboxRoutes,
  readerRoutes,
} from './routes/keys.ts';
import { memberRoutes, reviewRoutes } from './routes/reviews.ts';
import { scopeVersionRoutes } from './routes/scope-versions.ts';
import { searchRoutes } from './routes/search.ts';
import { feedRoutes, homeRoutes, logRoutes, skillFileRoutes } from './routes/site/skill-files.ts';
import { osvRoutes, staticRoutes, tufRoutes } from './routes/site/static.ts';
import {
  observationJobRoutes,
  observationRoutes,
  packageRoutes,
  sessionRoutes,
  skillVersionRoutes,
  statementRoutes,
  versionRoutes,
} from './routes/skill-versions.ts';
import { expiringSoon } from './serving/expiry-watch.ts';
import { whyDamaged } from './store/sqlite-errors.ts';

export interface AppOptions {
  /** Receives unexpected errors. */
  readonly logError: (error: unknown) => void;
  /** The client's address. */
  readonly addressOf?: AddressOf;
  /** Why the storage takes no upload now; undefined when it does. */
  readonly whyFull?: () => Promise<string | undefined>;
  /** Steps of the shell, before any route. */
  readonly first?: readonly MiddlewareHandler[];
}

/** Builds the application over what a shell gives it. */
export function createApp(
  registry: Registry,
  { logError, addressOf = () => undefined, whyFull, first = [] }: AppOptions,
): Hono {
  const app = new Hono();
  app.use(
    addHeaders(registry.config),
    ...first,
    showFailures(registry),
    requireOwnHost(registry.config),
    requireOwnOrigin(registry.config),
  );
  // The damage that a query met. It is kept until the next start, which checks the database file:
  // damage in one place makes every answer doubtful.
  let damaged: string | undefined;
  const noteDamage = (error: unknown): void => {
    damaged ??=
      error instanceof Problem && error.code === 'database-damaged'
        ? error.message
        : whyDamaged(error);
  };
  app.onError((error, context) => {
    noteDamage(error);
    return answerProblem(context, error, logError);
  });
  registry.reportPutOff = (error) => {
    noteDamage(error);
    logError(error);
  };
  app.notFound(({ req: { path } }) => {
    throw new Problem('not-found', `This registry has no page or endpoint at ${path}`);
  });
  app.use(keepFromSharedCaches(registry), requireAdmission(registry));
  const limit = limitWrites(registry, addressOf);
  for (const path of ['/api/v1/*', '/review/sign-in/*'])
    app.use(path, (context, next) => (isCounted(context.req) ? limit(context, next) : next()));
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.get('/readyz', async (context) => {
    await newestCheckpoint(registry);
    const witnesses = witnessStates(registry).map(({ at, ...state }) => ({
      ...state,
      ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    }));
    const behind = await behindNow(registry);
    const disk = await whyFull?.();
    const expiring = expiringSoon(registry, registry.now());
    const ok = behind === undefined && damaged === undefined && disk === undefined;
    const readiness = {
      ok,
      ...(behind && { behind }),
      ...(damaged && { damaged }),
      ...(disk && { disk }),
      ...(expiring.length === 0 ? {} : { expiring }),
      ...(witnesses.length === 0 ? {} : { witnesses }),
    };
    return context.json(readiness, ok ? 200 : 503);
  });
  app.route('/', feedRoutes(registry));
  app.route('/', staticRoutes(registry));
  app.route('/', skillFileRoutes(registry));
  app.route('/', logRoutes(registry));
  app.route('/', agentSkillsRoutes(registry));
  app.route('/', marketplaceRoutes(registry));
  app.route('/', clawhubDiscovery(registry));
  app.route('/', mcpRoutes(registry));
  // Behind the routes for clients: the page of a skill would also answer for
  // `/@scope/marketplace.json`.
  app.route('/', pageRoutes(registry));
  app.route('/', homeRoutes(registry));
  app.route('/osv', osvRoutes(registry));
  app.route('/tuf', tufRoutes(registry));
  app.route('/api/v1', apiRoutes(registry, addressOf));
  app.route('/', referenceRoutes(registry));
  app.route('/review', deskRoutes(registry));
  return app;
}

/** Methods whose requests have no body. */
const reading: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Answers unknown routes before the body is read: reading it would fill the memory for nothing.
 */
const refuseUnrouted: MiddlewareHandler = (context, next) => {
  const { method } = context.req;
  const isRouted =
    reading.has(method) || matchedRoutes(context).some((route) => route.method === method);
  return isRouted ? next() : Promise.resolve(context.notFound());
};

/** The routes below /api/v1. */
function apiRoutes(registry: Registry, addressOf: AddressOf) {
  const api = new Hono();
  // The routes of the list take only a small JSON document. Every other route that reads a body
  // sets a limit of its own.
  api.use(refuseUnrouted, (context, next) =>
    isUpload(context.req) ? next() : limitBody(bodyBytesMaxAt(context.req.path))(context, next),
  );
  for (const small of [
    '/session/*',
    '/session',
    '/members/*',
    '/reviews/*',
    '/jobs/lease',
    '/jobs/:id/renew',
    '/jobs/:id/fail',
    '/observation-jobs/*',
    '/packages/lease',
    '/packages/:id/fail',
  ])
    api.use(small, limitBody(jsonBodyBytesMax));
  api.use('/statements', limitBody(statementBodyBytesMax));
  for (const routes of [
    clawhubRoutes,
    blobRoutes,
    sessionRoutes,
    versionRoutes,
    skillVersionRoutes,
    jobRoutes,
    observationRoutes,
    observationJobRoutes,
    reviewRoutes,
    memberRoutes,
    scopeVersionRoutes,
    keyRoutes,
    incidentRoutes,
    packageRoutes,
    readerRoutes,
    searchRoutes,
  ])
    api.route('/', routes(registry));
  api.route('/', statementRoutes(registry, addressOf));
  api.route('/', mailboxRoutes(registry, addressOf));
  return api;
}
