/** Pages about the registry itself: the scanner's rules, and advisories. */
import { Hono } from 'hono';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { type RuleNote, ruleNote, ruleNotes } from '../../../skills-index/statement/rule-note.ts';
import type { Registry } from '../../context.ts';
import { day, type Html, html, part, untrusted } from '../../markup/markup.ts';
import { ruleBody } from '../../markup/rule-body.ts';
import { onlyReadable } from '../../readers/may-read.ts';
import { listAdvisories, type OsvEntry, readAdvisory } from '../../stops/advisories.ts';
import { type PublicFrame, publicPage } from '../layout.ts';
import { answerPage } from '../skill-page.ts';

/** Advisories on a page; each takes three queries. */
const advisoryRows = 20;

/** Routes at the root of the site. */
export function referenceRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/rules', (context) => answerPage(registry, context, rulesPage))
    .get('/rules/:group/:rule', (context) => {
      const { group, rule } = context.req.param();
      const name = `${group}/${rule}`;
      const note = ruleNote(name);
      if (note === undefined)
        throw new Problem('not-found', `There is no rule ${JSON.stringify(name.slice(0, 100))}`);
      return answerPage(registry, context, (frame) => publicRulePage(frame, name, note));
    })
    .get('/advisories', async (context) => {
      const page = await listAdvisories(registry, context.req.query('before'), advisoryRows);
      const entries: OsvEntry[] = [];
      for (const { id } of await onlyReadable(registry, context, page.rows)) {
        const found = await readAdvisory(registry, id);
        if (found !== undefined) entries.push(found.entry);
      }
      const { next } = page;
      return answerPage(registry, context, (frame) => advisoriesPage(frame, { entries, next }));
    });
}

// The rules of the scanner, for everybody.

/** All rules by group. */
function rulesPage(frame: PublicFrame): Html {
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
function publicRulePage(frame: PublicFrame, rule: string, note: RuleNote): Html {
  return publicPage(frame, {
    title: rule,
    heading: html`<code>${rule}</code>`,
    description: note.title,
    body: ruleBody(note, '/rules'),
    path: `/rules/${rule}`,
    at: 'rules',
  });
}

// The versions that were suspended or revoked, the last changed first.

interface AdvisoriesView {
  readonly entries: readonly OsvEntry[];
  readonly next?: string | undefined;
}

/** The whole page. */
export function advisoriesPage(frame: PublicFrame, { entries, next }: AdvisoriesView): Html {
  const list =
    entries.length === 0
      ? html`<p class="empty">No version was suspended or revoked.</p>`
      : html`<ul class="skills">${entries.map(advisoryItem)}</ul>`;
  const body = html`<p class="lead">Versions that were stopped after somebody had approved them. Installers and runs of Skillgate refuse a stopped version.</p>
${list}
${next === undefined ? '' : html`<nav class="pages" aria-label="pages of advisories"><a href="/advisories?before=${next}" rel="next">Older advisories</a></nav>`}
<p class="quiet">For programs: <a href="/osv/modified_id.csv">the list</a> and <a href="/osv/all.jsonl">whole advisories</a> in the form of OSV.</p>`;
  return publicPage(frame, {
    title: 'Advisories',
    description: 'Versions of skills that were suspended or revoked, with the reasons.',
    body,
    path: '/advisories',
    at: 'advisories',
  });
}

function advisoryItem({ affected, details, id, modified, summary }: OsvEntry): Html {
  const [{ ecosystem_specific: of, versions }] = affected;
  return html`<li><h2><a href="/${of.name}@${versions[0]}">${summary}</a></h2>
<p>${untrusted(details)}</p>
<p class="quiet">${day(new Date(modified))} <a href="/osv/${id}.json">${id}</a></p></li>`;
}
