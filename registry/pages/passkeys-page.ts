/** A member's passkeys: those that count, those that wait for an administrator's signature, and the button that makes one. */
import { type Frame, page } from './layout.ts';
import { type Html, html, moment, untrusted } from './markup.ts';

export interface PasskeysView {
  readonly member: string;
  readonly roles: readonly string[];
  readonly now: number;
  readonly enrolled: readonly { readonly credentialId: string; readonly origin: string }[];
  readonly pending: readonly { readonly credentialId: string; readonly createdAt: number }[];
  /** WebAuthn's PublicKeyCredentialCreationOptionsJSON. */
  readonly creationOptions: object;
}

/** The whole page. */
export function passkeysPage(frame: Frame, view: PasskeysView): Html {
  const { member, roles, enrolled, pending, now, creationOptions } = view;
  const body = html`<p class="summary">A passkey signs your approvals in the browser. It counts from the moment an administrator signs that it is yours; the registry cannot say so itself.</p>
<section class="part" aria-labelledby="enrolled-title"><h2 id="enrolled-title">Enrolled</h2>${
    enrolled.length === 0
      ? html`<p class="empty">None yet.</p>`
      : html`<ul class="plain-list">${enrolled.map((one) => html`<li>✓ <code>${one.credentialId}</code> <span class="quiet">for ${one.origin}</span></li>`)}</ul>`
  }</section>
${pending.map(
  (
    one,
  ) => html`<section class="part" aria-labelledby="pending-${one.credentialId}"><h2 id="pending-${one.credentialId}">Waits for an administrator</h2>
<p>Made ${moment(one.createdAt, now)}. An administrator types this where their key is, after asking you whether these letters are yours:</p>
<pre class="line" tabindex="0" aria-label="the line for the administrator"><code>skill member add ${untrusted(member)} --passkey ${one.credentialId} ${roles.map((role) => `--role ${role}`).join(' ')}</code></pre></section>`,
)}
<section class="part" aria-labelledby="make-title"><h2 id="make-title">Make a passkey</h2>
<form method="post" action="/review/passkeys" data-passkey="create" data-options="${JSON.stringify(creationOptions)}" hidden>
<input type="hidden" name="response"><button class="act-approve">Make a passkey on this device</button><p class="notice notice-refused" role="alert" data-error hidden></p></form>
<noscript><p class="notice">Making a passkey needs JavaScript. Without it you approve on the command line: <code>skill review approve</code>.</p></noscript></section>`;
  return page(frame, { title: 'Passkeys', at: 'passkeys', body, width: 'narrow' });
}
