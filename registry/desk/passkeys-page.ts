/**
 * A member's passkeys: those that count, those that wait for an administrator's signature, and the
 * button that creates one.
 */

import { type Html, html, moment, part, typedLine, untrusted } from '../markup/markup.ts';
import { type PageFrame, page } from './layout.ts';
import { passkeyForm } from './passkey-form.ts';

export interface PasskeysView {
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
