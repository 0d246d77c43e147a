/** What a reviewer must know before anything else of a version, above its sections. */
import { capitalized } from '../../../skills-index/skill/text/capitalized.ts';
import type { Finding, FlowStep } from '../../../skills-index/statement/finding.ts';
import { remarkKinds } from '../../../skills-index/statement/prose.ts';
import {
  count,
  type Html,
  html,
  isolatedText,
  moment,
  revealedText,
  term,
  untrusted,
} from '../../markup/markup.ts';
import { rankFindings } from '../../markup/rank-findings.ts';
import { severityBadge } from '../../markup/severity.ts';
import { changeNames } from '../../review/prose-since.ts';
import type { ReviewDetail } from '../../review/review.ts';
import { fileHref } from '../file.ts';
import { ruleHref, weaknessTags } from '../rule.ts';
import { packageAlarms } from './package-table.ts';

/** Changes since the last approved version, listed at the top of a version. */
const changesShownMax = 20;

/** Remarks of a model, listed at the top of a version. */
const remarksShownMax = 20;

/** Files that were not analysed, listed at the top of a version. */
const unreadShownMax = 10;

const findingsShownMax = 200;

const flowStepsShownMax = 40;

export const frameLineCharsMax = 240;

const frameLinesMax = 14;

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

// A finding: its message, the code, the flow step by step across files, the purpose of its rule,
// and how to correct it.

interface FindingsView {
  readonly findings: readonly Finding[];
  /** Fingerprints of the findings that decide the verdict. */
  readonly decidedBy: readonly string[];
  readonly sources: Sources;
  /** Address of a line on the file's page. */
  readonly hrefOf: (path: string, line: number) => string;
}

/** All findings: deciding ones first, then by severity. Findings beyond the limit are counted. */
export function findingList(view: FindingsView): Html {
  if (view.findings.length === 0)
    return html`<p class="empty">The scanner has no findings. A person still has to read the prose of the skill.</p>`;
  const ranked = rankFindings(view.findings, view.decidedBy);
  const more = ranked.length - findingsShownMax;
  const items = ranked
    .slice(0, findingsShownMax)
    .map((finding, index) => findingItem(finding, index + 1, view));
  const deciding = ranked.filter((finding) => view.decidedBy.includes(finding.fingerprint)).length;
  const heading = (text: string): Html | string =>
    deciding === 0 ? '' : html`<p class="findings-part">${text}</p>`;
  const rest = items.slice(deciding);
  return html`${
    deciding === 0
      ? ''
      : html`${heading(deciding === 1 ? 'The finding that decides the verdict' : 'The findings that decide the verdict')}
<ol class="findings">${items.slice(0, deciding)}</ol>`
  }
${
  rest.length === 0
    ? ''
    : html`${heading(`Other findings: ${ranked.length - deciding}`)}
<ol class="findings" start="${deciding + 1}">${rest}</ol>`
}
${more > 0 ? html`<p class="notice">${count(more, 'further finding')}: see the scan report.</p>` : ''}`;
}

/** The anchor of a finding: its fingerprint, so that a permalink survives moved lines. */
function findingAnchor(finding: Finding): string {
  return `f-${finding.fingerprint.replace(/^sha256:/, '').slice(0, 12)}`;
}

function findingItem(finding: Finding, number: number, view: FindingsView): Html {
  const anchor = findingAnchor(finding);
  const { path, line, column, severity } = finding;
  const decides = view.decidedBy.includes(finding.fingerprint);
  const evidence =
    finding.flow.length > 0
      ? flow(finding.flow, view)
      : codeFrame(view.sources, { path, range: finding, around: 2, hrefOf: view.hrefOf });
  return html`<li>
<article class="finding rank-${severity}" id="${anchor}" aria-labelledby="${anchor}-title">
<header>
<h3 id="${anchor}-title">${severityBadge(severity)}<span class="visually-hidden">finding ${number}: </span>
${untrusted(finding.message)}</h3>
<p class="meta"><code>${untrusted(finding.rule)}</code> <span class="tag">${finding.kind}</span>
<span class="tag">${confidenceWords[finding.confidence]}</span>
${decides ? html`<span class="tag decides-tag">decides the verdict</span>` : ''}
<a href="${view.hrefOf(path, line)}">${untrusted(path)}:${line}:${column}</a>
<a class="permalink" href="#${anchor}" aria-label="permalink to finding ${number}">#</a></p>
</header>
${evidence}
<dl class="advice">${term('Fix', untrusted(finding.fix))}${term('Rule', ruleWords(finding))}${weaknessTags(finding.rule)}</dl>
</article></li>`;
}

const confidenceWords = {
  exact: 'value read directly',
  folded: 'value computed from constants',
  lexical: 'recognised by its text',
  widened: 'assumed: value not resolved',
} as const satisfies Readonly<Record<Finding['confidence'], string>>;

function ruleWords({ rule }: Finding): Html {
  const group = groupOf(rule);
  const href = ruleHref(rule);
  const text =
    href === undefined
      ? ''
      : html` <a href="${href}">Why it matters, an attack and a near miss</a>.`;
  return html`This group looks for ${group.looksFor}. ${group.check}${text} <code class="line">skillgate explain ${untrusted(rule)}</code>`;
}

function flow(steps: readonly FlowStep[], view: FindingsView): Html {
  const files = steps
    .filter((step, index) => step.path !== steps[index - 1]?.path)
    .map((step) => step.path);
  const then = html` <span aria-hidden="true">→</span><span class="visually-hidden">then</span> `;
  const strip = files.map(
    (path, index) => html`${index === 0 ? '' : then}<code>${untrusted(path)}</code>`,
  );
  const length = `${count(steps.length, 'step')}${files.length > 1 ? ', across files' : ''}`;
  const more = steps.length - flowStepsShownMax;
  return html`<p class="flow-strip"><span class="quiet">flow</span> ${strip} <span class="quiet">${length}</span></p>
<ol class="flow">${steps.slice(0, flowStepsShownMax).map((step, index) => flowStep(step, index, steps, view))}</ol>
${more > 0 ? html`<p class="quiet">${count(more, 'further step')} of the flow: see the scan report.</p>` : ''}`;
}

function flowStep(
  step: FlowStep,
  index: number,
  steps: readonly FlowStep[],
  view: FindingsView,
): Html {
  const { path, line } = step;
  const role = index === 0 ? 'source' : index === steps.length - 1 ? 'sink' : 'step';
  const crosses = index > 0 && steps[index - 1]?.path !== path;
  return html`<li class="step-${role}">
<p><b class="step-number" aria-hidden="true">${index + 1}</b> <span class="tag">${role}</span> ${untrusted(step.note)}
<a href="${view.hrefOf(path, line)}">${untrusted(path)}:${line}</a>
${crosses ? html`<span class="tag crosses">another file</span>` : ''}</p>
${codeFrame(view.sources, { path, range: stepRange(step, view.sources), around: 0, hrefOf: view.hrefOf })}</li>`;
}

// A step has no end, so the mark covers the word or call that starts there.
function stepRange({ path, line, column }: FlowStep, sources: Sources): FrameRange {
  const text = sources.get(path)?.split('\n')[line - 1] ?? '';
  const length = /^(?:[\w$.]+|.)/.exec(text.slice(column - 1))?.[0].length ?? 1;
  return { line, column, endLine: line, endColumn: column + length };
}

// Lines of a file around a marked range: the code of a finding or of a step of its flow.

/** Texts of a version's files by path. Files that are not text or are too large are absent. */
export type Sources = ReadonlyMap<string, string>;

/** Lines and columns count from 1; columns in UTF-16 units; the end is exclusive. */
interface FrameRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface FrameView {
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
<td><code dir="ltr">${marked ? markedLine(text, columnsOn(line, text, range)) : isolatedText(clip(text, 0).text)}</code></td></tr>`;
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
  return html`${isolatedText(text.slice(0, a))}<mark>${isolatedText(text.slice(a, b))}</mark>${isolatedText(text.slice(b))}`;
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

// The purpose of each group of rules and a reviewer's checks for it, so that the page of a finding
// explains it.

interface RuleGroupGuide {
  readonly looksFor: string;
  readonly check: string;
}

const ruleGroups: Readonly<Record<string, RuleGroupGuide>> = {
  env: {
    looksFor: 'reads of environment variables, above all names that hold secrets',
    check: 'Does the skill need this value, and is it declared as a secret rather than as env?',
  },
  network: {
    looksFor: 'connections to other machines',
    check:
      'Who owns the host, what does the skill send there, and does the description tell the user so?',
  },
  files: {
    looksFor: 'reads and writes outside the skill’s own folder',
    check: 'Which files does the skill use, and would a user hand these files over when asked?',
  },
  exec: {
    looksFor: 'programs that the skill starts, and code that the skill makes from text',
    check: 'Can the program or its arguments be chosen by somebody else?',
  },
  flow: {
    looksFor:
      'data that flows from a source to a place that the data should not reach, across functions and files',
    check:
      'Follow the numbered steps: is the value at the end the value from the start, and does the last host belong to the author?',
  },
  obfuscation: {
    looksFor: 'code and text that hides what it does',
    check:
      'What does the hidden code or text decode to? An honest skill has no reason to hide anything.',
  },
  prose: {
    looksFor: 'text that steers the agent against its user',
    check:
      'Read the text as the agent would: does the text override instructions, hide something, ask for secrets, or tell the agent to keep silent?',
  },
  supply: {
    looksFor: 'code that the skill fetches from elsewhere at run time',
    check: 'Is the code that will run the same as the code that you read here?',
  },
  persistence: {
    looksFor: 'changes that stay after the run: autostart, hooks, agent configuration',
    check: 'Nothing that a skill does should outlive the skill’s run.',
  },
  resources: {
    looksFor: 'unbounded use of processor, memory or paid services',
    check: 'What limits the skill’s use of processor, memory or paid services?',
  },
  manifest: {
    looksFor: 'differences between what the manifest declares and what the skill does',
    check: 'Ask the author to declare the capability with a reason, or to remove the use.',
  },
};

const otherGroup: RuleGroupGuide = {
  looksFor: 'a pattern of its own',
  check: 'Read the message and the code that the message points at.',
};

/** The group of a rule, `flow` for `flow/secret-to-network`. */
function groupOf(rule: string): RuleGroupGuide {
  const name = rule.split('/')[0] ?? '';
  return Object.hasOwn(ruleGroups, name) ? (ruleGroups[name] ?? otherGroup) : otherGroup;
}
