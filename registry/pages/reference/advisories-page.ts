/** The versions that were suspended or revoked, the last changed first. */
import { day, type Html, html, untrusted } from '../../markup/markup.ts';
import type { OsvEntry } from '../../stops/osv-entry.ts';
import { type PublicFrame, publicPage } from '../layout.ts';

export interface AdvisoriesView {
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
