/**
 * A scan report for a pull request: verdict, deciding findings with their code, capabilities; the
 * rest is folded.
 */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { printCapability } from '../../skills-index/skill/capability.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import { addedCapabilities } from '../../skills-index/statement/added-capabilities.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { showSafely } from '../lookup-tables/hidden-characters.ts';
import { frameOf, type SourceLines, sourceLines } from './code-frame.ts';
import { placeOf } from './finding-text.ts';
import { countAccepted, type Marks, orderFindings } from './marks.ts';
import { capabilityRows, notDecided, verdictText, whyNotTaken } from './report-text.ts';

const signs = { pass: '✅', review: '👀', block: '⛔', incomplete: '❔' } as const;
const frameColumns = 110;
const rowsShownMax = 200;

/**
 * The report as GitHub-flavoured Markdown, with a final line feed. All text of the skill is
 * escaped.
 */
export function printMarkdown(
  report: ScanReport,
  files: readonly SourceFile[],
  marks: Marks,
): string {
  const { name, version, path, verdict } = report;
  const lines = sourceLines(files);
  const { deciding, rest } = orderFindings(report);
  const accepted = countAccepted(report, marks);
  const others = rest.flatMap(({ findings }) => findings);
  const where = path === '.' ? '' : ` in ${markdownCode(path)}`;
  const parts = [
    `## ${signs[verdict]} ${verdict.toUpperCase()}: ${markdownCode(`${name} ${version}`.trim())}${where}`,
    `${capitalized(verdictText(report))}.${verdict === 'block' ? '' : ` ${notDecided}`}`,
    ...notTaken(report),
    ...unread(report),
    ...deciding.map((finding) => printDeciding(finding, { report, lines, marks })),
    printCapabilities(report),
    printChanges(report, marks),
    others.length === 0
      ? ''
      : folded(
          `${others.length}${deciding.length === 0 ? '' : ' more'} finding${others.length === 1 ? '' : 's'}`,
          table(others, report, marks),
        ),
    ...(accepted === 0
      ? []
      : [
          `${accepted} of ${report.findings.length} findings ${accepted === 1 ? 'is' : 'are'} accepted.`,
        ]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function notTaken(report: ScanReport): string[] {
  const why = whyNotTaken(report);
  return why === undefined ? [] : [`Can be taken: no. ${markdownText(why)}`];
}

/** What the skill asks for or does anew since the earlier report, and what it no longer does. */
function printChanges({ capabilities, path }: ScanReport, marks: Marks): string {
  const before = marks.before(path);
  if (before === undefined) return '';
  const anew = addedCapabilities(before, capabilities).map(printCapability);
  const gone = addedCapabilities(capabilities, before).map(printCapability);
  if (anew.length + gone.length === 0) return 'No capability changed since the earlier report.';
  return [
    ...changes('New capabilities since the earlier report (a person has to look at them)', anew),
    ...changes('Capabilities that are gone', gone),
  ].join('\n\n');
}

function changes(title: string, texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  const shown = texts.slice(0, rowsShownMax).map((text) => `- ${markdownCode(text)}`);
  const more = texts.length - shown.length;
  return [`**${title}:**\n\n${[...shown, ...(more === 0 ? [] : [`- ${more} more`])].join('\n')}`];
}

interface View {
  readonly report: ScanReport;
  readonly lines: SourceLines;
  readonly marks: Marks;
}

function printDeciding(finding: Finding, { report, lines, marks }: View): string {
  const frame = frameOf(lines.get(finding.path), finding, frameColumns);
  const rows = frame.flatMap(({ number, text, marked }) => {
    const row = `${`${number === 0 ? '...' : number}`.padStart(5)} | ${text}`.trimEnd();
    if (marked === undefined) return [row];
    return [
      row,
      `      | ${' '.repeat(marked.from)}${'^'.repeat(Math.max(1, marked.to - marked.from))}`,
    ];
  });
  const steps = finding.flow.map(
    (step, index) => `${index + 1}. ${markdownCode(placeOf(step))} ${markdownText(step.note)}`,
  );
  return [
    `### ${struck(`${finding.severity}: ${markdownText(finding.message)}`, finding, report, marks)}`,
    `${markdownCode(placeOf(finding))} · ${ruleLink(finding.rule)} · ${finding.kind}, ${finding.confidence}${markWords(finding, report, marks)}`,
    ...(rows.length === 0 ? [] : [markdownBlock(rows)]),
    ...(steps.length < 2 ? [] : [`The value's way:\n\n${steps.join('\n')}`]),
    ...(finding.fix === '' ? [] : [`**Fix.** ${markdownText(finding.fix)}`]),
  ].join('\n\n');
}

function struck(text: string, finding: Finding, report: ScanReport, marks: Marks): string {
  return marks.of(finding, report).suppression === undefined ? text : `<del>${text}</del>`;
}

function markWords(finding: Finding, report: ScanReport, marks: Marks): string {
  const { suppression, void: reason, state } = marks.of(finding, report);
  const words = [
    ...(state === 'new' ? ['**new**'] : []),
    ...(suppression === undefined
      ? []
      : [
          `accepted by ${markdownText(suppression.by)} until ${suppression.expires}: ${markdownText(suppression.reason)}`,
        ]),
    ...(reason === undefined ? [] : [`not accepted any more: ${markdownText(reason)}`]),
  ];
  return words.map((word) => ` · ${word}`).join('');
}

function ruleLink(rule: string): string {
  return `<a href="${ruleUrl(rule)}">${markdownCode(rule)}</a>`;
}

function table(findings: readonly Finding[], report: ScanReport, marks: Marks): string {
  const rows = findings.slice(0, rowsShownMax).map((finding) => {
    const message = `${struck(markdownText(finding.message), finding, report, marks)}${markWords(finding, report, marks)}`;
    return `| ${finding.severity} | ${ruleLink(finding.rule)} | ${markdownCode(placeOf(finding))} | ${message} |`;
  });
  const left = findings.length - rowsShownMax;
  return [
    '| severity | rule | place | finding |',
    '|---|---|---|---|',
    ...rows,
    ...(left > 0 ? [`| | | | and ${left} more |`] : []),
  ].join('\n');
}

function printCapabilities({ capabilities }: ScanReport): string {
  const rows = capabilityRows(capabilities);
  if (rows.length === 0) return 'Capabilities: none declared, none observed.';
  const cells = rows.map(({ text, declared, observed, note }) => {
    const label = note === 'undeclared' ? '**undeclared**' : note;
    return `| ${markdownCode(text)} | ${declared ? 'yes' : 'no'} | ${observed ? 'yes' : 'no'} | ${label} |`;
  });
  return ['| capability | declared | observed | |', '|---|---|---|---|', ...cells].join('\n');
}

function unread({ coverage }: ScanReport): string[] {
  const left = coverage.files.filter((file) => file.disposition === 'unanalysed');
  const { unlisted = 0 } = coverage;
  if (left.length + unlisted === 0) return [];
  const rows = left
    .slice(0, rowsShownMax)
    .map((file) => `- ${markdownCode(file.path)}: ${markdownText(file.reason)}`);
  const beyond = left.length - rows.length + unlisted;
  const more = beyond > 0 ? [`- and ${beyond} more`] : [];
  return [`**Not analysed:**\n\n${[...rows, ...more].join('\n')}`];
}

function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

// Foreign text inside Markdown on GitHub: none of it becomes markup, a link, a mention or a
// reference.

/**
 * Text inside a line or a table cell. Every character that may be markup becomes a character
 * reference, which CommonMark (§2.5) never takes for markup. An empty comment behind `@` and `#`
 * keeps GitHub from making mentions and references of the rendered text.
 */
export function markdownText(text: string): string {
  return references(showSafely(text)).replace(/&#(?:64|35);/g, '$&<!-- -->');
}

/** The same as code, in which GitHub makes no mentions and references. */
export function markdownCode(text: string): string {
  return `<code>${references(showSafely(text))}</code>`;
}

/**
 * Lines as a block of code. An HTML block that `pre` opens ends with its closing tag alone
 * (CommonMark §4.6, kind 1).
 */
export function markdownBlock(lines: readonly string[]): string {
  return `<pre>${lines.map(htmlText).join('\n')}\n</pre>`;
}

// The caller has made `lines` safe to show; here they only must not end the block.
function htmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function references(text: string): string {
  // Only the dot of "www.": GitHub also links that word without a scheme.
  return text.replace(
    /[&<>`*_{}[\]()#!|~@:\\^$]|(?<=www)\./gi,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
}

/** The web address of a rule's page; `npm run docs:rules` makes it. */
export function ruleUrl(rule: string): string {
  return `https://skillgate.dev/docs/rules/${rule}`;
}
