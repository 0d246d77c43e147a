/**
 * A form that the island fills with a passkey's answer and submits. It is hidden until the island
 * has loaded.
 */
import type { Html } from '../markup/markup.ts';
import { html } from '../markup/markup.ts';

export interface PasskeyForm {
  readonly action: string;
  /** `navigator.credentials.get` or `create`. */
  readonly asks: 'get' | 'create';
  /** The options in their JSON form (WebAuthn level 3 §5.1.8 and §5.1.9). */
  readonly options: object;
  readonly button: string;
  /** Instructions for browsers without JavaScript. */
  readonly otherwise: Html | string;
}

export function passkeyForm({ action, asks, options, button, otherwise }: PasskeyForm): Html {
  return html`<form method="post" action="${action}" data-passkey="${asks}" data-options="${JSON.stringify(options)}" hidden>
<input type="hidden" name="response">
<button class="act-approve">${button}</button>
<p class="notice notice-refused" role="alert" data-error hidden></p>
</form>
<noscript><p class="notice">A passkey needs JavaScript, which is off here. ${otherwise}</p></noscript>`;
}
