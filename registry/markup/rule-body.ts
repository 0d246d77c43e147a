/** What a rule of the scanner looks for, as pages show it. */
import {
  type RuleExample,
  type RuleNote,
  ruleNote,
} from '../../skills-index/statement/rule-note.ts';
import { type Html, html, isolatedText, part, term } from './markup.ts';

/**
 * The page of a rule without its frame.
 * @param below the address below which the pages of rules are
 */
export function ruleBody(note: RuleNote, below: string): Html {
  const { title, kind, severity, confidence, why, fix, maps, related } = note;
  return html`<p class="description">${title}</p>
<dl class="facts">${term('kind', kind)}${term('usually', severity)}${term('confidence', confidence)}</dl>
${part('why', 'Why it matters', html`<p>${why}</p>`)}
${part('fix', 'How to fix it', html`<p>${fix}</p>`)}
${part('maps', 'Maps to', html`<ul class="plain-list">${maps.map((weakness) => html`<li>${weaknessTag(weakness)}</li>`)}</ul>`)}
${part('attack', 'What it finds', example(note.attack, 'attack'))}
${part('near', 'What it does not report', example(note.near, 'near miss'))}
${related.length === 0 ? '' : part('related', 'Related rules', relatedList(related, below))}`;
}

// The texts of a note are our own. The code in its examples is meant to deceive, and is shown like
// a skill's.
function example({ files, findings }: RuleExample, what: string): Html {
  const code = files.map(
    ({ path, text }) => html`<p><code>${isolatedText(path)}</code></p>
<pre tabindex="0" aria-label="${what}, ${path}"><code dir="ltr">${isolatedText(text.trimEnd())}</code></pre>`,
  );
  const found = findings.map((finding) => html`<code>${finding}</code> `);
  return html`${code}<p class="quiet">${findings.length === 0 ? 'Nothing is found.' : html`Found at ${found}`}</p>`;
}

function relatedList(related: readonly string[], below: string): Html {
  const rows = related.map((rule) => {
    const note = ruleNote(rule);
    return note === undefined
      ? ''
      : html`<li><a href="${below}/${rule}"><code>${rule}</code></a> ${note.title}</li>`;
  });
  return html`<ul class="plain-list">${rows}</ul>`;
}

/** A weakness of a public list. No link: pages send nobody to a foreign address. */
export function weaknessTag({ label }: RuleNote['maps'][number]): Html {
  return html`<span class="tag">${label}</span> `;
}
