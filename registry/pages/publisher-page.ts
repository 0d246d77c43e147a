/** A scope: who may publish in it, and its approved skills. */
import type { Scope, SkillName } from '../../skills-index/skill/name.ts';
import { isKey, printIdentity } from '../../skills-index/statement/identity-id.ts';
import type { Identity } from '../../skills-index/statement/predicates.ts';
import type { ShownSkill } from '../catalogue/shown-skills.ts';
import { digest, type Html, html, part, untrusted } from '../markup/markup.ts';
import { type PublicFrame, publicPage } from './layout.ts';
import { skillList } from './skill-list.ts';

export interface PublisherView {
  readonly scope: Scope;
  readonly owners: readonly Identity[];
  readonly publishers: readonly Identity[];
  readonly skills: readonly ShownSkill[];
  /** The skill behind which further ones are; absent on the last page. */
  readonly next?: SkillName | undefined;
}

/** The whole page. */
export function publisherPage(frame: PublicFrame, view: PublisherView): Html {
  const { next, owners, publishers, scope, skills } = view;
  const title = `@${scope}`;
  const list =
    skills.length === 0
      ? html`<p class="empty">No skill of ${title} is approved.</p>`
      : skillList(skills);
  const body = html`<div class="two"><div>
${part(
  'skills',
  'Approved skills',
  html`${list}${next === undefined ? '' : html`<nav class="pages" aria-label="pages of skills"><a href="/${title}?after=${next}" rel="next">More skills</a></nav>`}`,
)}
</div><aside aria-label="about ${title}">
<h2>Owners</h2>${identityList(owners)}
<h2>Publishers</h2>${identityList(publishers)}
<p class="quiet">A key proves no name. The log shows each change of owners and publishers.</p>
</aside></div>`;
  const description = `The approved skills of ${title}, and who may publish there.`;
  return publicPage(frame, {
    title,
    description,
    body,
    path: `/${title}`,
  });
}

function identityList(identities: readonly Identity[]): Html {
  if (identities.length === 0) return html`<p class="quiet">Nobody at the moment.</p>`;
  return html`<ul class="plain-list">${identities.map(
    (one) => html`<li>${isKey(one) ? digest(one.keyId) : untrusted(printIdentity(one))}</li>`,
  )}</ul>`;
}
