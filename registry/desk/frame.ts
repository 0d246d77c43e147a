/** Shared by all routes of the desk: static files, headers, the session cookie, error pages. */
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Actor, EnrolledMember, Registry } from '../context.ts';
import { requireRole } from '../people/identities.ts';
import { readSession, type SessionToken, sessionCookie } from '../sign-in/sessions.ts';
import { island } from './island.ts';
import type { AssetPaths, Notice, PageFrame } from './layout.ts';
import type { Html } from './markup.ts';
import { problemPage } from './problem-page.ts';
import { icon, styles } from './styles.ts';

interface Asset {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

// The digest in the name lets a browser cache a file for ever.
const asset = (stem: string, ending: string, type: string, text: string): Asset => ({
  name: `${stem}-${hexOf(digestOf(text)).slice(0, 12)}.${ending}`,
  type,
  text,
});
const files = {
  css: asset('desk', 'css', 'text/css; charset=utf-8', styles),
  island: asset('desk', 'js', 'text/javascript; charset=utf-8', island),
  icon: asset('icon', 'svg', 'image/svg+xml', icon),
} as const;

const assetPaths: AssetPaths = {
  css: `/review/assets/${files.css.name}`,
  island: `/review/assets/${files.island.name}`,
  icon: `/review/assets/${files.icon.name}`,
};

/**
 * Only our own style, script and icon are loaded. No page is framed, forms post only to the desk,
 * and no script makes markup from strings.
 */
export const deskPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const pageHeaders = {
  'content-security-policy': deskPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const;

const keysCookie = '__Host-skillgate-keys';
const cookieForm = { path: '/', secure: true, httpOnly: true, sameSite: 'Strict' } as const;

export interface SignedInMember {
  readonly actor: Actor;
  readonly member: EnrolledMember;
}

/** Headers of every answer of the desk, and a page instead of a problem document. */
export function deskHeaders(registry: Registry): MiddlewareHandler {
  return async (context, next) => {
    await next();
    if (context.error !== undefined) {
      const problem =
        context.error instanceof Problem
          ? context.error
          : new Problem('internal', 'The registry failed to answer: this is a fault of Skillgate');
      const status = context.res.status as ContentfulStatusCode;
      context.res = undefined;
      context.res = await context.html(
        problemPage(await frameFor(registry, context), problem),
        status,
      );
    }
    for (const [header, value] of Object.entries(pageHeaders)) {
      if (header !== 'cache-control' || !context.res.headers.has(header))
        context.res.headers.set(header, value);
    }
  };
}

/** Serves the style sheet, the island and the icon. */
export function serveAssets(app: Hono): void {
  for (const { name, type, text } of Object.values(files)) {
    app.get(`/assets/${name}`, (context) =>
      context.body(text, 200, {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
      }),
    );
  }
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
  const signedIn = await whoIs(registry, context);
  const keysOn = getCookie(context, keysCookie) !== 'off';
  const viewer = signedIn && { name: signedIn.member.name, roles: signedIn.member.roles, keysOn };
  return { assets: assetPaths, viewer };
}

/** The member of the cookie; undefined for strangers and for members who may not see the desk. */
export async function whoIs(
  registry: Registry,
  context: Context,
): Promise<SignedInMember | undefined> {
  const token = getCookie(context, sessionCookie);
  const session = token === undefined ? undefined : await readSession(registry, token, 'desk');
  if (session?.actor.member === undefined) return undefined;
  return { actor: session.actor, member: session.actor.member };
}

/**
 * The member of the cookie, who must be a reviewer or administrator.
 * @throws Problem `not-signed-in`, `forbidden`
 */
export async function requireReviewer(
  registry: Registry,
  context: Context,
): Promise<SignedInMember> {
  const signedIn = await whoIs(registry, context);
  if (signedIn === undefined) {
    throw new Problem('not-signed-in', 'You are not signed in, or your session has expired', {
      hint: 'Run skillgate login --browser for a sign-in link.',
    });
  }
  requireRole(signedIn.actor, ['reviewer', 'administrator']);
  return signedIn;
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

/** Remembers for a year whether single-key commands are on. */
export function keepKeysChoice(context: Context, choice: 'on' | 'off'): void {
  setCookie(context, keysCookie, choice, { ...cookieForm, maxAge: 365 * 24 * 3_600 });
}

/** A field of a form, as text. */
export async function field(context: Context, name: string): Promise<string> {
  const value = (await context.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
}
