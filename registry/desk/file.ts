/** The files of a version, and a page for one file: escaped text, never the bytes themselves. */
import { isUtf8 } from 'node:buffer';
import { structuredPatch } from 'diff';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import {
  count,
  digest,
  type Html,
  html,
  isolatedText,
  revealedText,
  untrusted,
} from '../markup/markup.ts';
import type { FilesSince } from '../review/detail.ts';
import type { ReviewDetail } from '../review/review.ts';
import { type PageFrame, page } from './layout.ts';

const fileViewLineCharsMax = 2_000;

export const fileViewLinesMax = 5_000;

const hexBytesMax = 4_096;

/** Share of printable bytes from which a file that is not UTF-8 is shown as text. */
const printableShareMin = 0.8;

export const comparedCharsMax = 512 * 1_024;

/** Lines that differ between two versions of a file. The search takes half the square of them. */
export const lineEditsMax = 2_000;

/**
 * Path, size, the scanner's disposition and digest of each file. Each path leads to the file's
 * page.
 */
export function fileTable(detail: ReviewDetail): Html {
  const coverage = new Map(detail.report?.coverage.files.map((file) => [file.path, file]));
  const found = findingsByPath(detail);
  const { filesSince: compared } = detail;
  const stateOf = statesOf(compared);
  const rows = detail.files.map(
    ({
      path,
      size,
      mode,
      sha256,
    }) => html`<tr><th scope="row"><a href="${fileHref(detail, path)}">${untrusted(path)}</a></th>
${compared === undefined ? '' : html`<td>${stateOf(path)}</td>`}<td class="number">${size.toLocaleString('en')}</td>
<td>${mode === '755' ? html`<span class="tag">executable</span>` : html`<span class="quiet">plain</span>`}</td>
<td>${coverageWords(coverage.get(path))}</td>
<td>${found.get(path) ?? html`<span class="quiet">none</span>`}</td>
<td>${digest(sha256)}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="files"><table class="files">
<thead><tr><th scope="col">path</th>${compared === undefined ? '' : html`<th scope="col">since ${compared.since}</th>`}<th scope="col" class="number">bytes</th><th scope="col">mode</th>
<th scope="col">scanner</th><th scope="col">findings</th><th scope="col">digest</th></tr></thead>
<tbody>${rows}</tbody></table></div>${compared === undefined ? '' : removedList(compared)}`;
}

function statesOf(compared: FilesSince | undefined): (path: string) => Html {
  const added = new Set(compared?.added);
  const changed = new Set(compared?.changed.map(({ path }) => path));
  return (path) =>
    added.has(path)
      ? html`<span class="tag">new</span>`
      : changed.has(path)
        ? html`<span class="tag">changed</span>`
        : html`<span class="quiet">same</span>`;
}

function removedList({ since, removed }: FilesSince): Html {
  if (removed.length === 0) return html``;
  return html`<p class="summary">${count(removed.length, 'file')} of ${since} gone:</p>
<ul class="plain-list">${removed.map((path) => html`<li><code>${untrusted(path)}</code></li>`)}</ul>`;
}

function coverageWords(seen: ScanReport['coverage']['files'][number] | undefined): Html {
  if (seen === undefined) return html`<span class="quiet">not scanned</span>`;
  const { disposition, reason } = seen;
  return html`<span class="disposition-${disposition}">${disposition}</span> <span class="quiet">${untrusted(reason)}</span>`;
}

function findingsByPath({ report }: ReviewDetail): Map<string, number> {
  const counts = new Map<string, number>();
  for (const finding of report?.findings ?? [])
    counts.set(finding.path, (counts.get(finding.path) ?? 0) + 1);
  return counts;
}

/** The page of a file of a version, at a line when one is given. */
export function fileHref(
  { name, version }: Pick<ReviewDetail, 'name' | 'version'>,
  path: string,
  line?: number,
): string {
  const parts = path.toWellFormed().split('/').map(encodeURIComponent);
  const file = `/review/${name}/${encodeURIComponent(version)}/files/${parts.join('/')}`;
  const sheet = Math.floor(((line ?? 1) - 1) / fileViewLinesMax);
  return `${file}${sheet === 0 ? '' : `?sheet=${sheet + 1}`}${line === undefined ? '' : `#L${line}`}`;
}

export interface FileView {
  readonly detail: Pick<ReviewDetail, 'name' | 'version'>;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  /** Long files are split into sheets of equally many lines, numbered from 1. */
  readonly sheet: number;
  /** The same file of the last approved version, where it differs. */
  readonly before?: { readonly since: string; readonly bytes: Uint8Array };
}

/** A file as numbered lines of escaped text; a binary file as hexadecimal. */
export function filePage(frame: PageFrame, view: FileView): Html {
  const { detail, path, sha256, bytes, sheet, before } = view;
  const text = readAsText(bytes);
  const all = text === undefined ? hexLines(bytes) : text.split('\n');
  const first = (sheet - 1) * fileViewLinesMax + 1;
  const encoding = isUtf8(bytes) ? 'UTF-8' : 'not UTF-8: invalid bytes are shown as U+FFFD';
  const hex = `binary, its first ${count(hexBytesMax, 'byte')} as hexadecimal`;
  const what = text === undefined ? hex : `${count(all.length, 'line')}, ${encoding}`;
  const rows = all
    .slice(first - 1, first - 1 + fileViewLinesMax)
    .map((line, index) => fileLine(line, first + index));
  const up = `/review/${detail.name}/${encodeURIComponent(detail.version)}#files`;
  const body = html`<p class="crumbs"><a href="${up}">${detail.name} ${detail.version}</a></p>
<p class="summary">${count(bytes.byteLength, 'byte')}, ${what}. ${digest(sha256, 'long')}</p>
${before === undefined ? '' : differenceFrom(before, text)}${sheets(detail, path, all.length)}
<div class="frame file" tabindex="0" role="group" aria-label="text of the file">
<table><caption class="visually-hidden">lines of ${revealedText(path)}</caption><tbody>${rows}</tbody></table></div>`;
  return page(frame, {
    title: `${path} of ${detail.name} ${detail.version}`,
    heading: html`<code>${untrusted(path)}</code>`,
    body,
  });
}

function differenceFrom({ since, bytes }: NonNullable<FileView['before']>, now?: string): Html {
  const old = readAsText(bytes);
  return old === undefined || now === undefined
    ? html`<p class="notice">The bytes differ from those in ${since}.</p>`
    : fileDifference(since, old, now);
}

function fileLine(line: string, number: number): Html {
  const more = line.length - fileViewLineCharsMax;
  const cut = more > 0 ? html`<span class="chip">${count(more, 'further character')}</span>` : '';
  return html`<tr id="L${number}"><th scope="row"><a href="#L${number}" aria-label="line ${number}">${number}</a></th>
<td><code dir="ltr">${isolatedText(line.slice(0, fileViewLineCharsMax))}${cut}</code></td></tr>`;
}

function sheets(detail: FileView['detail'], path: string, lines: number): Html {
  if (lines <= fileViewLinesMax) return html``;
  const starts = Array.from(
    { length: Math.ceil(lines / fileViewLinesMax) },
    (_, index) => index * fileViewLinesMax + 1,
  );
  const links = starts.map(
    (line) => html`<a href="${fileHref(detail, path, line)}">from line ${line}</a> `,
  );
  return html`<nav class="sheets" aria-label="parts of the file">${links}</nav>`;
}

// One invalid byte must not hide a script behind hexadecimal, so mostly printable files are shown
// as text.
function readAsText(bytes: Uint8Array): string | undefined {
  const printable = bytes.reduce(
    (sum, byte) => sum + ((byte > 31 && byte < 127) || (byte > 8 && byte < 14) ? 1 : 0),
    0,
  );
  if (!isUtf8(bytes) && printable < bytes.byteLength * printableShareMin) return undefined;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.byteLength, hexBytesMax); at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = row
      .map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.'))
      .join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${ascii}`);
  }
  return lines;
}

// The lines of a file that differ from the last approved version, above the file itself.

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
<td><code dir="ltr">${isolatedText(text.slice(0, fileViewLineCharsMax))}${tail}</code></td></tr>`;
}
