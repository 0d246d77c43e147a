/**
 * A finding: its message, the code, the flow step by step across files, the purpose of its rule,
 * and how to correct it.
 */
import type { Finding, FlowStep } from '../../../skills-index/statement/finding.ts';
import { count, type Html, html, term, untrusted } from '../../markup/markup.ts';
import { rankFindings } from '../../markup/rank-findings.ts';
import { severityBadge } from '../../markup/severity.ts';
import { findingsShownMax, flowStepsShownMax } from '../limits.ts';
import { ruleHref, weaknessTags } from '../rule.ts';
import { codeFrame, type FrameRange, type Sources } from './code-frame.ts';
import { groupOf } from './rule-group.ts';

export interface FindingsView {
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
export function findingAnchor(finding: Finding): string {
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
