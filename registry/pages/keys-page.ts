/** Help of keys as a page of its own, and the switch that turns single keys off. */
import { keyTable } from './key-map.ts';
import { type Frame, page } from './layout.ts';
import { type Html, html } from './markup.ts';

/** The whole page. */
export function keysPage(frame: Frame): Html {
  const on = frame.viewer?.keysOn !== false;
  const body = html`<p class="summary">Everything works as links and forms, too. Keys are ${on ? 'on' : 'off'}.</p>
<form method="post" action="/review/keys"><input type="hidden" name="keys" value="${on ? 'off' : 'on'}"><button class="plain">Turn keys ${on ? 'off' : 'on'}</button></form><h2>All keys</h2>${keyTable()}`;
  return page(frame, { title: 'Keys', at: 'keys', body, width: 'narrow' });
}
