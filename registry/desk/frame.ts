/** Shared by all routes of the desk: static files, headers, the session cookie, error pages. */

import type { Context, Hono, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import type { Registry } from '../context.ts';
import { baseStyles, icon } from '../markup/base-styles.ts';
import { pageHeaders, scriptedPolicy } from '../markup/content-policy.ts';
import { type Html, html, term, untrusted } from '../markup/markup.ts';
import { pageFile, pageFileRoutes } from '../markup/page-files.ts';
import { type SessionToken, sessionCookie } from '../sign-in/sessions.ts';
import { type AssetPaths, type Notice, type PageFrame, page } from './layout.ts';
import { whoIs } from './sign-in/reader.ts';

// The desk's only style sheet, as text.

const styles = `${baseStyles}@layer parts {
  .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .who { display: flex; gap: .8rem; align-items: center; }

  .queue td, .queue tbody th { padding-block: .5rem; }
  .queue tbody tr:hover, .queue tr:focus-within { background: var(--raised); }
  .queue tbody th a { font-weight: 600; text-decoration: none; }
  .queue .decides { max-width: 34rem; }
  .risk-cell { min-width: 11rem; }
  .risk { display: grid; grid-template-columns: 2.2rem minmax(5rem, 1fr); align-items: center; column-gap: .4rem; }
  .risk .sub { grid-column: 2; }
  .risk-total { font-size: 1.15rem; font-variant-numeric: tabular-nums; text-align: right; }
  .risk-bar { width: 100%; max-width: 13rem; height: 6px; display: block; border-radius: 3px; overflow: hidden; }
  .risk-rest { fill: var(--sunk); }
  .risk-evidence, .risk-copy { fill: var(--bad); }
  .risk-undeclared { fill: light-dark(#c4670a, #f5b469); }
  .risk-reach { fill: light-dark(#8d7a12, #dcc766); }
  .risk-unread { fill: light-dark(#6d5bb0, #b3a4ee); }
  .risk-prose { fill: light-dark(#0f7d8c, #7fd0dc); }
  .risk-change { fill: light-dark(#2f7a3d, #8fd69b); }
  .risk-reader { fill: light-dark(#8a5a2b, #d9b48a); }
  .risk-observed { fill: light-dark(#a8322a, #f0897f); }
  .risk-package { fill: light-dark(#7a0f3c, #ff8fb5); }
  .risk-newcomer { fill: light-dark(#5a7a99, #86a9cc); }
  .legend { margin-top: 1.2rem; max-width: 80ch; }
  .legend dl > div { display: grid; grid-template-columns: 10rem 1fr; }

  .deciding { list-style: none; padding: 0; margin: .5rem 0; }
  .deciding li { padding: .2rem 0; }
  .risk-parts { margin: .3rem 0 .8rem; }
  .columns { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 1.6rem; align-items: start; border-top: 1px solid var(--rule); padding-top: 1rem; }
  .decision { position: sticky; top: .8rem; max-height: calc(100vh - 1.6rem); overflow-y: auto; padding: .8rem .9rem; border: 1px solid var(--rule); border-radius: 6px; background: var(--raised); }
  .decision .form { border-top: 1px solid var(--rule); padding: .6rem 0 .4rem; }
  .decision .form h3 { margin-bottom: .3rem; }
  .decision .form button { margin-top: .3rem; }
  .decision .notice { background: var(--paper); }
  .claim { display: flex; justify-content: space-between; align-items: center; gap: .5rem; padding-bottom: .5rem; }
  .approvals { margin: 0 0 .3rem; }
  .radio { display: flex; gap: .4rem; align-items: baseline; padding: .1rem 0; }
  .act-approve { background: light-dark(#17652f, #86d79b); color: light-dark(#ffffff, #08210f); border-color: transparent; }
  .act-refuse { color: var(--bad); border-color: currentColor; background: var(--paper); }

  .matrix code { font-size: .82rem; }
  .matrix td code { display: block; }
  .matrix th { min-width: 17rem; }
  .matrix thead th { min-width: 0; }
  .matrix td:last-child { min-width: 8rem; }
  .packages tbody th { min-width: 7rem; }
  .packages th + td { min-width: 15rem; }
  .alarms ul { padding-left: 1.2rem; }
  .alarms li { overflow-wrap: anywhere; }
  .packages td code { display: inline; }
  .packages .no { color: var(--bad); }
  .packages .alarm { background: var(--bad-paper); }
  .packages .alarm > :first-child { box-shadow: inset 4px 0 var(--bad); }
  .matrix .use { font-weight: 600; white-space: nowrap; }
  .use-undeclared { background: var(--warn-paper); }
  .use-undeclared .use, .use-undeclared .no { color: var(--warn); }
  .use-undeclared > :first-child { box-shadow: inset 4px 0 var(--warn); }
  .use-used .use { color: var(--good); }
  .use-unused .use { color: var(--soft); }

  .findings { list-style: none; padding: 0; }
  .copies { list-style: none; padding: 0; }
  .copy-part pre { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22rem; }
  .prose-changes { padding-left: 1.8rem; }
  .prose-changes li { padding: .25rem 0; overflow-wrap: anywhere; }
  .prose-changes .said { display: block; max-width: 90ch; }
  .prose-changes .unseen .said { border-left: 4px solid var(--bad); background: var(--bad-paper); padding: .1rem .5rem; }
  .prose-changes .unseen .tag { color: var(--bad); border-color: currentColor; }
  .findings-part { font-size: .78rem; color: var(--soft); margin: .8rem 0 .2rem; }
  .unread { border-left-color: var(--warn); margin: .5rem 0; }
  .unread ul { padding-left: 1.2rem; }
  .unread li { overflow-wrap: anywhere; }
  .finding { border: 1px solid var(--rule); border-left: 4px solid var(--soft); border-radius: 5px; padding: .6rem .8rem; margin: 0 0 .9rem; scroll-margin-top: .8rem; }
  .finding:target { outline: 2px solid var(--mark); outline-offset: 2px; }
  .rank-critical { border-left-color: var(--bad); }
  .rank-high { border-left-color: var(--warn); }
  .rank-medium { border-left-color: var(--mild); }
  .finding .meta { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; margin: .25rem 0 .4rem; }
  .permalink { text-decoration: none; padding: 0 .3rem; }
  .frame { overflow-x: auto; background: var(--raised); border: 1px solid var(--rule); border-radius: 4px; margin: .3rem 0; }
  .frame table { width: auto; min-width: 100%; }
  .frame th, .frame td { border: 0; padding: 0 .6rem; line-height: 1.55; }
  .frame th { width: 1%; text-align: right; user-select: none; border-right: 1px solid var(--rule); }
  .frame th a { color: var(--soft); text-decoration: none; font: .78rem var(--mono); }
  .frame td code { white-space: pre; font-size: .82rem; overflow-wrap: normal; tab-size: 4; unicode-bidi: plaintext; }
  .frame .added { background: light-dark(#e6f4e6, #16291a); }
  .frame .removed { background: light-dark(#fbe9e7, #2e1a18); }
  .frame .hit { background: light-dark(#fff7dd, #2b2410); }
  .frame tr:target { background: var(--mark); }
  .file tr { content-visibility: auto; contain-intrinsic-size: auto 1.3rem; }
  .no-frame { color: var(--soft); }
  .flow-strip { overflow-wrap: anywhere; margin: .3rem 0; }
  .flow { list-style: none; padding: 0 0 0 .2rem; border-left: 2px solid var(--rule); margin-left: .6rem; }
  .flow li { position: relative; padding: .1rem 0 .35rem 1.2rem; }
  .flow p { margin: 0; }
  .step-number { position: absolute; left: -.85rem; top: .1rem; width: 1.45rem; height: 1.45rem; line-height: 1.35rem; text-align: center; font-size: .78rem; border: 1px solid var(--soft); border-radius: 50%; background: var(--paper); }
  .step-source .step-number, .step-sink .step-number { border-color: var(--bad); color: var(--bad); border-width: 2px; line-height: 1.25rem; }
  .advice { display: grid; gap: .25rem; margin-top: .5rem; }
  .advice > div { display: grid; grid-template-columns: 4rem 1fr; align-items: baseline; }
  .advice dd { font-size: .9rem; }

  .side-by-side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1rem; align-items: start; }
  .side-by-side > div { min-width: 0; }
  .side-by-side h3 { color: var(--soft); font-weight: 400; font-size: .82rem; }
  .raw pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .front { white-space: pre-wrap; color: var(--soft); }
  .markdown { border: 1px solid var(--rule); border-radius: 4px; padding: .3rem .9rem; margin-top: .4rem; overflow-wrap: anywhere; }
  .markdown .heading { font-weight: 650; margin: .8rem 0 .3rem; }
  .markdown .heading-1 { font-size: 1.2rem; }
  .markdown .heading-2 { font-size: 1.08rem; }
  .markdown blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--rule); }
  .markdown ul, .markdown ol { padding-left: 1.6rem; }
  .markdown li p { margin: .1rem 0; }
  .markdown .head td { font-weight: 600; }
  .fence { margin: .5rem 0; }
  .fence figcaption { font: .76rem var(--mono); color: var(--soft); }
  .hidden-text { display: inline-block; max-width: 100%; border: 1px dashed var(--bad); border-radius: 4px; padding: 0 .4rem; background: var(--bad-paper); }
  .hidden-text code { white-space: pre-wrap; }
  .hidden-text .label, .image { font-size: .78rem; color: var(--bad); }
  .image { border: 1px dashed currentColor; border-radius: 4px; padding: 0 .4rem; }
  .address, .title { color: var(--soft); }
  .entity { border-bottom: 1px dotted var(--soft); }

  .files code { font-size: .8rem; }
  .disposition-unanalysed { color: var(--warn); font-weight: 600; }
  .history { list-style: none; padding: 0; }
  .history li { padding: .25rem 0; border-bottom: 1px solid var(--rule); }

  .statement { display: grid; gap: .55rem; border: 1px solid var(--rule); border-radius: 6px; padding: .9rem 1rem; margin: 0 0 1.4rem; }
  .statement > div { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: .8rem; }
  .statement .reason { white-space: pre-wrap; font-size: 1.05rem; }
  .bytes { white-space: pre-wrap; max-height: 24rem; }
  .bytes code, .raw code, .front code { overflow-wrap: anywhere; }


  @media (max-width: 60rem) {
    .columns { grid-template-columns: minmax(0, 1fr); }
    .decision { position: static; max-height: none; }
    .statement > div { grid-template-columns: 1fr; gap: 0; }
  }
  @media print { .top, .decision, .skip { display: none; } }
}
`;

/**
 * The only script of the desk, as text: passkeys. It fetches nothing, writes no markup and works
 * under Trusted Types 'none'.
 */
const island = `'use strict';
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const ask = {
    get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
    create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  };
  // The browser keeps its own copy of a new key. The registry, or an attacker who writes to its
  // database, could answer with another key.
  const kept = (id) => 'skillgate-passkey ' + id;
  const keepKey = async ({ id, response }) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', response.getPublicKey()));
    localStorage.setItem(kept(id), 'sha256:' + [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  };
  for (const place of all('[data-passkey-key]')) {
    const digest = localStorage.getItem(kept(place.dataset.passkeyKey));
    if (digest) place.textContent = '--passkey-key=' + digest;
  }
  for (const form of all('form[data-passkey]')) {
    const error = form.querySelector('[data-error]');
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
      error.textContent = 'This browser does not support passkeys.';
      error.hidden = false;
      form.querySelector('button').disabled = true;
    }
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      error.hidden = true;
      try {
        const credential = await ask[form.dataset.passkey](JSON.parse(form.dataset.options));
        if (form.dataset.passkey === 'create') await keepKey(credential);
        form.elements.namedItem('response').value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch (cause) {
        error.textContent = 'The passkey did not sign: ' + cause.message;
        error.hidden = false;
      }
    });
  }
})();
`;

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

// A failure, with its code and the next step.

/** The whole page. */
export function problemPage(frame: PageFrame, problem: Problem): Html {
  const { means, fix } = problemCodes[problem.code];
  const reasons = problem.reasons.map((reason) => html`<li>${untrusted(reason.message)}</li>`);
  const body = html`<p class="notice notice-refused" role="alert">${untrusted(problem.message)}</p>
${reasons.length === 0 ? '' : html`<ul>${reasons}</ul>`}
<dl class="facts">
${term('code', html`<code>${problem.code}</code>`)}
${term('means', means)}
${term('what to do', untrusted(problem.hint ?? fix))}
</dl>
<p><a href="/review">To the queue</a></p>`;
  return page(frame, { title: 'The request failed', body, width: 'narrow' });
}
