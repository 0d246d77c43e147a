/** The registry as one web-standard application; both shells run exactly this. */
import { Hono } from 'hono';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Registry } from './context.ts';
import { addHeaders, checkHost, checkOrigin } from './gates.ts';
import { answerProblem } from './problem-json.ts';

export interface AppOptions {
  /** Where failures that should not have happened are written. */
  readonly logError: (error: unknown) => void;
}

/** Routes without their code yet. */
const unfinished: readonly (readonly ['get' | 'post', string])[] = [
  ['get', '/index/config.json'],
  ['get', '/index/root.json'],
  ['get', '/index/status.json'],
  ['get', '/index/:scope/:name'],
  ['get', '/blobs/sha256/:hex'],
  ['get', '/log/checkpoint'],
  ['get', '/log/tile/*'],
  ['post', '/api/v1/session/challenge'],
  ['post', '/api/v1/session'],
  ['post', '/api/v1/session/link'],
  ['get', '/api/v1/whoami'],
  ['post', '/api/v1/versions'],
  ['get', '/api/v1/versions/:scope/:name'],
  ['get', '/api/v1/versions/:scope/:name/:version'],
  ['post', '/api/v1/statements'],
  ['get', '/api/v1/blobs/sha256/:hex'],
  ['post', '/api/v1/jobs/lease'],
  ['post', '/api/v1/jobs/:id/renew'],
  ['post', '/api/v1/jobs/:id/report'],
  ['post', '/api/v1/jobs/:id/fail'],
  ['get', '/api/v1/reviews'],
  ['get', '/api/v1/reviews/statement/:digest'],
  ['get', '/api/v1/reviews/:scope/:name/:version'],
  ['post', '/api/v1/reviews/:scope/:name/:version/draft'],
  ['post', '/api/v1/reviews/:scope/:name/:version/move'],
  ['post', '/api/v1/reviews/:scope/:name/:version/ask'],
  ['post', '/api/v1/reviews/:scope/:name/:version/claim'],
  ['get', '/api/v1/members'],
  ['get', '/api/v1/members/pending'],
  ['get', '/api/v1/scopes/:scope'],
  ['get', '/api/v1/openapi.json'],
];

/** Builds the application over what a shell gives it. */
export function createApp(registry: Registry, options: AppOptions): Hono {
  const app = new Hono();
  app.use(addHeaders(), checkHost(registry.config), checkOrigin(registry.config));
  app.onError((error, context) => answerProblem(context, error, options.logError));
  app.notFound((context) =>
    answerProblem(context, new Problem('not-found', `Nothing is at ${context.req.path}`), options.logError),
  );
  app.get('/healthz', (context) => context.json({ ok: true }));
  for (const [method, path] of unfinished) {
    app[method](path, () => {
      throw new Problem('not-in-this-version', 'This is not there yet');
    });
  }
  return app;
}
