/**
 * A version: declared against observed capabilities, findings, new sentences, the text for the
 * agent, its files and its history.
 */
import { listCapabilities } from '../../../skills-index/skill/capability.ts';
import type { ObservedFact } from '../../../skills-index/statement/observation.ts';
import { capabilityText } from '../../markup/capability-text.ts';
import {
  count,
  digest,
  type Html,
  html,
  isolatedText,
  moment,
  part,
  term,
  untrusted,
} from '../../markup/markup.ts';
import { stateBadge, verdictBadge } from '../../markup/severity.ts';
import type { ComparedCopy, PartText } from '../../review/compared-copies.ts';
import type { RequiredSkill } from '../../review/detail.ts';
import type { ReviewDetail } from '../../review/review.ts';
import { fileHref, fileTable } from '../file.ts';
import { type PageFrame, page } from '../layout.ts';
import { riskMeter } from '../queue.ts';
import {
  type CapabilityUse,
  capabilityMatrix,
  capabilityRows,
  inferredWords,
  proseChanges,
  proseTitle,
} from './capability-matrix.ts';
import { type DecisionView, decisionPanel } from './decision.ts';
import { renderMarkdown } from './markdown.ts';
import { findingList, notices, type Sources } from './notices.ts';
import { packageRows, packageTable } from './package-table.ts';

/** Facts of an observation. */
const observedFactsShownMax = 50;

const copyLineCharsMax = 400;

/** Lines of one common part of two skills. */
const copyLinesMax = 30;

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
      html`<li><span class="tag">${capability.kind}</span> <code>${untrusted(capabilityText(capability))}</code> ${untrusted(capability.why ?? '')}</li>`,
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
<pre tabindex="0" aria-label="SKILL.md, raw"><code dir="ltr">${isolatedText(text)}</code></pre></div>`;
  if (rendered === undefined)
    return html`<p class="notice">The file is too long to render. This is its whole text, unchanged.</p>${raw}`;
  return html`<div class="side-by-side"><div class="rendered"><h3>Rendered, with nothing live and nothing hidden</h3>
${front === '' ? '' : frontMatter(front)}
${rendered}</div>${raw}</div>`;
}

function frontMatter(text: string): Html {
  return html`<pre class="front" tabindex="0" aria-label="front matter"><code dir="ltr">${isolatedText(text)}</code></pre>`;
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

// The skills that a version requires, new ones first.

/** The title of the part, with the number of new skills. */
function requiredTitle(required: readonly RequiredSkill[]): string {
  const added = required.filter(({ change }) => change === 'new').length;
  const fresh = added === 0 ? '' : `, ${added} required anew`;
  return `Requires ${count(required.length, 'skill')}${fresh}`;
}

/** The list; each skill is reviewed on its own and gets a sandbox of its own. */
function requiredList(required: readonly RequiredSkill[]): Html {
  const rank = { new: 0, range: 1, none: 2 };
  const sorted = [...required].sort((a, b) => rank[a.change] - rank[b.change]);
  return html`<p class="summary">An installer gets these skills too. Each runs in a sandbox of its own, with the capabilities that reviewers approved for it.</p>
<ul class="plain-list">${sorted.map((one) => html`<li>${item(one)}</li>`)}</ul>`;
}

function item({ before, change, fits, name, range }: RequiredSkill): Html {
  const tag =
    change === 'none'
      ? ''
      : html`<span class="tag">${change === 'new' ? 'new' : 'other range'}</span> `;
  const was = before === undefined ? '' : html` (before: <code>${untrusted(before)}</code>)`;
  const now =
    fits === undefined
      ? html`<b>no approved version fits: nobody can install this version</b>`
      : html`<a href="/review/${name}/${encodeURIComponent(fits)}">${fits}</a> fits now`;
  return html`${tag}<bdi>${name}</bdi> <code>${untrusted(range)}</code>${was}: ${now}`;
}

// What a version did when a scanner ran it in sandboxes with decoys, beside what its report says.

function observationTitle({ observation }: ReviewDetail): string {
  return observation === undefined
    ? 'Not observed'
    : `Observed in sandboxes with decoys (${count(observation.facts.length, 'fact')})`;
}

/** The worst observation with the facts of all, or why there are none. */
function observationPart(detail: ReviewDetail, now: number): Html {
  const { observation, lacksObservation, observationWaits = '' } = detail;
  const demand =
    lacksObservation === true
      ? html`<p class="notice">The policy asks for an observation. Until a scanner sends one, nobody can approve this version.
${untrusted(observationWaits)} By hand, with a scanner’s key: <code>skillgate observe --send ${detail.name}@${detail.version} DIR</code></p>`
      : '';
  if (observation === undefined)
    return html`${demand}<p class="empty">No scanner has run this version. The report above comes from reading alone.</p>`;
  const { by, coverage, digest: name, facts, observedAt, observer, others, verdict } = observation;
  const items = facts.slice(0, observedFactsShownMax).map(factItem);
  const more = facts.length - items.length;
  return html`${demand}<p class="summary">${verdictBadge(verdict)} ${untrusted(by)} ran it with ${untrusted(observer)} ${moment(Date.parse(observedAt), now)}: ${digest(name)}</p>
${facts.length === 0 ? html`<p class="empty">No fact speaks against this version. A program can notice that it is observed, so this proves nothing.</p>` : html`<ul class="plain-list" aria-label="what the version did">${items}${more > 0 ? html`<li>and ${more} more</li>` : ''}</ul>`}
<p class="sub">${covered(coverage)}${others.length === 0 ? '' : html` ${count(others.length, 'other observation')}, none worse: ${others.join(', ')}. The list has their facts, too.`}</p>`;
}

function factItem({ kind, level, steps, what }: ObservedFact): Html {
  return html`<li><span class="tag">${level}</span> <b>${kind}</b> <code>${untrusted(what)}</code>
<span class="sub">in ${untrusted(steps.join('; '))}</span></li>`;
}

function covered({
  blind,
  done,
  late,
  leftOut = [],
  planned,
  rounds,
}: NonNullable<ReviewDetail['observation']>['coverage']): Html {
  return html`${done} of ${count(planned, 'step')} ran, in the rounds ${untrusted(rounds.join('; '))}.
${leftOut.length === 0 ? '' : html`No time was left for ${untrusted(leftOut.join('; '))}.`}
${late === 0 ? '' : html`${count(late, 'step')} reached the time limit.`}
${blind === undefined ? '' : html`Only connections that use the proxy’s variables were seen: ${untrusted(blind)}.`}`;
}

// Near copies of a version, each with both texts side by side.

/** All near copies; nothing when there are none. */
function nearCopyList(copies: readonly ComparedCopy[]): Html {
  return html`<ul class="copies">${copies.map((copy) => html`<li>${copyItem(copy)}</li>`)}</ul>`;
}

function copyItem({ copy, parts }: ComparedCopy): Html {
  const { name, version, status, likeness, knownBad, earlier } = copy;
  const words = knownBad
    ? html`<b>The registry held back or revoked this version.</b> Check whether its near copy does the same.`
    : earlier
      ? html`Somebody else published this near copy earlier. Is the skill under review a declared fork, or a disguise?`
      : html`Somebody else published this near copy later. It may be a copy of the skill under review.`;
  return html`<p class="notice ${knownBad ? 'notice-refused' : ''}">${Math.round(likeness * 100)} % like
<a href="/review/${name}/${version}"><bdi>${name}</bdi> ${version}</a> ${stateBadge(status)} ${words}</p>
${parts.length === 0 ? html`<p class="quiet">The texts share no long passage.</p>` : parts.map((part) => sides(part))}`;
}

function sides({ left, right, words }: ComparedCopy['parts'][number]): Html {
  return html`<div class="side-by-side copy-part"><div><h3>Here: ${placeOf(left)}</h3>${lines(left, 'here')}</div>
<div><h3>There: ${placeOf(right)}</h3>${lines(right, 'there')}</div></div>
<p class="quiet">${count(words, 'word')} in a row are the same.</p>`;
}

function placeOf({ path, from, to }: PartText): Html {
  return html`<code>${untrusted(path)}</code> ${from === to ? html`line ${from}` : html`lines ${from} to ${to}`}`;
}

function lines({ path, lines: all }: PartText, side: string): Html {
  const more = all.length - copyLinesMax;
  const text = all
    .slice(0, copyLinesMax)
    .map((line, index) => html`${index === 0 ? '' : '\n'}${cutLine(line)}`);
  return html`<pre tabindex="0" aria-label="${path}, ${side}"><code dir="ltr">${text}</code></pre>
${more > 0 ? html`<p class="quiet">and ${count(more, 'further line')}</p>` : ''}`;
}

// A line can be a megabyte long.
function cutLine(line: string): Html {
  const more = line.length - copyLineCharsMax;
  const cut = more > 0 ? html`<span class="chip">${count(more, 'further character')}</span>` : '';
  return html`${isolatedText(line.slice(0, copyLineCharsMax))}${cut}`;
}
