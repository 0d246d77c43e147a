/** New sentences for an agent since the last approved version, with file and line. */
import type { Sentence } from '../../../skills-index/statement/prose.ts';
import { changeWords } from '../../../skills-index/statement/prose-change.ts';
import { type Html, html, untrusted } from '../../markup/markup.ts';
import type { ReviewDetail } from '../../review/detail.ts';
import type { ProseSince } from '../../review/prose-since.ts';
import { fileHref } from '../file.ts';

/** The section's heading. */
export function proseTitle(prose: ProseSince): string {
  return prose.kind === 'first' ? 'Prose: all of it is new' : `Prose changed since ${prose.since}`;
}

/** The section's content. */
export function proseChanges(detail: ReviewDetail): Html {
  const { prose } = detail;
  switch (prose.kind) {
    case 'first':
      return html`<p>No earlier version was approved, so all prose is new: read all of it. Static analysis cannot decide what words make an agent do.</p>`;
    case 'untold':
      return html`<p class="notice">No scanner listed the sentences of both versions, so the changes since ${prose.since} are unknown:
read all of it.</p>`;
    case 'told': {
      const { change, since, left } = prose;
      const more = change.addedCount - change.added.length;
      return html`<p class="summary">${changeWords(change, since, left)} Code is not prose, also in blocks of Markdown: its capabilities are listed above.</p>
${change.added.length === 0 ? '' : html`<ol class="prose-changes" aria-label="new or changed sentences">${change.added.map((sentence) => item(detail, sentence))}</ol>`}
${more > 0 ? html`<p class="notice">${more} further new sentences are not listed: read the files.</p>` : ''}`;
    }
  }
}

function item(detail: ReviewDetail, { path, line, text, isHidden }: Sentence): Html {
  const place = html`<a href="${fileHref(detail, path, line)}"><code>${untrusted(path)}</code> line ${line}</a>`;
  if (!isHidden) return html`<li>${place}<span class="said">${untrusted(text)}</span></li>`;
  return html`<li class="unseen">${place} <span class="tag">hidden from readers</span><span class="said">${untrusted(text)}</span></li>`;
}
