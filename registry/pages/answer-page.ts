/** Answers with public pages: the same headers for each, and a tag for conditional requests. */
import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Registry } from '../context.ts';
import { pageHeaders, scriptlessPolicy } from '../markup/content-policy.ts';
import type { Html } from '../markup/markup.ts';
import { problemOf } from '../problem-json.ts';
import { answerGzipped } from '../routes/site/file-answers.ts';
import { failurePage } from './failure-page.ts';
import type { PublicFrame } from './layout.ts';

const headers = {
  ...pageHeaders,
  'content-security-policy': scriptlessPolicy,
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/** Makes and answers a page. Caches ask again each time: a stop must not wait for a cache. */
export async function answerPage(
  registry: Registry,
  context: Context,
  make: (frame: PublicFrame) => Html,
): Promise<Response> {
  const bytes = Buffer.from(String(make(frameOf(registry))));
  const as = { type: 'text/html; charset=utf-8', cache: 'fresh' } as const;
  const answer = await answerGzipped(registry, context, bytes, as);
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

/** Whether a client names HTML among what it reads, as browsers do and programs do not. */
export function namesHtml(context: Context): boolean {
  return (context.req.header('accept') ?? '').includes('text/html');
}

/** Shows a failure as a page to browsers. The desk has pages of its own for failures. */
export function showFailures(registry: Registry): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { error, req } = context;
    if (error === undefined || !namesHtml(context) || /^\/(?:review|api)\//.test(`${req.path}/`))
      return;
    const status = context.res.status as ContentfulStatusCode;
    context.res = undefined;
    context.res = await context.html(failurePage(frameOf(registry), problemOf(error)), status, {
      ...headers,
      'cache-control': 'no-store',
    });
  };
}

function frameOf({ config: { base }, root: { origin } }: Registry): PublicFrame {
  return { base, origin };
}
