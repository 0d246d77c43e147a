/** Shared by all routes of the desk: static files, headers, the session cookie, error pages. */
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { icon } from '../markup/base-styles.ts';
import { pageHeaders, scriptedPolicy } from '../markup/content-policy.ts';
import type { Html } from '../markup/markup.ts';
import { pageFile, pageFileRoutes } from '../markup/page-files.ts';
import { type SessionToken, sessionCookie } from '../sign-in/sessions.ts';
import { island } from './island.ts';
import type { AssetPaths, Notice, PageFrame } from './layout.ts';
import { problemPage } from './problem-page.ts';
import { whoIs } from './sign-in/reader.ts';
import { styles } from './styles.ts';

const files = {
  css: pageFile('desk', 'css', 'text/css; charset=utf-8', styles),
  island: pageFile('desk', 'js', 'text/javascript; charset=utf-8', island),
  icon: pageFile('icon', 'svg', 'image/svg+xml', icon),
} as const;

const assetPaths: AssetPaths = {
  css: `/review/assets/${files.css.name}`,
  island: `/review/assets/${files.island.name}`,
  icon: `/review/assets/${files.icon.name}`,
};

const deskPageHeaders = {
  ...pageHeaders,
  'content-security-policy': scriptedPolicy,
  'permissions-policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
} as const;

const cookieForm = { path: '/', secure: true, httpOnly: true, sameSite: 'Strict' } as const;

/** Headers of every answer of the desk, and a page instead of a problem document. */
export function deskHeaders(registry: Registry): MiddlewareHandler {
  return async (context, next) => {
    await next();
    if (context.error !== undefined) {
      const problem =
        context.error instanceof Problem
          ? context.error
          : new Problem('internal', 'The registry failed to answer: this is a fault of Skillgate');
      const signIn = signInFor(registry, context, problem);
      const status = context.res.status as ContentfulStatusCode;
      context.res = undefined;
      context.res =
        signIn === undefined
          ? await context.html(problemPage(await frameFor(registry, context), problem), status)
          : new Response(null, { status: 303, headers: { location: signIn } });
    }
    for (const [header, value] of Object.entries(deskPageHeaders)) {
      if (header !== 'cache-control' || !context.res.headers.has(header))
        context.res.headers.set(header, value);
    }
  };
}

/** Serves the style sheet, the island and the icon. */
export function serveAssets(registry: Registry, app: Hono): void {
  app.route('/assets', pageFileRoutes(registry, Object.values(files)));
}

/** A page in its frame. */
export async function show(
  registry: Registry,
  context: Context,
  make: (frame: PageFrame) => Html,
  {
    notice,
    status = 200,
  }: { readonly notice?: Notice | undefined; readonly status?: ContentfulStatusCode } = {},
): Promise<Response> {
  const frame = await frameFor(registry, context);
  return context.html(make(notice === undefined ? frame : { ...frame, notice }), status);
}

async function frameFor(registry: Registry, context: Context): Promise<PageFrame> {
  const reader = await whoIs(registry, context);
  const viewer = reader && {
    name: reader.name,
    roles: reader.roles,
    pages: [
      ...(reader.actor === undefined ? [] : (['passkeys'] as const)),
      ...(reader.mayOperate ? (['operations'] as const) : []),
    ],
  };
  return { assets: assetPaths, viewer };
}

// A link in a message leads to the sign-in and back, where nobody needs a terminal to sign in.
function signInFor(registry: Registry, context: Context, problem: Problem): string | undefined {
  const { method, path, url } = context.req;
  const isPage = method === 'GET' && !path.startsWith('/review/sign-in');
  if (registry.signOn === undefined || problem.code !== 'not-signed-in' || !isPage)
    return undefined;
  return `/review/sign-in?next=${encodeURIComponent(path + new URL(url).search)}`;
}

/** Sets the session cookie. */
export function keepSession(context: Context, session: SessionToken): void {
  setCookie(context, sessionCookie, session.token, { ...cookieForm, expires: session.expires });
}

/** Deletes the session cookie. Returns its value, so that the session can be ended. */
export function dropSession(context: Context): string | undefined {
  const token = getCookie(context, sessionCookie);
  setCookie(context, sessionCookie, '', { ...cookieForm, maxAge: 0 });
  return token;
}

/**
 * A field of a form, as text.
 * @throws Problem `request-invalid` when the body is no form
 */
export async function field(context: Context, name: string): Promise<string> {
  const form = await context.req.parseBody().catch((cause: unknown) => {
    // Of fetch, Response.formData(): it rejects with a TypeError when the bytes are no form.
    if (!(cause instanceof TypeError)) throw cause;
    throw new Problem('request-invalid', 'Cannot read the form: it is malformed', {
      cause,
      hint: 'load the page again, and send its form once more',
    });
  });
  const value = form[name];
  return typeof value === 'string' ? value : '';
}
