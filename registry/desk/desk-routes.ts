/**
 * The reviewer's desk at /review: sign-in, passkeys and the queue. `review.ts` has the routes of
 * one version.
 */
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { Problem } from '../../skills-index/skill/problem.ts';
import { ruleNote } from '../../skills-index/statement/rule-note.ts';
import type { Registry } from '../context.ts';
import { type Html, html, moment, part, typedLine, untrusted } from '../markup/markup.ts';
import { deskFeed, feedType } from '../notices/atom.ts';
import { deliveryStates } from '../notices/delivery-states.ts';
import { latest, readMembers } from '../people/identities.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { lastDeletions, rulesOf } from '../retention/delete-files.ts';
import { listDecided, listQueue } from '../review/review.ts';
import { creationOptions, finishCreation, listPendingPasskeys } from '../sign-in/passkeys.ts';
import { notBegun } from '../sign-in/provider.ts';
import { endSession, peekLink, redeemLink, signOnMs } from '../sign-in/sessions.ts';
import { beginSignOn, createPersonSession, findBegun, finishSignOn } from '../sign-in/sign-on.ts';
import type { SignOn } from '../sign-in/sign-on-config.ts';
import { listDoubts } from '../versions/second-scans.ts';
import { largestOwners, storedInAll } from '../versions/stored-bytes.ts';
import { approvalRoutes, passkeyForm } from './approval-routes.ts';
import { deskHeaders, dropSession, field, keepSession, serveAssets, show } from './frame.ts';
import { type PageFrame, page } from './layout.ts';
import { queuePage } from './queue.ts';
import { type OperationsView, operationsPage, reviewRoutes } from './review-routes.ts';
import { rulePage } from './rule.ts';
import { requireOperator, requireReader, requireReviewer, whoIs } from './sign-in/reader.ts';

const formBodyBytesMax = 64 * 1024;

const begunSignOnsCharsMax = 3_000;

/** Sign-ins that one browser may have begun, and the length of the cookie with several of them. */
const begunSignOnsMax = 5;

/** All routes of the desk, without the prefix /review. */
export function deskRoutes(registry: Registry): Hono {
  const app = new Hono();
  app.use(deskHeaders(registry), limitBody(formBodyBytesMax));
  serveAssets(registry, app);
  signInRoutes(app, registry);
  if (registry.signOn !== undefined) signOnRoutes(app, registry, registry.signOn);
  passkeyRoutes(app, registry);

  app.get('/', async (context) => {
    if ((await whoIs(registry, context)) === undefined)
      return context.redirect('/review/sign-in', 303);
    await requireReader(registry, context);
    const { after, before } = context.req.query();
    const queue = await listQueue(registry, { after, before });
    const isFirst = queue.previous === undefined;
    const decided = isFirst ? await listDecided(registry) : [];
    const doubts = isFirst ? await listDoubts(registry) : [];
    return show(registry, context, (frame) =>
      queuePage(frame, { now: registry.now().getTime(), queue, decided, doubts }),
    );
  });
  app.get('/operations', async (context) => {
    await requireOperator(registry, context);
    const view = await operationsOf(registry);
    return show(registry, context, (frame) => operationsPage(frame, view));
  });
  app.get('/notices.atom', async (context) => {
    await requireReader(registry, context);
    return context.body(await deskFeed(registry), 200, { 'content-type': feedType });
  });
  app.get('/rules/:group/:rule', async (context) => {
    await requireReader(registry, context);
    const rule = `${context.req.param('group')}/${context.req.param('rule')}`;
    const note = ruleNote(rule);
    if (note === undefined)
      throw new Problem('not-found', `There is no rule ${JSON.stringify(rule.slice(0, 100))}`);
    return show(registry, context, (frame) => rulePage(frame, rule, note));
  });
  approvalRoutes(app, registry);
  reviewRoutes(app, registry);
  app.all('*', (context) => {
    throw new Problem('not-found', `The desk has no page at ${context.req.path}`);
  });
  return app;
}

async function operationsOf(registry: Registry): Promise<OperationsView> {
  const { chain } = await readMembers(registry);
  const waiting = await listPendingPasskeys(registry);
  return {
    now: registry.now().getTime(),
    deliveries: await deliveryStates(registry),
    stored: await storedInAll(registry),
    largest: await largestOwners(registry),
    quotas: registry.quotas ?? {},
    retention: rulesOf(registry.retention),
    deleted: await lastDeletions(registry.db),
    votes: chain.memberVotes
      .pending()
      .map(({ change: { name, roles }, by }) => ({ name, roles, signed: by.length })),
    votesNeeded: registry.root.threshold,
    passkeys: waiting.filter(
      ({ credentialId }) => chain.passkeyOf(credentialId, latest) === undefined,
    ),
  };
}

function passkeyRoutes(app: Hono, registry: Registry): void {
  app.get('/passkeys', async (context) => {
    const { member } = await requireReviewer(registry, context);
    const { chain } = await readMembers(registry);
    const enrolled = chain.passkeysOf(member.name, latest);
    const known = new Set(enrolled.map((passkey) => passkey.credentialId));
    const pending = (await listPendingPasskeys(registry)).filter(
      (passkey) => passkey.member === member.name && !known.has(passkey.credentialId),
    );
    const options = await creationOptions(registry, member.name, [
      ...known,
      ...pending.map((passkey) => passkey.credentialId),
    ]);
    const view = {
      member: member.name,
      roles: member.roles,
      now: registry.now().getTime(),
      enrolled,
      pending,
      creationOptions: options,
    };
    return show(registry, context, (frame) => passkeysPage(frame, view));
  });
  app.post('/passkeys', async (context) => {
    const { member } = await requireReviewer(registry, context);
    await finishCreation(registry, member.name, await field(context, 'response'));
    return context.redirect('/review/passkeys', 303);
  });
}

// Sign-in and sign-out at the desk: by a one-time link, or at the identity provider.

/** Routes of the one-time link, and the sign-out. */
function signInRoutes(app: Hono, registry: Registry): void {
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
function signOnRoutes(app: Hono, registry: Registry, signOn: SignOn): void {
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

// The pages of the sign-in. Only the button uses up a one-time link, so a prefetched page changes
// nothing.

/** Single sign-on on the sign-in page. */
interface SignOnView {
  /** The identity provider's host. */
  readonly provider: string;
  /** The page of the desk to open afterwards. */
  readonly next: string;
}

/** The page for everybody who is not signed in. */
export function signInPage(frame: PageFrame, signOn: SignOnView | undefined): Html {
  const organisation =
    signOn === undefined
      ? ''
      : part(
          'organisation',
          'With your organisation’s account',
          html`<p><a class="button" href="/review/sign-in/start?next=${encodeURIComponent(signOn.next)}">Sign in at ${untrusted(signOn.provider)}</a></p>
<p class="quiet">You can read the desk then. Only your passkey or key approves.</p>`,
        );
  const link = html`<p>Run this command where your key is. It proves that you hold the key, and prints a link that works once
and for five minutes:</p>
${typedLine('the line to type', 'skillgate login --browser')}`;
  const passkey = html`<p>You cannot sign in with a passkey. This desk asks for your passkey only to approve a version,
below the statement that the passkey signs. If a page asks for your passkey to sign you in, refuse and tell an administrator:
your signature could approve a version that you never read.</p>`;
  const body = html`${organisation}${part('link', 'With a one-time link', link)}${part('passkey', 'Not with a passkey', passkey)}`;
  return page(frame, { title: 'Sign in', body, width: 'narrow' });
}

interface LinkView {
  /** The secret of the link. */
  readonly link: string;
  /** The member whom the link signs in. */
  readonly member: { readonly name: string; readonly roles: readonly string[] };
}

/** The page behind a one-time link. */
export function linkPage(frame: PageFrame, { link, member }: LinkView): Html {
  const body = html`<p>This link signs you in as <b>${untrusted(member.name)}</b> (${untrusted(member.roles.join(', '))}), once.
If you did not ask for it with <code>skillgate login --browser</code> just now, close this page.</p>
<form method="post" action="/review/sign-in">
<input type="hidden" name="link" value="${link}">
<button class="act-approve">Sign in as ${untrusted(member.name)}</button></form>`;
  return page(frame, { title: 'Sign in?', body, width: 'narrow' });
}

/**
 * The page after single sign-on, which goes on by itself. The browser must come to the next page
 * from this page, or the browser sends no session cookie along.
 */
function signedOnPage(frame: PageFrame, subject: string, next: string): Html {
  const body = html`<p>You are signed in as <b>${untrusted(subject)}</b>.
<a href="${next}">Go on to the desk</a></p>`;
  return page(frame, { title: 'Signed in', body, width: 'narrow', onTo: next });
}

// The sign-ins that a browser began at the identity provider, in one cookie: people open several
// tabs, and each tab finishes its own sign-in.

interface BegunInBrowser {
  readonly secret: string;
  /** The page to open afterwards. */
  readonly next: string;
}

/** Those that the browser began, the newest first. */
function readBegun(context: Context): BegunInBrowser[] {
  const value = getCookie(context, cookieName) ?? '';
  return value
    .split(between)
    .slice(0, begunSignOnsMax)
    .flatMap((one) => {
      const [secret = '', next = ''] = one.split('.');
      return secret === '' ? [] : [{ secret, next: Buffer.from(next, 'base64url').toString() }];
    });
}

/** Adds a sign-in, and forgets the oldest ones. */
function keepBegun(context: Context, begun: BegunInBrowser): void {
  write(context, [begun, ...readBegun(context)].slice(0, begunSignOnsMax));
}

/** Forgets a sign-in. */
function dropBegun(context: Context, { secret }: BegunInBrowser): void {
  write(
    context,
    readBegun(context).filter((one) => one.secret !== secret),
  );
}

function write(context: Context, begun: readonly BegunInBrowser[]): void {
  const texts = begun.map(
    ({ secret, next }) => `${secret}.${Buffer.from(next).toString('base64url')}`,
  );
  while (texts.length > 1 && texts.join(between).length > begunSignOnsCharsMax) texts.pop();
  setCookie(context, cookieName, texts.join(between), {
    path: '/',
    secure: true,
    httpOnly: true,
    // The identity provider sends the browser back from another site.
    sameSite: 'Lax',
    maxAge: texts.length === 0 ? 0 : signOnMs / 1_000,
  });
}

const cookieName = '__Host-skillgate-sign-on';
const between = '~';

// A member's passkeys: those that count, those that wait for an administrator's signature, and the
// button that creates one.

interface PasskeysView {
  readonly member: string;
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly enrolled: readonly { readonly credentialId: string; readonly origin: string }[];
  readonly pending: readonly { readonly credentialId: string; readonly createdAt: number }[];
  /** WebAuthn's PublicKeyCredentialCreationOptionsJSON. */
  readonly creationOptions: object;
}

/** The whole page. */
export function passkeysPage(frame: PageFrame, view: PasskeysView): Html {
  const make = passkeyForm({
    action: '/review/passkeys',
    asks: 'create',
    options: view.creationOptions,
    button: 'Make a passkey on this device',
    otherwise: html`Without JavaScript, approve on the command line: <code>skillgate review approve</code>.`,
  });
  const body = html`<p class="summary">A passkey signs your approvals in the browser. It counts once an administrator
has signed that it is yours; the registry cannot do that.</p>
${part('enrolled', 'Enrolled', enrolledList(view))}
${view.pending.length === 0 ? '' : part('pending', 'Waiting for an administrator', pendingList(view))}
${part('make', 'Make a passkey', make)}`;
  return page(frame, { title: 'Passkeys', at: 'passkeys', body, width: 'narrow' });
}

function enrolledList({ enrolled }: PasskeysView): Html {
  if (enrolled.length === 0) return html`<p class="empty">You have no enrolled passkey yet.</p>`;
  return html`<ul class="plain-list">${enrolled.map(
    (passkey) =>
      html`<li>✓ <code>${passkey.credentialId}</code> <span class="quiet">for ${passkey.origin}</span></li>`,
  )}</ul>`;
}

function pendingList({ member, roles, pending, now }: PasskeysView): Html {
  const asRoles = roles.map((role) => `--role ${role}`).join(' ');
  // With `=`, because a credential id may begin with a hyphen.
  const line = (id: string): Html =>
    html`skillgate member add ${untrusted(shellWord(member))} --passkey=${id} ${keyPart(id)} ${asRoles}`;
  return html`<p>Send this command to an administrator yourself, not through this registry. The administrator runs it
where their key is. Your browser computed the digest in it, so nobody can replace your key by another one.</p>
${pending.map(
  ({ credentialId, createdAt }) => html`<p>Made ${moment(createdAt, now)}:</p>
${typedLine('the line for the administrator', line(credentialId))}`,
)}`;
}

// The island fills this in with the key that the browser returned when it created the passkey.
function keyPart(credentialId: string): Html {
  return html`<span data-passkey-key="${credentialId}">(the browser that made this passkey shows the rest of the command)</span>`;
}

// An administrator pastes the line into a shell, and a member's name may contain any visible
// character.
function shellWord(text: string): string {
  return /^[\w.][\w.-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
