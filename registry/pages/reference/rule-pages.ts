/** The rules of the scanner, for everybody. */
import { type RuleNote, ruleNotes } from '../../../skills-index/statement/rule-note.ts';
import { type Html, html, part } from '../../markup/markup.ts';
import { ruleBody } from '../../markup/rule-body.ts';
import { type PublicFrame, publicPage } from '../layout.ts';

/** All rules by group. */
export function rulesPage(frame: PublicFrame): Html {
  const groups = Map.groupBy(Object.entries(ruleNotes), ([rule]) => rule.split('/')[0] ?? '');
  const body = html`<p class="lead">The scanner reads each skill with these rules. A finding is no verdict: people read the findings before they approve.</p>
${[...groups].map(([group, rules]) =>
  part(
    group,
    group,
    html`<ul class="plain-list">${rules.map(([rule, { title }]) => html`<li><a href="/rules/${rule}"><code>${rule}</code></a> ${title}</li>`)}</ul>`,
  ),
)}`;
  const description = 'What the scanner looks for in skills, rule by rule.';
  return publicPage(frame, { title: 'Rules', description, body, path: '/rules', at: 'rules' });
}

/** One rule. */
export function publicRulePage(frame: PublicFrame, rule: string, note: RuleNote): Html {
  return publicPage(frame, {
    title: rule,
    heading: html`<code>${rule}</code>`,
    description: note.title,
    body: ruleBody(note, '/rules'),
    path: `/rules/${rule}`,
    at: 'rules',
  });
}
