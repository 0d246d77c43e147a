/**
 * The findings of an approved version's scan, for everybody. The desk shows more: code frames, and
 * what a reviewer should check.
 */

import type { Finding } from '../../skills-index/statement/finding.ts';
import { ruleNote } from '../../skills-index/statement/rule-note.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { count, type Html, html, part, untrusted } from '../markup/markup.ts';
import { rankFindings } from '../markup/rank-findings.ts';
import { severityBadge, verdictBadge } from '../markup/severity.ts';
import { publicFindingsMax, publicFlowStepsMax } from './limits.ts';

/** The section. Approvers read the findings before they approved. */
export function findingPart(report: ScanReport | undefined): Html {
  if (report === undefined)
    return part('findings', 'Findings', html`<p class="empty">There is no scan report.</p>`);
  const { coverage, decidedBy, findings, verdict } = report;
  const shown = rankFindings(findings, decidedBy).slice(0, publicFindingsMax);
  const more = findings.length - shown.length;
  const unread = coverage.files.filter(({ disposition }) => disposition === 'unanalysed').length;
  return part(
    'findings',
    `Findings (${findings.length})`,
    html`<p class="summary">The scan of ${count(coverage.files.length, 'file')}: ${verdictBadge(verdict)}${
      unread === 0 ? '' : html`<b>${count(unread, 'file')} not analysed.</b> `
    }${findings.length === 0 ? '' : 'The people who approved the version saw these findings.'}</p>
<ol class="findings">${shown.map(findingItem)}</ol>
${more > 0 ? html`<p class="notice">${count(more, 'further finding')}: see the scan report.</p>` : ''}`,
  );
}

function findingItem({ flow, line, message, path, rule, severity }: Finding): Html {
  const steps = flow
    .slice(0, publicFlowStepsMax)
    .map(
      (step) =>
        html`<li>${untrusted(step.note)} <code>${untrusted(step.path)}:${step.line}</code></li>`,
    );
  return html`<li><p>${severityBadge(severity)}${untrusted(message)}</p>
<p class="quiet">${ruleName(rule)} <code>${untrusted(path)}:${line}</code></p>
${steps.length === 0 ? '' : html`<details><summary>${count(flow.length, 'step')}</summary><ol>${steps}</ol></details>`}</li>`;
}

/** A rule of another scanner version has no page. */
function ruleName(rule: string): Html {
  return ruleNote(rule) === undefined
    ? html`<code>${untrusted(rule)}</code>`
    : html`<a href="/rules/${rule}">${rule}</a>`;
}
