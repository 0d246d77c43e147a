/** Sign-in by passkey or by a one-time link, which only the button uses up: a prefetched page changes nothing. */
import { type Frame, page } from './layout.ts';
import { type Html, html, untrusted } from './markup.ts';

export interface SignInView {
  /** WebAuthn's PublicKeyCredentialRequestOptionsJSON for any passkey of this desk. */
  readonly passkeyOptions: object;
}

/** The page for everybody who is not signed in. */
export function signInPage(frame: Frame, { passkeyOptions }: SignInView): Html {
  const body = html`<section class="part" aria-labelledby="passkey-title"><h2 id="passkey-title">With a passkey</h2>
<form method="post" action="/review/sign-in/passkey" data-passkey="get" data-options="${JSON.stringify(passkeyOptions)}" hidden>
<input type="hidden" name="response"><button class="act-approve">Sign in with a passkey</button><p class="notice notice-refused" role="alert" data-error hidden></p></form>
<noscript><p class="notice">A passkey needs JavaScript, which is off here. Use a link instead.</p></noscript></section>
<section class="part" aria-labelledby="link-title"><h2 id="link-title">With a one-time link</h2>
<p>Type this where your key is. It proves that you hold the key and prints a link that works once, for five minutes:</p>
<pre class="line" tabindex="0" aria-label="the line to type"><code>skill login --browser</code></pre></section>`;
  return page(frame, { title: 'Sign in', body, width: 'narrow' });
}

export interface LinkView {
  /** The secret of the link. */
  readonly link: string;
  /** Whom it would sign in. */
  readonly member: { readonly name: string; readonly roles: readonly string[] };
}

/** The page behind a one-time link. */
export function linkPage(frame: Frame, { link, member }: LinkView): Html {
  const body = html`<p>This link signs you in as <b>${untrusted(member.name)}</b> (${untrusted(member.roles.join(', '))}), once. If you did not ask for it with <code>skill login --browser</code> just now, close this page.</p>
<form method="post" action="/review/sign-in"><input type="hidden" name="link" value="${link}"><button class="act-approve">Sign in as ${untrusted(member.name)}</button></form>`;
  return page(frame, { title: 'Sign in?', body, width: 'narrow' });
}
