/** The lines of a file that differ from the last approved version, above the file itself. */
import { structuredPatch } from 'diff';
import { count, type Html, html, shown } from '../markup/markup.ts';
import {
  comparedCharsMax,
  fileViewLineCharsMax,
  fileViewLinesMax,
  lineEditsMax,
} from './limits.ts';

/**
 * What the page of a changed file says above the file.
 * @param since the last approved version
 */
export function fileDifference(since: string, before: string, now: string): Html {
  const title = html`<h2 id="difference">What changed since ${since}</h2>`;
  if (Math.max(before.length, now.length) > comparedCharsMax)
    return html`${title}<p class="notice">The file is too long to compare with ${since}: read the whole file.</p>`;
  const patch = structuredPatch('', '', before, now, '', '', {
    context: 3,
    maxEditLength: lineEditsMax,
  });
  const lines = patch?.hunks.flatMap(({ oldStart, newStart, lines: inside }) => [
    `@@ line ${newStart}, in ${since} line ${oldStart} @@`,
    ...inside,
  ]);
  if (lines === undefined)
    return html`${title}<p class="notice">More than ${lineEditsMax} lines differ from ${since}: read the whole file.</p>`;
  if (lines.length === 0)
    return html`${title}<p class="notice">No line of text differs from ${since}. The mode differs, or bytes that are no text.</p>`;
  const more = lines.length - fileViewLinesMax;
  const rest =
    more > 0
      ? html`<p class="notice">${count(more, 'further line')} not shown: read the whole file.</p>`
      : '';
  return html`${title}<div class="frame file" tabindex="0" role="group" aria-label="lines that differ from ${since}">
<table><tbody>${lines.slice(0, fileViewLinesMax).map(differenceRow)}</tbody></table></div>${rest}`;
}

const kinds = new Map([
  ['+', { name: 'added', word: 'new' }],
  ['-', { name: 'removed', word: 'gone' }],
]);

function differenceRow(line: string): Html {
  const kind = kinds.get(line[0] ?? '');
  const text = /^[-+ ]/.test(line) ? line.slice(1) : line;
  const cut = text.length - fileViewLineCharsMax;
  const tail = cut > 0 ? html`<span class="chip">${count(cut, 'further character')}</span>` : '';
  return html`<tr class="${kind?.name ?? 'same'}"><th scope="row">${kind?.word ?? ''}</th>
<td><code dir="ltr">${shown(text.slice(0, fileViewLineCharsMax))}${tail}</code></td></tr>`;
}
