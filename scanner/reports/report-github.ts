/**
 * A scan report as workflow commands of GitHub Actions: annotations at the lines of a pull request.
 */
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { showSafely } from '../lookup-tables/hidden-characters.ts';
import { filePath, findingMessage } from './finding-text.ts';
import { countAccepted, type Marks, worstFirst } from './marks.ts';
import { verdictText } from './report-text.ts';

const commands = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
} as const;
const verdictCommands = {
  pass: 'notice',
  review: 'warning',
  block: 'error',
  incomplete: 'error',
} as const;

/**
 * One command a line: the verdict, the unanalysed files, then the findings, worst first, since
 * GitHub shows ten of each level and step. Accepted findings are only counted. No line begins with
 * text of the skill, so the skill cannot inject a command.
 */
export function printAnnotations(report: ScanReport, marks: Marks): string {
  const { name, version, path, verdict, findings, coverage } = report;
  const accepted = countAccepted(report, marks);
  const about = { title: `Skillgate: ${verdict}` };
  const lines = [
    command(
      verdictCommands[verdict],
      about,
      `${`${name} ${version}`.trim()} in ${path}: ${verdictText(report)}`,
    ),
    ...coverage.files
      .filter((file) => file.disposition === 'unanalysed')
      .map((file) =>
        command('warning', { file: filePath(path, file.path), title: 'not analysed' }, file.reason),
      ),
    ...(coverage.unlisted === undefined
      ? []
      : [
          command(
            'warning',
            { title: 'not analysed' },
            `${coverage.unlisted} more files of ${path}`,
          ),
        ]),
    ...worstFirst(findings)
      .filter((finding) => marks.of(finding, report).suppression === undefined)
      .map((finding) => annotation(finding, report, marks)),
    ...(accepted === 0 ? [] : [command('notice', { title: 'accepted' }, acceptedSays(accepted))]),
  ];
  return `${lines.join('\n')}\n`;
}

function acceptedSays(count: number): string {
  return count === 1
    ? '1 accepted finding is not shown'
    : `${count} accepted findings are not shown`;
}

function annotation(finding: Finding, report: ScanReport, marks: Marks): string {
  const { state } = marks.of(finding, report);
  const mark = state === undefined || state === 'unchanged' ? '' : ` (${state})`;
  const { line, column, endLine, endColumn, severity, rule } = finding;
  const oneLine =
    line === endLine ? { col: column, endColumn: Math.max(endColumn - 1, column) } : {};
  const steps = finding.flow.map(
    (step, index) => `${index + 1}. ${step.path}:${step.line}:${step.column} ${step.note}`,
  );
  const text = [
    findingMessage(finding),
    ...steps,
    finding.fix === '' ? [] : `Fix: ${finding.fix}`,
    `skillgate explain ${rule}`,
  ].flat();
  const place = {
    file: filePath(report.path, finding.path),
    line,
    endLine,
    ...oneLine,
    title: `${severity} ${rule}${mark}`,
  };
  return command(commands[severity], place, text.join('\n'));
}

/**
 * Workflow commands: `::error file=…,line=…::text`, escaped as the runner's toolkit does (percent
 * first).
 */
function command(
  name: string,
  properties: Readonly<Record<string, string | number>>,
  text: string,
): string {
  const given = Object.entries(properties).map(
    ([key, value]) => `${key}=${propertyText(shown(`${value}`))}`,
  );
  return `::${name} ${given.join(',')}::${dataText(shown(text))}`;
}

// Line feeds between our own lines stay; all text of the skill is made visible first.
function shown(text: string): string {
  return text.split('\n').map(showSafely).join('\n');
}

function dataText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function propertyText(text: string): string {
  return dataText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
