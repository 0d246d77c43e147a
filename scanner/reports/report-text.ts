/** The scan report for people: code frames with numbered flow steps, capabilities against the manifest, verdict. Safe for any terminal. */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { capabilityKinds, covers, listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { type Finding, type Severity, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { type Frame, frameOf, type SourceLines, sourceLines } from './code-frame.ts';
import { showSafely } from '../models/hidden-characters.ts';
import { type Ink, inkFor } from './terminal-ink.ts';

export interface ReportTextOptions {
  /** ANSI colours; without them not one escape sequence is written. */
  readonly colour: boolean;
  /** Columns of the terminal; 100 when not given. */
  readonly width?: number;
}

const widthDefault = 100;
const widthMin = 40;

const verdictSays = {
  pass: 'no finding asks for more; people still approve it',
  review: 'a person has to look before it can be approved',
  block: 'evidence of an attack, or something that may not be in a skill: it is held back',
  incomplete: 'parts could not be analysed: without a person it is not approved',
} as const satisfies Record<ScanReport['verdict'], string>;

/**
 * The report as text, ending in a line feed: findings (worst first), capabilities, verdict, summary.
 * @param files the scanned files, for code frames; a finding whose file is not among them has none
 */
export function printReport(report: ScanReport, files: readonly SourceFile[], options: ReportTextOptions): string {
  const ink = inkFor(options.colour);
  const width = Math.max(options.width ?? widthDefault, widthMin);
  const lines = sourceLines(files);
  const parts = [
    [printHead(report, ink)],
    ...worstFirst(report.findings).map((finding) => printFinding(finding, lines, { ink, width })),
    printCapabilities(report.capabilities, ink),
    printUnanalysed(report, ink),
    [...printVerdict(report, ink), printSummary(report)],
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

interface Look {
  readonly ink: Ink;
  readonly width: number;
}

function printHead({ name, version, path, bundle }: ScanReport, ink: Ink): string {
  const where = path === '.' ? '' : ` in ${showSafely(path)}`;
  return `${ink.bold(`${showSafely(name)} ${showSafely(version)}`.trim())}${where} ${ink.faint(bundle.slice(0, 19))}`;
}

// Sorted by severity, otherwise in the report's own order.
function worstFirst(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding): number => severities.indexOf(finding.severity);
  return [...findings].sort((a, b) => rank(b) - rank(a));
}

function printFinding(finding: Finding, lines: SourceLines, look: Look): string[] {
  const { ink } = look;
  const head = `${ink.severity(finding.severity, `${finding.severity}[${finding.rule}]`)}: ${ink.bold(showSafely(finding.message))}`;
  const frame = frameOf(lines.get(finding.path), finding, look.width);
  const gutter = ' '.repeat(gutterWidth(finding, frame));
  const bar = ink.faint('|');
  const steps = finding.flow.length < 2 ? [] : printSteps(finding, lines, look, gutter);
  return [
    head,
    `${gutter}${ink.faint('-->')} ${placeOf(finding)}`,
    ...printFrame(frame, gutter, look, finding.severity),
    ...steps,
    `${gutter} ${bar}`,
    `${gutter} ${ink.faint('=')} ${finding.kind}, ${finding.confidence}`,
    ...(finding.fix === '' ? [] : [`${gutter} ${ink.faint('=')} fix: ${showSafely(finding.fix)}`]),
  ];
}

function printSteps(finding: Finding, lines: SourceLines, look: Look, gutter: string): string[] {
  const { ink } = look;
  return [
    `${gutter} ${ink.faint('=')} the way it takes:`,
    ...finding.flow.flatMap((step, index) => {
      const frame = frameOf(lines.get(step.path), { ...step, endLine: step.line, endColumn: step.column }, look.width - 6);
      const code = frame.find((line) => line.number === step.line);
      return [
        `${gutter}   ${ink.step(`${index + 1}`)} ${placeOf(step)} ${showSafely(step.note)}`,
        ...(code === undefined ? [] : [`${gutter}     ${ink.faint(code.text.trim())}`]),
      ];
    }),
  ];
}

function printFrame(frame: Frame, gutter: string, { ink }: Look, severity: Severity): string[] {
  if (frame.length === 0) return [];
  return [
    `${gutter} ${ink.faint('|')}`,
    ...frame.flatMap((line) => [
      `${ink.faint(`${line.number === 0 ? '...' : line.number}`.padStart(gutter.length))} ${ink.faint('|')} ${line.text}`.trimEnd(),
      ...(line.marked === undefined
        ? []
        : [
            `${gutter} ${ink.faint('|')} ${' '.repeat(line.marked.from)}${ink.severity(severity, '^'.repeat(Math.max(1, line.marked.to - line.marked.from)))}`,
          ]),
    ]),
  ];
}

function gutterWidth(finding: Finding, frame: Frame): number {
  return Math.max(3, ...[finding.line, ...frame.map((line) => line.number)].map((number) => `${number}`.length));
}

function placeOf({ path, line, column }: { readonly path: string; readonly line: number; readonly column: number }): string {
  return `${showSafely(path)}:${line}:${column}`;
}

// One row for each capability that was declared or seen; what is seen but not declared stands out.
function printCapabilities({ declared, observed, undeclared, unused }: ScanReport['capabilities'], ink: Ink): string[] {
  const isIn = (grouped: ScanReport['capabilities']['declared'], text: string): boolean =>
    listCapabilities(grouped).some((one) => printCapability(one) === text);
  const given = listCapabilities(declared);
  const texts = new Set([...given, ...listCapabilities(observed)].map(printCapability));
  const rows = [...texts].sort(byKind).map((text) => {
    const exact = isIn(declared, text);
    const missing = isIn(undeclared, text);
    const seen = isIn(observed, text) || !isIn(unused, text);
    const one = listCapabilities(observed).find((candidate) => printCapability(candidate) === text);
    const by = one === undefined || exact || missing ? undefined : given.find((wide) => covers(wide, one));
    const note = missing ? ink.severity('medium', 'undeclared') : by === undefined ? '' : 'covered';
    const cells = [exact || by !== undefined ? 'yes' : 'no', seen ? 'yes' : 'no'].map((cell) => cell.padEnd(9));
    return `  ${cells.join(' ')} ${note === '' ? ' '.repeat(10) : note.padEnd(10)} ${showSafely(text)}`.trimEnd();
  });
  if (rows.length === 0) return ['Capabilities: none declared, none observed'];
  return [ink.bold('Capabilities'), ink.faint('  declared  observed             what'), ...rows];
}

function byKind(a: string, b: string): number {
  const rank = (text: string): number => capabilityKinds.findIndex((kind) => text.startsWith(`${kind} `));
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function printUnanalysed({ coverage }: ScanReport, ink: Ink): string[] {
  const left = coverage.files.filter((file) => file.disposition === 'unanalysed');
  if (left.length === 0) return [];
  return [ink.bold('Not analysed'), ...left.map((file) => `  ${showSafely(file.path)}: ${showSafely(file.reason)}`)];
}

function printVerdict({ verdict, decidedBy, findings }: ScanReport, ink: Ink): string[] {
  const deciding = findings.filter((finding) => decidedBy.includes(finding.fingerprint));
  return [
    `${ink.bold('Verdict:')} ${ink.verdict(verdict, verdict.toUpperCase())}: ${verdictSays[verdict]}`,
    ...deciding.map((finding) => `  because of ${finding.rule} at ${placeOf(finding)}`),
  ];
}

function printSummary({ findings, coverage }: ScanReport): string {
  const counts = [...severities].reverse().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const files = (['analysed', 'inert', 'unanalysed'] as const).map((disposition) => {
    const count = coverage.files.filter((file) => file.disposition === disposition).length;
    return `${count} ${disposition === 'unanalysed' ? 'not analysed' : disposition}`;
  });
  const total = `${findings.length} finding${findings.length === 1 ? '' : 's'}`;
  return `${total}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}; files: ${files.join(', ')}`;
}
