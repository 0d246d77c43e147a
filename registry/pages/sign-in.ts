/** Sign-in by passkey or by a one-time link, which only the button uses up: a prefetched page changes nothing. */
import { type Frame, page } from './layout.ts';
import { type Html, html, part, typedLine, untrusted } from './markup.ts';
import { passkeyForm } from './passkey-form.ts';

export interface SignInView {
  /** WebAuthn's PublicKeyCredentialRequestOptionsJSON for any passkey of this desk. */
  readonly passkeyOptions: object;
}

/** The page for everybody who is not signed in. */
export function signInPage(frame: Frame, { passkeyOptions }: SignInView): Html {
  const form = passkeyForm({
    action: '/review/sign-in/passkey',
    asks: 'get',
    options: passkeyOptions,
    button: 'Sign in with a passkey',
    otherwise: 'Use a link instead.',
  });
  const link = html`<p>Type this where your key is. It proves that you hold the key and prints a link that works once,
for five minutes:</p>
${typedLine('the line to type', 'skill login --browser')}`;
  const body = html`${part('passkey', 'With a passkey', form)}${part('link', 'With a one-time link', link)}`;
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
  const body = html`<p>This link signs you in as <b>${untrusted(member.name)}</b> (${untrusted(member.roles.join(', '))}), once.
If you did not ask for it with <code>skill login --browser</code> just now, close this page.</p>
<form method="post" action="/review/sign-in">
<input type="hidden" name="link" value="${link}">
<button class="act-approve">Sign in as ${untrusted(member.name)}</button></form>`;
  return page(frame, { title: 'Sign in?', body, width: 'narrow' });
}
