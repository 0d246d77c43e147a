/** A version: what it may do against what it does, what was found, what the agent will read, its files and its history. */
import type { ReviewDetail } from '../review.ts';
import { capabilityMatrix, capabilityRows } from './capability-matrix.ts';
import type { Sources } from './code-frame.ts';
import { type DecisionView, decisionPanel } from './decision.ts';
import { fileHref, fileTable } from './file.ts';
import { findingAnchor, findingList, rankFindings } from './finding.ts';
import { key } from './key-map.ts';
import { type Frame, page } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { count, digest, type Html, html, moment, shown, untrusted } from './markup.ts';
import { riskMeter } from './queue.ts';
import { severityBadge, stateBadge, verdictBadge } from './severity.ts';

export interface VersionView {
  readonly detail: ReviewDetail;
  readonly now: number;
  /** Text of the files that findings and SKILL.md need. */
  readonly sources: Sources;
  readonly decision: Omit<DecisionView, 'detail' | 'now'>;
}

/** The whole page. */
export function versionPage(frame: Frame, view: VersionView): Html {
  const { detail, now } = view;
  const title = `${detail.name} ${detail.version}`;
  const heading = html`<bdi>${detail.name}</bdi> <span class="version">${detail.version}</span> ${stateBadge(detail.status)}`;
  const body = html`${facts(view)}
<div class="columns"><div class="reading">
${section('capabilities', 'Capabilities: declared against observed', 'g c', capabilities(view))}
${section('findings', `Findings${detail.report === undefined ? '' : ` (${detail.report.findings.length})`}`, 'g f', findings(view))}
${section('skill-md', 'SKILL.md: what the agent will read', 'g s', skillMd(view))}
${section('files', `Files (${detail.files.length})`, 'g i', fileTable(view.detail))}
${section('history', 'History', 'g h', history(view))}
</div>${decisionPanel({ ...view.decision, detail, now })}</div>`;
  return page(frame, { title, heading, body });
}

function section(id: string, title: string, keys: 'g c' | 'g f' | 'g s' | 'g i' | 'g h', body: Html): Html {
  return html`<section id="${id}" class="part" aria-labelledby="${id}-title"><h2 id="${id}-title"><a href="#${id}" ${key(keys)}>${title}</a></h2>${body}</section>`;
}

function facts({ detail, now }: VersionView): Html {
  const { risk } = detail;
  const received = Math.min(now, ...detail.history.map((move) => move.at.getTime()));
  return html`<p class="description">${untrusted(detail.description)}</p>
<dl class="facts"><div><dt>verdict</dt><dd>${verdictBadge(detail.verdict)}</dd></div>
<div><dt>risk</dt><dd>${riskMeter(risk)}</dd></div>
<div><dt>received</dt><dd>${moment(received, now)}</dd></div>
<div><dt>publisher</dt><dd>${digest(detail.publisher)}</dd></div>
<div><dt>bundle</dt><dd>${digest(detail.bundle)}</dd></div>
<div><dt>report</dt><dd>${detail.reportDigest === undefined ? html`<span class="quiet">none</span>` : digest(detail.reportDigest)}</dd></div></dl>
${decides(detail)}
<details class="risk-parts"><summary>Risk ${risk.total}, part by part</summary><ul>${risk.parts.map(
    (part) => html`<li><b>${part.name} ${part.points}</b> ${part.why}</li>`,
  )}</ul></details>`;
}

function decides({ report, verdict }: ReviewDetail): Html {
  if (report === undefined)
    return html`<p class="notice">No scan report: the scanning process was stopped, or the scan has not ended.</p>`;
  const deciding = rankFindings(report.findings, report.decidedBy).filter((one) => report.decidedBy.includes(one.fingerprint));
  if (deciding.length === 0)
    return verdict === 'incomplete' ? html`<p class="notice">The scan could not read everything; see the files.</p>` : html``;
  return html`<ul class="deciding" aria-label="what decides">${deciding.map(
    (one) =>
      html`<li>${severityBadge(one.severity)}<a href="#${findingAnchor(one)}">${untrusted(one.message)}</a> <code>${untrusted(one.rule)}</code></li>`,
  )}</ul>`;
}

function capabilities({ detail }: VersionView): Html {
  if (detail.report === undefined) return html`<p class="empty">Not scanned yet: only what is declared is known.</p>`;
  const before = detail.previousApproved;
  const rows = capabilityRows({ ...detail.report.capabilities, approvedBefore: before?.capabilities });
  const of = (use: string): number => rows.filter((row) => row.use === use).length;
  const versus =
    before === undefined
      ? 'No version was approved before.'
      : html`Compared with ${before.version}, approved before: ${count(rows.filter((row) => row.added).length, 'new capability')}.`;
  return html`<p class="summary"><b>${of('undeclared')} undeclared</b>, ${of('used')} declared and used, ${of('unused')} declared and never seen. ${versus}</p>
${capabilityMatrix(rows)}`;
}

function findings({ detail, sources }: VersionView): Html {
  if (detail.report === undefined) return html`<p class="empty">No report.</p>`;
  const hrefOf = (path: string, line: number): string => fileHref(detail, path, line);
  return findingList({ findings: detail.report.findings, decidedBy: detail.report.decidedBy, sources, hrefOf });
}

function skillMd({ detail, sources }: VersionView): Html {
  const text = sources.get('SKILL.md');
  if (text === undefined)
    return html`<p class="empty">Too large to show here: <a href="${fileHref(detail, 'SKILL.md')}">read it as plain text</a>.</p>`;
  const front = /^---\r?\n[\s\S]*?\r?\n---[ \t]*\r?\n/.exec(text)?.[0] ?? '';
  const rendered = renderMarkdown(text.slice(front.length));
  const raw = html`<div class="raw"><h3>Raw, byte for byte</h3><pre tabindex="0" aria-label="SKILL.md, raw"><code dir="ltr">${shown(text)}</code></pre></div>`;
  if (rendered === undefined) return html`<p class="notice">Too long to render; this is all of it, as it is.</p>${raw}`;
  return html`<div class="side-by-side"><div class="rendered"><h3>Rendered, with nothing live and nothing hidden</h3>
${front === '' ? '' : html`<pre class="front" tabindex="0" aria-label="front matter"><code dir="ltr">${shown(front)}</code></pre>`}${rendered}</div>${raw}</div>`;
}

function history({ detail, now }: VersionView): Html {
  return html`<ol class="history">${detail.history.map(
    (move) =>
      html`<li>${stateBadge(move.to)}<span>from ${move.from} by ${untrusted(move.by)} ${moment(move.at.getTime(), now)}</span><span class="sub">${untrusted(move.why)}</span></li>`,
  )}</ol>`;
}
