/** Sign-in and sign-out at the desk: by a one-time link, or at the identity provider. */
import type { Hono } from 'hono';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Registry } from '../../context.ts';
import { createPersonSession } from '../../sign-in/person-sessions.ts';
import { endSession, peekLink, redeemLink } from '../../sign-in/sessions.ts';
import { beginSignOn, findBegun, finishSignOn } from '../../sign-in/sign-on.ts';
import type { SignOn } from '../../sign-in/sign-on-config.ts';
import { notBegun } from '../../sign-in/sign-on-failures.ts';
import { dropSession, field, keepSession, show } from '../frame.ts';
import { dropBegun, keepBegun, readBegun } from './begun-sign-ons.ts';
import { linkPage, signedOnPage, signInPage } from './sign-in-page.ts';

/** Routes of the one-time link, and the sign-out. */
export function signInRoutes(app: Hono, registry: Registry): void {
  app.get('/sign-in', async (context) => {
    const { link, next } = context.req.query();
    if (link === undefined) {
      const signOn = registry.signOn && {
        provider: new URL(registry.signOn.config.issuer).host,
        next: ownPath(registry, next),
      };
      return show(registry, context, (frame) => signInPage(frame, signOn));
    }
    const member = (await peekLink(registry, link))?.member;
    if (member === undefined) throw linkOver();
    return show(registry, context, (frame) => linkPage(frame, { link, member }));
  });
  app.post('/sign-in', async (context) => {
    const session = await redeemLink(registry, await field(context, 'link'));
    if (session === undefined) throw linkOver();
    keepSession(context, session);
    return context.redirect('/review', 303);
  });
  app.post('/sign-out', async (context) => {
    const token = dropSession(context);
    if (token !== undefined) await endSession(registry, token);
    return context.redirect('/review/sign-in', 303);
  });
}

/** Routes of single sign-on. */
export function signOnRoutes(app: Hono, registry: Registry, signOn: SignOn): void {
  app.get('/sign-in/start', async (context) => {
    const { url, secret } = await beginSignOn(registry, signOn);
    keepBegun(context, { secret, next: ownPath(registry, context.req.query('next')) });
    return context.redirect(url, 303);
  });
  app.get('/sign-in/callback', async (context) => {
    const query = new URL(context.req.url).searchParams;
    const begun = await findBegun(readBegun(context), query.get('state'));
    if (begun === undefined) throw notBegun();
    dropBegun(context, begun);
    const { secret, next } = begun;
    const person = await finishSignOn(registry, signOn, { secret, query });
    const session = await createPersonSession(registry, signOn, person);
    keepSession(context, session);
    // No redirect: it would count as the identity provider's, and browsers would send no Strict
    // cookie along.
    const path = ownPath(registry, next);
    return show(registry, context, (frame) => signedOnPage(frame, person.subject, path));
  });
}

/** A page of the desk; `/review` for any other address. */
function ownPath({ config }: Registry, next: string | undefined): string {
  const { origin } = new URL(config.base);
  const url = next === undefined ? null : URL.parse(next, `${origin}/review`);
  const isOwn =
    url?.origin === origin &&
    /^\/review(?:\/|$)/.test(url.pathname) &&
    !url.pathname.startsWith('/review/sign-in');
  return isOwn ? url.pathname + url.search : '/review';
}

function linkOver(): Problem {
  return new Problem(
    'not-signed-in',
    'This sign-in link is unknown, was used before, or is older than five minutes',
    {
      hint: 'Run skillgate login --browser for a new link.',
    },
  );
}
