/**
 * The page of a scanner rule for a reviewer: why it exists, how to correct a finding, an attack and
 * a near miss.
 */
import {
  type RuleExample,
  type RuleNote,
  ruleNote,
} from '../../skills-index/statement/rule-note.ts';
import { type Html, html, part, shown, term } from '../markup/markup.ts';
import { type PageFrame, page } from './layout.ts';

/** Address of a rule's page in the desk; undefined for a rule of another scanner version. */
export function ruleHref(rule: string): string | undefined {
  return ruleNote(rule) === undefined ? undefined : `/review/rules/${rule}`;
}

/** The weaknesses of a rule as a row of a description list; nothing for an unknown rule. */
export function weaknessTags(rule: string): Html | string {
  const note = ruleNote(rule);
  return note === undefined || note.maps.length === 0
    ? ''
    : term('Maps to', html`${note.maps.map(weaknessTag)}`);
}

/** The whole page. */
export function rulePage(frame: PageFrame, rule: string, note: RuleNote): Html {
  const { title, kind, severity, confidence, why, fix, looksAt, maps, related } = note;
  const body = html`<p class="description">${title}</p>
<dl class="facts">${term('kind', kind)}${term('usually', severity)}${term('confidence', confidence)}</dl>
${part('why', 'Why it matters', html`<p>${why}</p>`)}
${part('fix', 'How to fix it', html`<p>${fix}</p>`)}
${part('looks-at', 'What it reads', html`<ul class="plain-list">${looksAt.map((kind) => html`<li>${kind}</li>`)}</ul>`)}
${part('maps', 'Maps to', html`<ul class="plain-list">${maps.map((weakness) => html`<li>${weaknessTag(weakness)} ${weakness.name}</li>`)}</ul>`)}
${part('attack', 'What it finds', example(note.attack, 'attack'))}
${part('near', 'What it does not report', example(note.near, 'near miss'))}
${related.length === 0 ? '' : part('related', 'Related rules', relatedList(related))}`;
  return page(frame, { title: rule, heading: html`<code>${rule}</code>`, body });
}

// The texts of a note are our own. The code in its examples is meant to deceive, and is shown like
// a skill's.
function example({ files, findings }: RuleExample, what: string): Html {
  const code = files.map(
    ({ path, text }) => html`<p><code>${shown(path)}</code></p>
<pre tabindex="0" aria-label="${what}, ${path}"><code dir="ltr">${shown(text.trimEnd())}</code></pre>`,
  );
  const found = findings.map((finding) => html`<code>${finding}</code> `);
  return html`${code}<p class="quiet">${findings.length === 0 ? 'Nothing is found.' : html`Found at ${found}`}</p>`;
}

function relatedList(related: readonly string[]): Html {
  const rows = related.map((rule) => {
    const href = ruleHref(rule);
    return href === undefined
      ? ''
      : html`<li><a href="${href}"><code>${rule}</code></a> ${ruleNote(rule)?.title}</li>`;
  });
  return html`<ul class="plain-list">${rows}</ul>`;
}

// No link: the desk sends nobody to a foreign address.
function weaknessTag({ label, name }: RuleNote['maps'][number]): Html {
  return html`<span class="tag" title="${name}">${label}</span> `;
}
