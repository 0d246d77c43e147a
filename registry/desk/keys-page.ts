/** The help on keys as a page, and the switch that turns single-key commands off. */

import { type Html, html, part } from '../markup/markup.ts';
import { keyTable } from './key-map.ts';
import { type PageFrame, page } from './layout.ts';

/** The whole page. */
export function keysPage(frame: PageFrame): Html {
  const on = frame.viewer?.keysOn !== false;
  const [now, next] = on ? ['on', 'off'] : ['off', 'on'];
  const body = html`<p class="summary">Every action is also a link or a form. Keyboard shortcuts are ${now}.</p>
<form method="post" action="/review/keys"><input type="hidden" name="keys" value="${next}">
<button class="plain">Turn keys ${next}</button></form>
${part('all', 'All shortcuts', keyTable())}`;
  return page(frame, { title: 'Shortcuts', at: 'keys', body, width: 'narrow' });
}
