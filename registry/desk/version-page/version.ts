/**
 * A version: declared against observed capabilities, findings, new sentences, the text for the
 * agent, its files and its history.
 */

import { listCapabilities } from '../../../skills-index/skill/capability.ts';
import { wordsOf } from '../../markup/capability-words.ts';
import {
  count,
  digest,
  type Html,
  html,
  moment,
  part,
  shown,
  term,
  untrusted,
} from '../../markup/markup.ts';
import { stateBadge, verdictBadge } from '../../markup/severity.ts';
import type { ComparedCopy } from '../../review/compared-copies.ts';
import type { ReviewDetail } from '../../review/review.ts';
import { fileHref, fileTable } from '../file.ts';
import { type PageFrame, page } from '../layout.ts';
import { riskMeter } from '../queue.ts';
import {
  type CapabilityUse,
  capabilityMatrix,
  capabilityRows,
  inferredWords,
} from './capability-matrix.ts';
import type { Sources } from './code-frame.ts';
import { type DecisionView, decisionPanel } from './decision.ts';
import { findingList } from './finding.ts';
import { renderMarkdown } from './markdown.ts';
import { nearCopyList } from './near-copies.ts';
import { notices } from './notices.ts';
import { observationPart, observationTitle } from './observation.ts';
import { packageRows, packageTable } from './package-table.ts';
import { proseChanges, proseTitle } from './prose-since.ts';
import { requiredList, requiredTitle } from './required-skills.ts';

export interface VersionView {
  readonly detail: ReviewDetail;
  readonly now: number;
  /** Text of the files that findings and SKILL.md need. */
  readonly sources: Sources;
  /** Near copies with their common parts. */
  readonly copies?: readonly ComparedCopy[];
  readonly decision: Omit<DecisionView, 'detail' | 'now'>;
}

/** The whole page. */
export function versionPage(frame: PageFrame, view: VersionView): Html {
  const { detail, now, copies = [] } = view;
  const title = `${detail.name} ${detail.version}`;
  const heading = html`<bdi>${detail.name}</bdi> <span class="version">${detail.version}</span> ${stateBadge(detail.status)}`;
  const body = html`${facts(view)}
<div class="columns"><div class="reading">
${section('capabilities', 'Capabilities: declared against observed', capabilities(view))}
${detail.required.length === 0 ? '' : part('required', requiredTitle(detail.required), requiredList(detail.required))}
${section('findings', `Findings (${detail.report?.findings.length ?? 'no report'})`, findings(view))}
${part('observed', observationTitle(detail), observationPart(detail, now))}
${copies.length === 0 ? '' : part('copies', `Nearly the same as ${count(copies.length, 'other skill')}`, nearCopyList(copies))}
${section('prose', proseTitle(detail.prose), proseChanges(detail))}
${section('skill-md', 'SKILL.md: what the agent will read', skillMd(view))}
${section('files', `Files (${detail.files.length})`, fileTable(view.detail))}
${detail.incidents.length === 0 ? '' : part('incidents', `Reports of hosts (${detail.incidents.length})`, incidents(view))}
${section('history', 'History', history(view))}
</div>${decisionPanel({ ...view.decision, detail, now })}</div>`;
  return page(frame, { title, heading, body });
}

function section(id: string, title: string, body: Html): Html {
  return part(id, title, body, html`<a href="#${id}">${title}</a>`);
}

function facts(view: VersionView): Html {
  const { detail, now } = view;
  const { risk, reportDigest } = detail;
  const received = Math.min(now, ...detail.history.map((move) => move.at.getTime()));
  const parts = risk.parts.map(
    (part) => html`<li><b>${part.name} ${part.points}</b> ${part.why}</li>`,
  );
  return html`<p class="description">${untrusted(detail.description)}</p>
<dl class="facts">
${term('verdict', verdictBadge(detail.verdict))}
${term('risk', riskMeter(risk))}
${term('received', moment(received, now))}
${term('publisher', publisher(detail))}
${term('bundle', digest(detail.bundle))}
${source(detail)}${term('report', reportDigest === undefined ? html`<span class="quiet">none</span>` : digest(reportDigest))}
</dl>
${notices(detail, now)}
<details class="risk-parts"><summary>Risk ${risk.total}, part by part</summary><ul>${parts}</ul></details>`;
}

function publisher({ publisher: id, publishedBy }: ReviewDetail): Html {
  return publishedBy === id ? digest(id) : html`${untrusted(publishedBy)} ${digest(id)}`;
}

// The repository is the publisher's word, so the page makes no link of it.
function source({ source: from }: ReviewDetail): Html | string {
  if (from === undefined) return '';
  const { repository, ref, commit, folder, licence, licenceFile } = from;
  const file =
    licenceFile === undefined ? '' : html` (<code>${untrusted(licenceFile.path)}</code>)`;
  return html`${term('source', html`${untrusted(repository)} <code>${untrusted(folder === '' ? '.' : folder)}</code>`)}
${term('commit', html`<code>${commit}</code>${ref === undefined ? '' : html` ${untrusted(ref)}`}`)}
${term('licence', html`${licence === undefined ? html`<span class="quiet">none named</span>` : untrusted(licence)}${file}`)}
`;
}

function capabilities({ detail, now }: VersionView): Html {
  const { report, manifest, inferred, previousApproved: before } = detail;
  if (report === undefined) return declaredOnly(detail);
  const declared = manifest.capabilities;
  const rows = capabilityRows({
    declared,
    observed: report.capabilities.observed,
    approvedBefore: before?.capabilities,
  });
  const packages = packageRows({
    declared,
    observed: report.capabilities.observed,
    approvedBefore: before?.capabilities,
    packages: manifest.packages,
    details: detail.lockDetails,
    seen: detail.seenPackages,
  });
  const of = (use: CapabilityUse): number => rows.filter((row) => row.use === use).length;
  const added = count(rows.filter((row) => row.added).length, 'new capability');
  const versus =
    before === undefined
      ? 'No version was approved before.'
      : `Compared with ${before.version}, the last approved version: ${added}.`;
  return html`${inferred ? inferredNotice : ''}<p class="summary"><b>${of('undeclared')} undeclared</b>, ${of('used')} declared and used,
${of('unused')} declared and never seen. ${versus}</p>
${capabilityMatrix(rows, inferred)}${packageTable(packages, now)}`;
}

const inferredNotice = html`<p class="notice">The skill has no skill.json. Its declared capabilities are ${inferredWords}:
a tool of the publisher wrote them into the signed statement.</p>`;

function declaredOnly({ manifest, inferred }: ReviewDetail): Html {
  const list = listCapabilities(manifest.capabilities);
  const what = list.length === 0 ? ': nothing.' : ':';
  return html`${inferred ? inferredNotice : ''}<p class="empty">There is no scan report: only the author’s declaration is known${what}</p>
<ul class="plain-list">${list.map(
    (capability) =>
      html`<li><span class="tag">${capability.kind}</span> <code>${untrusted(wordsOf(capability))}</code> ${untrusted(capability.why ?? '')}</li>`,
  )}</ul>`;
}

// Anybody could have sent the report of an unknown host.
function incidents({ detail, now }: VersionView): Html {
  const items = detail.incidents.map(
    (
      incident,
    ) => html`<li>${incident.isEnrolled ? html`<b>${untrusted(incident.by)}</b>` : html`<span class="quiet">unverified, ${untrusted(incident.by)}</span>`}
${untrusted(incident.text)} ${moment(incident.at.getTime(), now)}</li>`,
  );
  return html`<ul class="plain-list">${items}</ul>`;
}

function findings({ detail, sources }: VersionView): Html {
  if (detail.report === undefined) return html`<p class="empty">There is no scan report.</p>`;
  const hrefOf = (path: string, line: number): string => fileHref(detail, path, line);
  return findingList({
    findings: detail.report.findings,
    decidedBy: detail.report.decidedBy,
    sources,
    hrefOf,
  });
}

function skillMd({ detail, sources }: VersionView): Html {
  const text = sources.get('SKILL.md');
  if (detail.filesDeleted !== undefined) return html`<p class="empty">The file was deleted.</p>`;
  if (text === undefined)
    return html`<p class="empty">Too large to show here:
<a href="${fileHref(detail, 'SKILL.md')}">read it as plain text</a>.</p>`;
  const front = /^---\r?\n[\s\S]*?\r?\n---[ \t]*\r?\n/.exec(text)?.[0] ?? '';
  const rendered = renderMarkdown(text.slice(front.length));
  const raw = html`<div class="raw"><h3>Raw, byte for byte</h3>
<pre tabindex="0" aria-label="SKILL.md, raw"><code dir="ltr">${shown(text)}</code></pre></div>`;
  if (rendered === undefined)
    return html`<p class="notice">The file is too long to render. This is its whole text, unchanged.</p>${raw}`;
  return html`<div class="side-by-side"><div class="rendered"><h3>Rendered, with nothing live and nothing hidden</h3>
${front === '' ? '' : frontMatter(front)}
${rendered}</div>${raw}</div>`;
}

function frontMatter(text: string): Html {
  return html`<pre class="front" tabindex="0" aria-label="front matter"><code dir="ltr">${shown(text)}</code></pre>`;
}

function history({ detail, now }: VersionView): Html {
  return html`<ol class="history">${detail.history.map(
    ({
      from,
      to,
      by,
      why,
      at,
    }) => html`<li>${stateBadge(to)}<span>from ${from} by ${untrusted(by)} ${moment(at.getTime(), now)}</span>
<span class="sub">${untrusted(why)}</span></li>`,
  )}</ol>`;
}
