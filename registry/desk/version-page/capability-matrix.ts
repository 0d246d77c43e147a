/**
 * Compares the capabilities of the signed manifest with the observed ones: one row for each,
 * undeclared first. The desk compares them itself, because a scanner does not know an inferred
 * manifest. This is the first section of a version's page.
 */
import { unused } from '../../../skills-index/skill/authoring/unused-capabilities.ts';
import {
  type Capabilities,
  type Capability,
  covers,
  listCapabilities,
  minus,
} from '../../../skills-index/skill/capability.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import type { Sentence } from '../../../skills-index/statement/prose.ts';
import { changeWords } from '../../../skills-index/statement/prose-change.ts';
import { capabilityText } from '../../markup/capability-text.ts';
import { type Html, html, untrusted } from '../../markup/markup.ts';
import type { ReviewDetail } from '../../review/detail.ts';
import type { ProseSince } from '../../review/prose-since.ts';
import { fileHref } from '../file.ts';

/**
 * undeclared: observed and not declared. used: declared and observed. unused: declared and never
 * observed.
 */
export type CapabilityUse = 'undeclared' | 'used' | 'unused';

interface MatrixRow {
  readonly kind: Capability['kind'];
  readonly text: string;
  readonly use: CapabilityUse;
  /** The author's reason; absent for an undeclared capability. */
  readonly why: string | undefined;
  /** Observed capabilities that this one covers; empty when unused. */
  readonly seen: readonly string[];
  /** Whether the last approved version lacked the capability; undefined when there is none. */
  readonly added: boolean | undefined;
}

interface MatrixInput {
  /** Of the signed manifest. */
  readonly declared: Capabilities;
  /** Of the scan report. */
  readonly observed: Capabilities;
  /** Of the last approved version of the skill. */
  readonly approvedBefore: Capabilities | undefined;
}

/** The rows of the matrix: undeclared, then used, then unused, each in the order of the kinds. */
export function capabilityRows(input: MatrixInput): MatrixRow[] {
  const { approvedBefore } = input;
  // Packages have a table of their own.
  const { package: _, ...declared } = input.declared;
  const { package: __, ...observed } = input.observed;
  const seen = listCapabilities(observed);
  const never = new Set(listCapabilities(unused(declared, observed)).map(keyOf));
  const before = approvedBefore === undefined ? undefined : listCapabilities(approvedBefore);
  const added = (capability: Capability): boolean | undefined =>
    before && !before.some((old) => covers(old, capability));
  const asked = listCapabilities(declared).map((capability): MatrixRow => {
    const uses = seen.filter((use) => covers(capability, use)).map((use) => capabilityText(use));
    return {
      ...about(capability),
      use: never.has(keyOf(capability)) ? 'unused' : 'used',
      why: capability.why,
      seen: uses,
      added: added(capability),
    };
  });
  const unasked = listCapabilities(minus(observed, declared)).map(
    (capability): MatrixRow => ({
      ...about(capability),
      use: 'undeclared',
      why: undefined,
      seen: [capabilityText(capability)],
      added: added(capability),
    }),
  );
  return [
    ...unasked,
    ...asked.filter((row) => row.use === 'used'),
    ...asked.filter((row) => row.use === 'unused'),
  ];
}

/** Shown wherever an inferred manifest is shown. */
export const inferredWords = 'inferred, not confirmed by a person';

const useWords: Readonly<Record<CapabilityUse, { readonly glyph: string; readonly word: string }>> =
  {
    undeclared: { glyph: '▲', word: 'undeclared' },
    used: { glyph: '✓', word: 'used' },
    unused: { glyph: '○', word: 'unused' },
  };

/**
 * The matrix as a table.
 * @param inferred no author wrote the manifest, and each of its rows says so
 */
export function capabilityMatrix(rows: readonly MatrixRow[], inferred = false): Html {
  if (rows.length === 0)
    return html`<p class="empty">No capability is declared or observed: the skill can only read its own files.</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="capabilities declared and observed">
<table class="matrix"><thead><tr><th scope="col">finding</th><th scope="col">capability</th><th scope="col">declared</th>
<th scope="col">observed</th><th scope="col">why, in the author’s words</th></tr></thead>
<tbody>${rows.map((row) => matrixRow(row, inferred))}</tbody></table></div>`;
}

function matrixRow(row: MatrixRow, inferred: boolean): Html {
  const { glyph, word } = useWords[row.use];
  const added = row.added
    ? html` <span class="tag new">new since the last approved version</span>`
    : '';
  const narrower = row.seen.filter((use) => use !== row.text);
  const asked = inferred ? html`<b class="no">${inferredWords}</b>` : 'yes';
  const noWhy = row.use === 'undeclared' ? 'not asked for' : '—';
  return html`<tr class="use-${row.use}"><td><span class="use"><span aria-hidden="true">${glyph}</span> ${word}</span></td>
<th scope="row"><span class="tag">${row.kind}</span> <code>${untrusted(row.text)}</code>${added}</th>
<td>${row.use === 'undeclared' ? html`<b class="no">no</b>` : asked}</td><td>${observedWords(row, narrower)}</td>
<td>${row.why === undefined ? html`<span class="quiet">${noWhy}</span>` : untrusted(row.why)}</td></tr>`;
}

function observedWords({ kind, use, seen }: MatrixRow, narrower: readonly string[]): Html {
  if (use === 'unused') return html`no`;
  if (kind === 'secret' && seen.length === 0)
    return html`<span class="quiet">its host is contacted</span>`;
  return narrower.length === 0
    ? html`yes`
    : html`${narrower.map((observed) => html`<code>${untrusted(observed)}</code> `)}`;
}

function about(capability: Capability): Pick<MatrixRow, 'kind' | 'text'> {
  return { kind: capability.kind, text: capabilityText(capability) };
}

function keyOf(capability: Capability): string {
  return canonicalJson({ ...capability, why: undefined });
}

// New sentences for an agent since the last approved version, with file and line.

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
