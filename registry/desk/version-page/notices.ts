/** What a reviewer must know before anything else of a version, above its sections. */
import { capitalized } from '../../../skills-index/skill/text/capitalized.ts';
import { remarkKinds } from '../../../skills-index/statement/reading.ts';
import { count, type Html, html, moment, untrusted } from '../../markup/markup.ts';
import { rankFindings } from '../../markup/rank-findings.ts';
import { severityBadge } from '../../markup/severity.ts';
import { changeNames } from '../../review/changes-since.ts';
import type { ReviewDetail } from '../../review/review.ts';
import { fileHref } from '../file.ts';
import { changesShownMax, remarksShownMax, unreadShownMax } from '../limits.ts';
import { findingAnchor } from './finding.ts';
import { packageAlarms } from './seen-package.ts';

/** The notices of a version, the gravest first; nothing for a version without any. */
export function notices(detail: ReviewDetail, now: number): Html {
  return html`${packageAlarms(detail.seenPackages)}
${uncounted(detail)}
${deleted(detail, now)}
${advised(detail)}
${decides(detail)}
${changed(detail)}
${remarked(detail)}
${observed(detail)}
${copied(detail)}`;
}

function uncounted({ uncounted: why }: ReviewDetail): Html {
  if (why === undefined) return html``;
  return html`<p class="notice">Installers refuse this version: ${why}. The author has to publish a higher version.</p>`;
}

function deleted({ filesDeleted }: ReviewDetail, now: number): Html {
  if (filesDeleted === undefined) return html``;
  return html`<p class="notice">The registry’s retention rule deleted the files of this version ${moment(filesDeleted.getTime(), now)}.
Statements, reports, the history and the list of files stay. The author may publish a higher version.</p>`;
}

function advised({ advice }: ReviewDetail): Html[] {
  return advice.map(
    ({ kind, reason, replacement }) => html`<p class="notice">${capitalized(kind)} by the author:
${untrusted(reason)}${replacement === undefined ? '' : html`. Use <bdi>${replacement}</bdi> instead.`}</p>`,
  );
}

function decides({ report }: ReviewDetail): Html {
  if (report === undefined)
    return html`<p class="notice">No scan report: the scanning process was stopped, or the scan has not ended.</p>`;
  const deciding = rankFindings(report.findings, report.decidedBy).filter((finding) =>
    report.decidedBy.includes(finding.fingerprint),
  );
  const items = deciding.map(
    (
      finding,
    ) => html`<li>${severityBadge(finding.severity)}<a href="#${findingAnchor(finding)}">${untrusted(finding.message)}</a>
<code>${untrusted(finding.rule)}</code></li>`,
  );
  return html`${deciding.length === 0 ? '' : html`<ul class="deciding" aria-label="what decides">${items}</ul>`}${unread(report)}`;
}

// Shown at the top, because no finding names a change: a report knows one version only.
function changed({ changes }: ReviewDetail): Html | string {
  const names = changes === undefined ? [] : changeNames(changes);
  if (changes === undefined || names.length === 0) return '';
  const items = names
    .slice(0, changesShownMax)
    .map((name) => html`<li><code>${untrusted(name)}</code></li>`);
  const more = names.length - items.length;
  return html`<div class="notice"><p><b>New since the approved version ${changes.since}</b></p>
<ul>${items}${more > 0 ? html`<li>and ${more} more: see the capabilities</li>` : ''}</ul></div>`;
}

// Beside the report and never in it: the same bytes must always give the same report.
function remarked(detail: ReviewDetail): Html | string {
  const { reading } = detail;
  if (reading === undefined) return '';
  const { model, remarks, unread } = reading;
  const left = unread === 0 ? '' : html` ${count(unread, 'sentence')} unread.`;
  if (remarks.length === 0)
    return html`<p class="sub">The model ${untrusted(model)} read the prose and remarked nothing.${left} Its silence proves nothing.</p>`;
  const items = remarks.slice(0, remarksShownMax).map(
    ({ path, line, quote, kind }) => html`<li>${remarkKinds[kind]}: “${untrusted(quote)}”
<a href="${fileHref(detail, path, line)}"><code>${untrusted(path)}</code> line ${line}</a></li>`,
  );
  const more = remarks.length - items.length;
  return html`<div class="notice"><p><b>The model ${untrusted(model)} remarks</b>, as an opinion and no finding:${left}</p>
<ul>${items}${more > 0 ? html`<li>and ${more} more</li>` : ''}</ul></div>`;
}

// Shown at the top, because no finding says it: a report comes from reading alone.
function observed({ observation }: ReviewDetail): Html | string {
  const facts = observation?.facts.filter(({ level }) => level === observation.verdict) ?? [];
  const [first] = facts;
  if (first === undefined) return '';
  const more = facts.length === 1 ? '' : ` and ${facts.length - 1} more`;
  return html`<p class="notice ${first.level === 'block' ? 'notice-refused' : ''}">When it ran, it did this:
<a href="#observed"><code>${untrusted(first.what)}</code></a>${more}.</p>`;
}

// Shown at the top, because no finding says it: the report knows only the skill itself.
function copied({ copies }: ReviewDetail): Html | string {
  const [first] = copies;
  if (first === undefined) return '';
  const what = first.knownBad
    ? 'a version that the registry held back or revoked'
    : 'a skill of somebody else';
  return html`<p class="notice ${first.knownBad ? 'notice-refused' : ''}">Nearly the same as ${what}:
<a href="#copies"><bdi>${first.name}</bdi> ${first.version}</a>, ${Math.round(first.likeness * 100)} %.</p>`;
}

// Files that nobody analysed are named at the top: an empty list of findings says nothing about
// them.
function unread({ coverage }: NonNullable<ReviewDetail['report']>): Html | string {
  const left = coverage.files.filter((file) => file.disposition === 'unanalysed');
  if (left.length === 0) return '';
  const rows = left
    .slice(0, unreadShownMax)
    .map((file) => html`<li><code>${untrusted(file.path)}</code> ${untrusted(file.reason)}</li>`);
  const more = left.length - unreadShownMax;
  return html`<div class="notice unread"><p><b>${count(left.length, 'file')} not analysed</b>: the scanner does not know what these files contain.</p>
<ul>${rows}${more > 0 ? html`<li>and ${more} more files: see the list of files</li>` : ''}</ul></div>`;
}
