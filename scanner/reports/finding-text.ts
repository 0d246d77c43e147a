/**
 * One finding as text, in the style of rustc: message, place, marked code, the path of the value,
 * the next step. Safe for any terminal.
 */
import { columnsOf } from '../../skills-index/skill/text/columns.ts';
import type { Finding, Severity, Verdict } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { showForPaste, showSafely } from '../lookup-tables/hidden-characters.ts';
import type { Allowances } from './allowance.ts';
import { type CodeFrame, frameOf, type SourceLines } from './code-frame.ts';
import { evaluatesTo } from './finding-capability.ts';
import type { Marks, RuleFindings } from './marks.ts';

interface FindingLook {
  readonly report: ScanReport;
  readonly lines: SourceLines;
  readonly allowances: Allowances;
  readonly marks: Marks;
  readonly asCalled: (text: string) => string;
  readonly ink: Ink;
  /** Terminal columns. */
  readonly width: number;
}

const placesShownMax = 5;
const stepsShownMax = 12;

/** The finding with its code and all details. */
export function printFinding(finding: Finding, look: FindingLook): string[] {
  const { ink, width } = look;
  const frame = frameOf(look.lines.get(finding.path), finding, width);
  const gutter = ' '.repeat(gutterWidth(finding, frame));
  return [
    ...printHead(finding, look),
    `${gutter}${ink.faint('-->')} ${placeOf(finding)}`,
    ...printFrame(frame, gutter, finding, ink),
    ...(finding.flow.length < 2 ? [] : printSteps(finding, gutter, look)),
    `${gutter} ${ink.faint('|')}`,
    ...notesOf(finding, look).flatMap(([word, text]) => printNote(`${word}: `, text, gutter, look)),
  ];
}

/**
 * Findings of one rule: the worst with its code unless it is mere information, each other one as a
 * line.
 */
export function printGroup(
  { findings: [first, ...more] }: RuleFindings,
  look: FindingLook,
): string[] {
  const isSmall = first.severity === 'info' || first.severity === 'low';
  const others = isSmall ? [first, ...more] : more;
  const head = isSmall ? [headOf(first, look.ink)] : printFinding(first, look);
  const gutter = ' '.repeat(3);
  const shown = others.slice(0, placesShownMax).flatMap((finding) => {
    const marked = marksOf(finding, look).map(([word, text]) => `; ${word}: ${text}`);
    return printNote(
      `${placeOf(finding)} `,
      showSafely(`${finding.message}${marked.join('')}`),
      gutter,
      look,
      isSmall ? '-->' : 'and',
    );
  });
  const left = others.length - placesShownMax;
  return [
    ...head,
    ...shown,
    ...(left > 0
      ? [`${gutter} ${look.ink.faint(`… and ${left} more: --format json has all`)}`]
      : []),
  ];
}

export function placeOf({
  path,
  line,
  column,
}: {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}): string {
  return `${showSafely(path)}:${line}:${column}`;
}

function headOf({ severity, rule }: Finding, ink: Ink): string {
  return ink.severity(severity, `${severity}[${rule}]`);
}

function printHead(finding: Finding, { ink, width }: FindingLook): string[] {
  const word = `${finding.severity}[${finding.rule}]: `;
  const [first = '', ...more] = wrapped(`${word}${showSafely(finding.message)}`, width);
  // Rule and severity have no space, so they stay whole at the beginning of the first line.
  const start = first.slice(word.length);
  return [`${headOf(finding, ink)}: ${ink.bold(start)}`, ...more.map((line) => ink.bold(line))];
}

function notesOf(finding: Finding, look: FindingLook): [word: string, text: string][] {
  const { report, lines, allowances } = look;
  const marked = (lines.get(finding.path) ?? [])
    .slice(finding.line - 1, finding.endLine)
    .join('\n');
  const value = evaluatesTo(finding, report.capabilities.observed, marked);
  const allowed = allowances.get(finding.fingerprint);
  const notes: [word: string, text: string | undefined, show?: (text: string) => string][] = [
    ...marksOf(finding, look),
    [
      finding.kind,
      `${kindSays[finding.kind]}; ${finding.confidence}: ${confidenceSays[finding.confidence]}`,
    ],
    ['evaluates to', value],
    [
      'allowed by',
      allowed === undefined ? undefined : `${allowed} in the capabilities of skill.json`,
      showForPaste,
    ],
    ['fix', finding.fix === '' ? undefined : look.asCalled(finding.fix)],
    ['more', look.asCalled(`skillgate explain ${finding.rule}`)],
  ];
  return notes.flatMap(([word, text, show = showSafely]): [string, string][] =>
    text === undefined ? [] : [[word, show(text)]],
  );
}

function marksOf(finding: Finding, { report, marks }: FindingLook): [word: string, text: string][] {
  const { suppression, void: reason, state } = marks.of(finding, report);
  return [
    ...(state === undefined || state === 'unchanged'
      ? []
      : [['against the baseline', state] satisfies [string, string]]),
    ...(suppression === undefined
      ? []
      : [
          [
            'accepted',
            `by ${suppression.by} until ${suppression.expires}: ${suppression.reason}`,
          ] satisfies [string, string],
        ]),
    ...(reason === undefined ? [] : [['not accepted any more', reason] satisfies [string, string]]),
  ];
}

const kindSays = {
  malice: 'evidence of an attack',
  capability: 'something that the skill can do',
  policy: 'something that may not be in a skill',
  form: 'not in the form of a skill, which is no evidence of an attack',
} as const;

const confidenceSays = {
  exact: 'the scanner read the value directly',
  folded: 'the scanner computed the value from constants',
  lexical: 'the scanner recognised the text',
  widened: 'the scanner assumes the finding, because the value could not be resolved',
} as const;

// Further lines are indented to the text, not to its word.
function printNote(
  word: string,
  shown: string,
  gutter: string,
  { ink, width }: FindingLook,
  sign = '=',
): string[] {
  const indent = `${gutter} ${' '.repeat(sign.length)} `;
  const lines = wrapped(`${word}${shown}`, width - indent.length);
  return lines.map((line, index) =>
    index === 0 ? `${gutter} ${ink.faint(sign)} ${line}` : `${indent}${line}`,
  );
}

function printSteps(finding: Finding, gutter: string, look: FindingLook): string[] {
  const { ink, lines, width } = look;
  const files = new Set(finding.flow.map((step) => step.path)).size;
  const digits = `${finding.flow.length}`.length;
  const indent = `${gutter}   ${' '.repeat(digits)} `;
  const shown = cutMiddle(finding.flow, stepsShownMax);
  return [
    `${gutter} ${ink.faint('=')} the value's way, ${finding.flow.length} steps${files > 1 ? ` over ${files} files` : ''}:`,
    ...shown.flatMap((step): string[] => {
      if (step === undefined)
        return [`${indent}${ink.faint(`… ${finding.flow.length - stepsShownMax} steps …`)}`];
      const span = { ...step, endLine: step.line, endColumn: step.column };
      const code = frameOf(lines.get(step.path), span, width - indent.length).find(
        (line) => line.number === step.line,
      );
      const [first = '', ...more] = wrapped(
        `${placeOf(step)} ${showSafely(step.note)}`,
        width - indent.length,
      );
      return [
        `${gutter}   ${ink.step(`${finding.flow.indexOf(step) + 1}`.padStart(digits))} ${first}`,
        ...more.map((line) => `${indent}${line}`),
        ...(code === undefined ? [] : [`${indent}${ink.faint(`| ${code.text.trim()}`)}`]),
      ];
    }),
  ];
}

// Both ends of a path matter most; undefined stands for the omitted part.
function cutMiddle<Item>(items: readonly Item[], max: number): (Item | undefined)[] {
  if (items.length <= max) return [...items];
  return [...items.slice(0, max / 2), undefined, ...items.slice(-max / 2)];
}

function printFrame(frame: CodeFrame, gutter: string, { severity }: Finding, ink: Ink): string[] {
  if (frame.length === 0) return [];
  return [
    `${gutter} ${ink.faint('|')}`,
    ...frame.flatMap((line) => {
      const number = `${line.number === 0 ? '...' : line.number}`.padStart(gutter.length);
      const code = `${ink.faint(number)} ${ink.faint('|')} ${line.text}`.trimEnd();
      if (line.marked === undefined) return [code];
      const { from, to } = line.marked;
      const mark = ink.severity(severity, '^'.repeat(Math.max(1, to - from)));
      return [code, `${gutter} ${ink.faint('|')} ${' '.repeat(from)}${mark}`];
    }),
  ];
}

function gutterWidth(finding: Finding, frame: CodeFrame): number {
  return Math.max(
    3,
    ...[finding.line, ...frame.map((line) => line.number)].map((number) => `${number}`.length),
  );
}

// Breaks text into lines for a terminal.

/**
 * The text in lines of at most `width` columns, broken at spaces. A longer word has a line of its
 * own and exceeds the width, because people copy addresses and digests.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || columnsOf(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

// Colours for a terminal, or none: the only module of the scanner that writes escape sequences.

export interface Ink {
  bold(text: string): string;
  faint(text: string): string;
  step(text: string): string;
  severity(severity: Severity, text: string): string;
  verdict(verdict: Verdict, text: string): string;
}

const sgr = {
  bold: 1,
  faint: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
} as const;

const severityStyles = {
  info: ['blue'],
  low: ['cyan'],
  medium: ['yellow'],
  high: ['red'],
  critical: ['bold', 'red'],
} as const satisfies Record<Severity, readonly (keyof typeof sgr)[]>;

const verdictStyles = {
  pass: ['bold', 'green'],
  review: ['bold', 'yellow'],
  block: ['bold', 'red'],
  incomplete: ['bold', 'magenta'],
} as const satisfies Record<Verdict, readonly (keyof typeof sgr)[]>;

/** Ink that colours (SGR sequences only, ECMA-48 §8.3.117), or that leaves text unchanged. */
export function inkFor(colour: boolean): Ink {
  const style = (styles: readonly (keyof typeof sgr)[], text: string): string =>
    colour ? `\u001b[${styles.map((name) => sgr[name]).join(';')}m${text}\u001b[0m` : text;
  return {
    bold: (text) => style(['bold'], text),
    faint: (text) => style(['faint'], text),
    step: (text) => style(['bold', 'magenta'], text),
    severity: (severity, text) => style(severityStyles[severity], text),
    verdict: (verdict, text) => style(verdictStyles[verdict], text),
  };
}

// A finding in the reports for CI systems, which show nothing else of its kind.

/** A finding about the form of a skill says first that it concerns publishing, and no attack. */
export function findingMessage({ kind, message }: Pick<Finding, 'kind' | 'message'>): string {
  return kind === 'form' ? `Cannot be taken as a skill: ${message}` : message;
}

/** The path of a file from the folder in which the scan was started. @param skill of its report */
export function filePath(skill: string, path: string): string {
  return skill === '.' ? path : `${skill}/${path}`;
}
