/** The skills that a version requires, new ones first. */

import { count, type Html, html, untrusted } from '../../markup/markup.ts';
import type { RequiredSkill } from '../../review/required-skills.ts';

/** The title of the part, with the number of new skills. */
export function requiredTitle(required: readonly RequiredSkill[]): string {
  const added = required.filter(({ change }) => change === 'new').length;
  const fresh = added === 0 ? '' : `, ${added} required anew`;
  return `Requires ${count(required.length, 'skill')}${fresh}`;
}

/** The list; each skill is reviewed on its own and gets a sandbox of its own. */
export function requiredList(required: readonly RequiredSkill[]): Html {
  const rank = { new: 0, range: 1, none: 2 };
  const sorted = [...required].sort((a, b) => rank[a.change] - rank[b.change]);
  return html`<p class="summary">An installer gets these skills too. Each runs in a sandbox of its own, with the capabilities that reviewers approved for it.</p>
<ul class="plain-list">${sorted.map((one) => html`<li>${item(one)}</li>`)}</ul>`;
}

function item({ before, change, fits, name, range }: RequiredSkill): Html {
  const tag =
    change === 'none'
      ? ''
      : html`<span class="tag">${change === 'new' ? 'new' : 'other range'}</span> `;
  const was = before === undefined ? '' : html` (before: <code>${untrusted(before)}</code>)`;
  const now =
    fits === undefined
      ? html`<b>no approved version fits: nobody can install this version</b>`
      : html`<a href="/review/${name}/${encodeURIComponent(fits)}">${fits}</a> fits now`;
  return html`${tag}<bdi>${name}</bdi> <code>${untrusted(range)}</code>${was}: ${now}`;
}
