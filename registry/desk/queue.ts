/**
 * The queue: versions that wait for a person, riskiest first, with the reasons for their order.
 */
import { count, type Html, html, moment, untrusted } from '../markup/markup.ts';
import { severityBadge, severityCounts, stateBadge, verdictBadge } from '../markup/severity.ts';
import type { DecidedRow, QueuePage, QueueRow } from '../review/review.ts';
import type { Risk } from '../review/risk.ts';
import type { DoubtRow } from '../versions/second-scans.ts';
import { type PageFrame, page } from './layout.ts';

/** Characters of the registry’s reason beside a decision. */
const decidedWhyCharsMax = 200;

interface QueueView {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly queue: QueuePage;
  readonly decided: readonly DecidedRow[];
  /** Doubts of rescans for a person to decide. */
  readonly doubts?: readonly DoubtRow[];
}

/** The whole page. */
export function queuePage(frame: PageFrame, { now, queue, decided, doubts = [] }: QueueView): Html {
  const { oldest, quarantined, rows, unsettled, waiting } = queue;
  const wait = waiting === 1 ? 'waits' : 'wait';
  const summary = html`<p class="summary"><b>${count(waiting, 'version')}</b> ${wait} for a person,
${quarantined} in quarantine.
${oldest === undefined ? '' : html`The oldest came ${moment(oldest.getTime(), now)}.`} Riskiest first${
    rows.length < waiting ? html`, ${rows.length} on this page` : ''
  }.
${unsettled ? 'The registry is judging versions again after the newest events, so the order may change.' : ''}</p>`;
  const empty =
    waiting === 0
      ? html`<p class="empty">No version waits for review. New versions appear here after their scan.</p>`
      : html`<p class="empty">No version is left on this page. <a href="/review">The first page</a> has the riskiest.</p>`;
  const body = rows.length === 0 ? empty : table(rows, now);
  return page(frame, {
    title: 'Queue',
    at: 'queue',
    body: html`${summary}${doubtPart(doubts, now)}${body}${pageLinks(queue)}${legend}${decidedPart(decided, now)}`,
  });
}

function pageLinks({ next, previous }: QueuePage): Html {
  if (next === undefined && previous === undefined) return html``;
  const link = (to: 'after' | 'before', place: string | undefined, text: string) =>
    place === undefined
      ? ''
      : html`<a href="/review?${to}=${encodeURIComponent(place)}" rel="${to === 'after' ? 'next' : 'prev'}">${text}</a>`;
  return html`<nav class="pages" aria-label="pages of the queue">${link('before', previous, 'Riskier versions')}
${link('after', next, 'Less risky versions')}</nav>`;
}

function doubtPart(rows: readonly DoubtRow[], now: number): Html {
  if (rows.length === 0) return html``;
  return html`<h2>Rescans that a person has to check</h2><ul class="decided">${rows.map(
    (
      row,
    ) => html`<li><a href="/review/${row.name}/${encodeURIComponent(row.version)}"><bdi>${row.name}</bdi> <span class="version">${row.version}</span></a>
${stateBadge(row.status)} ${untrusted(row.why)} <span class="quiet">${moment(row.at.getTime(), now)}</span></li>`,
  )}</ul>`;
}

function decidedPart(rows: readonly DecidedRow[], now: number): Html {
  if (rows.length === 0) return html``;
  return html`<h2>Latest decisions</h2><ul class="decided">${rows.map(
    (
      row,
    ) => html`<li><a href="/review/${row.name}/${encodeURIComponent(row.version)}"><bdi>${row.name}</bdi> <span class="version">${row.version}</span></a>
${stateBadge(row.status)} <span class="quiet">${byWhom(row)}, ${moment(row.at.getTime(), now)}</span></li>`,
  )}</ul>`;
}

// The registry decides nothing by itself: it counts approvals, and follows advisories and scans.
function byWhom({ by, why }: DecidedRow): Html {
  if (by !== 'registry') return html`by ${untrusted(by)}`;
  const short = why.replace(/; verification summary at log index \d+$/, '');
  return html`${untrusted(short.slice(0, decidedWhyCharsMax))}`;
}

function table(rows: readonly QueueRow[], now: number): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="queue of versions"><table class="queue">
<caption class="visually-hidden">Versions that wait for a person, riskiest first</caption>
<thead><tr><th scope="col">risk</th><th scope="col">version</th><th scope="col">verdict</th><th scope="col">what decides</th>
<th scope="col">approvals</th><th scope="col">age</th><th scope="col">looking at it</th></tr></thead>
<tbody>${rows.map((row) => tableRow(row, now))}</tbody></table></div>`;
}

function tableRow(row: QueueRow, now: number): Html {
  const { total, independent } = row.approvalsNeeded;
  return html`<tr>
<td class="risk-cell">${row.failed === undefined ? riskMeter(row.risk) : 'unknown'}</td>
<th scope="row"><a href="/review/${row.name}/${encodeURIComponent(row.version)}">
<bdi>${row.name}</bdi> <span class="version">${row.version}</span></a><span class="sub">${stateBadge(row.status)}</span></th>
<td>${verdictBadge(row.verdict)}<span class="sub">${severityCounts(row.findings)}</span></td>
<td class="decides">${decides(row)}</td>
<td class="number">${
    row.failed === undefined
      ? html`<span title="${independent} of them from outside the desk">${row.approvals} of ${total}</span>`
      : 'unknown'
  }</td>
<td class="number">${moment(row.receivedAt.getTime(), now)}</td>
<td>${row.claim === undefined ? html`<span class="quiet">nobody</span>` : claimed(row.claim)}</td>
</tr>`;
}

function claimed({ by, until }: NonNullable<QueueRow['claim']>): Html {
  return html`${untrusted(by)}<span class="sub quiet">until ${until.toISOString().slice(11, 16)} UTC</span>`;
}

function decides({ decides: finding, verdict, failed, malicious, risk }: QueueRow): Html {
  if (failed !== undefined) return html`${untrusted(failed)}`;
  if (malicious !== undefined)
    return html`${severityBadge('critical')}malicious package
<span class="sub">${untrusted(malicious)}</span>`;
  if (finding !== undefined) {
    return html`${severityBadge(finding.severity)}<code>${untrusted(finding.rule)}</code>
<span class="sub">${untrusted(finding.message)}</span>`;
  }
  if (verdict === 'incomplete') return html`The scan could not finish.`;
  const telling = ['observed', 'reader', 'change'];
  const change = risk.parts.find(({ name }) => telling.includes(name));
  if (change !== undefined) return html`${untrusted(change.why)}`;
  return html`<span class="quiet">A person reviews every version.</span>`;
}

/** The total risk and its parts: as a bar with a segment for each part, and in words. */
export function riskMeter({ total, parts }: Risk): Html {
  const shares = parts.map((part) => `${part.name} ${part.points}`).join(' + ');
  const starts = parts.map((_, index) =>
    parts.slice(0, index).reduce((sum, part) => sum + part.points, 0),
  );
  const segments = parts.map(
    ({ name, points }, index) =>
      html`<rect class="risk-${name}" x="${starts[index] ?? 0}" width="${points}" height="6"/>`,
  );
  return html`<div class="risk"><b class="risk-total">${total}</b>
<svg class="risk-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
<rect class="risk-rest" width="100" height="6"/>${segments}</svg>
<span class="sub">${shares === '' ? 'no part of the risk counts' : shares}</span></div>`;
}

const legend = html`<details class="legend"><summary>How risk is counted</summary>
<p>Risk orders the queue and decides nothing. It is the sum of its named parts, 0 to 100:</p>
<dl><div><dt>evidence, to 50</dt><dd>findings of malice, by severity and confidence</dd></div>
<div><dt>undeclared, to 15</dt><dd>capabilities used that the manifest does not declare</dd></div>
<div><dt>reach, to 15</dt><dd>any host, interpreters and shells, secrets beside egress, a whole workspace, writes</dd></div>
<div><dt>unread, to 10</dt><dd>files that the scanner could not read</dd></div>
<div><dt>prose, to 20</dt><dd>sentences that the last approved version did not have, hidden ones most of all</dd></div>
<div><dt>change, to 25</dt><dd>hosts, secrets, programs, commands and a publisher that the last approved version did not have</dd></div>
<div><dt>reader, to 20</dt><dd>what a model remarked about the prose, where the operator named one</dd></div>
<div><dt>observed, to 50</dt><dd>what the version did when a scanner ran it in sandboxes with decoys</dd></div>
<div><dt>package, to 60</dt><dd>a package that an advisory calls malicious, or whose scan says block</dd></div>
<div><dt>newcomer, to 10</dt><dd>a publisher or a skill without an approved version</dd></div></dl></details>`;
