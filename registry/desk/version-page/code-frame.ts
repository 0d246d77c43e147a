/** Lines of a file around a marked range: the code of a finding or of a step of its flow. */

import { type Html, html, shown } from '../../markup/markup.ts';
import { revealedText } from '../../markup/reveal.ts';
import { frameLineCharsMax, frameLinesMax } from '../limits.ts';

/** Texts of a version's files by path. Files that are not text or are too large are absent. */
export type Sources = ReadonlyMap<string, string>;

/** Lines and columns count from 1; columns in UTF-16 units; the end is exclusive. */
export interface FrameRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface FrameView {
  readonly path: string;
  readonly range: FrameRange;
  /** Lines of context above and below. */
  readonly around: number;
  /** Address of a line on the file's page. */
  readonly hrefOf: (path: string, line: number) => string;
}

/** A code frame, or a line that says why there is none. */
export function codeFrame(sources: Sources, { path, range, around, hrefOf }: FrameView): Html {
  const lines = sources.get(path)?.replace(/\n$/, '').split('\n');
  if (lines === undefined || range.line > lines.length) {
    return html`<p class="no-frame">The registry keeps no text of this file, so no code is shown.</p>`;
  }
  const first = Math.max(1, range.line - around);
  const last = Math.min(
    lines.length,
    Math.max(range.line, range.endLine) + around,
    first + frameLinesMax - 1,
  );
  const rows = lines.slice(first - 1, last).map((text, index) => {
    const line = first + index;
    const marked = line >= range.line && line <= Math.max(range.line, range.endLine);
    return html`<tr class="${marked ? 'hit' : ''}">
<th scope="row"><a href="${hrefOf(path, line)}" aria-label="line ${line}">${line}</a></th>
<td><code dir="ltr">${marked ? markedLine(text, columnsOn(line, text, range)) : shown(clip(text, 0).text)}</code></td></tr>`;
  });
  return html`<div class="frame" tabindex="0" role="group" aria-label="code of ${revealedText(path)}, line ${range.line}">
<table><caption class="visually-hidden">${revealedText(path)}, lines ${first} to ${last}</caption>
<tbody>${rows}</tbody></table></div>`;
}

function columnsOn(
  line: number,
  text: string,
  range: FrameRange,
): readonly [from: number, to: number] {
  const from = line === range.line ? range.column - 1 : 0;
  const to = line === range.endLine ? range.endColumn - 1 : text.length;
  return [Math.min(from, text.length), Math.min(Math.max(to, from + 1), text.length)];
}

function markedLine(whole: string, [from, to]: readonly [number, number]): Html {
  const { text, start } = clip(whole, from);
  const a = Math.max(0, from - start);
  const b = Math.max(0, Math.min(to - start, text.length));
  return html`${shown(text.slice(0, a))}<mark>${shown(text.slice(a, b))}</mark>${shown(text.slice(b))}`;
}

// A minified line can be a megabyte. The window contains the marked column, and says where the line
// was cut.
function clip(text: string, column: number): { readonly text: string; readonly start: number } {
  if (text.length <= frameLineCharsMax) return { text, start: 0 };
  const start = Math.max(
    0,
    Math.min(column - frameLineCharsMax / 4, text.length - frameLineCharsMax),
  );
  return { text: text.slice(start, start + frameLineCharsMax), start };
}
