/**
 * The pages of the sign-in. Only the button uses up a one-time link, so a prefetched page changes
 * nothing.
 */

import { type Html, html, part, typedLine, untrusted } from '../../markup/markup.ts';
import { type PageFrame, page } from '../layout.ts';

/** Single sign-on on the sign-in page. */
export interface SignOnView {
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

export interface LinkView {
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
export function signedOnPage(frame: PageFrame, subject: string, next: string): Html {
  const body = html`<p>You are signed in as <b>${untrusted(subject)}</b>.
<a href="${next}">Go on to the desk</a></p>`;
  return page(frame, { title: 'Signed in', body, width: 'narrow', onTo: next });
}
