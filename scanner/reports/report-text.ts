/**
 * The scan report for people: deciding findings with their code and flow, the others by rule,
 * capabilities, verdict. Safe for any terminal.
 */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  capabilityKinds,
  covers,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { addedCapabilities } from '../../skills-index/statement/added-capabilities.ts';
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { showSafely } from '../lookup-tables/hidden-characters.ts';
import type { Allowances } from './allowance.ts';
import { sourceLines } from './code-frame.ts';
import { type Ink, inkFor, placeOf, printFinding, printGroup, wrapped } from './finding-text.ts';
import { countAccepted, type Marks, noMarks, orderFindings, severityRank } from './marks.ts';

export interface ReportTextOptions {
  /** ANSI colours; without them the text has no escape sequence. */
  readonly colour: boolean;
  /** Terminal columns; 100 by default. */
  readonly width?: number;
  /** Lines of skill.json that would allow findings, from `allowancesOf`. */
  readonly allowances?: Allowances;
  readonly marks?: Marks;
  /** Rewrites lines to type, which begin with `skillgate`, to the name that the reader used. */
  readonly asCalled?: (text: string) => string;
}

const widthDefault = 100;
const widthMin = 40;
const unreadShownMax = 20;
const addedShownMax = 20;

/**
 * Why Skillgate cannot take the files as a skill; undefined when nothing of the kind was found. The
 * answer is apart from the verdict: a sound skill of another agent may need a front matter first.
 */
export function whyNotTaken({ findings }: ScanReport): string | undefined {
  const found = findings.filter(
    ({ kind, rule, severity }) =>
      kind === 'form' || (rule === 'manifest/unreadable' && severity === 'high'),
  );
  const [first] = found;
  if (first === undefined) return undefined;
  const more = found.length === 1 ? '' : `, and ${found.length - 1} more`;
  return `${first.message} (${placeOf(first)})${more}`;
}

/** The meaning of each verdict, in one line. */
const verdictSays = {
  pass: 'no finding asks for more; people still approve it',
  review: 'a person has to look before it can be approved',
  block: 'evidence of an attack, or something that may not be in a skill: it is held back',
  incomplete: 'parts could not be analysed: without a person it is not approved',
} as const satisfies Record<ScanReport['verdict'], string>;

/** The limits of every verdict, shown where a reader might think the skill harmless. */
export const notDecided =
  'Not decided by any scan: what prose asks of an agent in words of its own. People read it.';

/**
 * The meaning of this report's verdict. A description that cannot be read holds the skill back and
 * is no evidence of an attack.
 */
export function verdictText(report: ScanReport): string {
  const { verdict, findings, decidedBy } = report;
  const deciding = findings.filter(({ fingerprint }) => decidedBy.includes(fingerprint));
  const isUnreadable =
    deciding.length > 0 && deciding.every(({ rule }) => rule === 'manifest/unreadable');
  if (verdict === 'block') return isUnreadable ? unreadableSays : verdictSays.block;
  const isAlone = findings.some(
    ({ path, rule, message }) =>
      rule === 'manifest/unreadable' &&
      path === 'skill.json' &&
      !message.startsWith('Cannot read the packages'),
  );
  const isAsIs = verdict === 'pass' && whyNotTaken(report) !== undefined;
  return `${isAlone ? aloneSays : ''}${isAsIs ? asIsSays : verdictSays[verdict]}`;
}

const aloneSays =
  'of the files alone, since nothing could be compared with a skill.json that cannot be read; ';

const asIsSays = 'nothing in it asks for more, but no registry takes it in this form';

const unreadableSays =
  'its own description cannot be read, so nothing says what it may do: it is held back until that is mended';

/**
 * The report as text, with a final line feed: deciding findings, the others by rule, capabilities,
 * verdict, summary.
 * @param files the scanned files, for code frames; a finding in another file has none
 */
export function printReport(
  report: ScanReport,
  files: readonly SourceFile[],
  options: ReportTextOptions,
): string {
  const ink = inkFor(options.colour);
  const width = Math.max(options.width ?? widthDefault, widthMin);
  const { allowances = new Map(), marks = noMarks, asCalled = (text) => text } = options;
  const look = { report, lines: sourceLines(files), allowances, marks, asCalled, ink, width };
  const { deciding, rest } = orderFindings(report);
  const parts = [
    [printHead(report, ink)],
    ...deciding.map((finding) => printFinding(finding, look)),
    ...(deciding.length > 0 && rest.length > 0 ? [[ink.faint(headOfRest(report, deciding))]] : []),
    ...rest.map((group) => printGroup(group, look)),
    printCapabilities(report, ink),
    [
      ...printVerdict(report, { ink, width }),
      ...printTaken(report, { ink, width }),
      ...printChanges(report, { ink, width, marks }),
      printSummary(report, marks),
    ],
  ];
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}

// Three findings are enough to decide. Others that could also decide must not look harmless.
function headOfRest({ findings, verdict }: ScanReport, deciding: readonly Finding[]): string {
  const least = Math.min(...deciding.map(severityRank));
  const others = findings.filter(
    (finding) => !deciding.includes(finding) && severityRank(finding) >= least,
  );
  const grave = others.filter(({ kind }) => verdict !== 'block' || kind !== 'capability').length;
  if (grave === 0) return 'Other findings, grouped by rule; they do not change the verdict';
  return `Other findings, grouped by rule; ${grave} of them would also decide the verdict`;
}

function printHead({ name, version, path, bundle }: ScanReport, ink: Ink): string {
  const title = name === '' ? 'A skill without a name' : `${name} ${version}`.trim();
  const where = path === '.' ? '' : ` in ${showSafely(path)}`;
  return `${ink.bold(showSafely(title))}${where} ${ink.faint(bundle.slice(0, 19))}`;
}

// Undeclared capabilities stand out.
function printCapabilities({ capabilities }: ScanReport, ink: Ink): string[] {
  const rows = capabilityRows(capabilities).map(({ text, declared, observed, note }) => {
    const cells = [declared, observed].map((cell) => (cell ? 'yes' : 'no').padEnd(9));
    const shown = note === 'undeclared' ? ink.severity('medium', note) : note.padEnd(10);
    return `  ${cells.join(' ')} ${shown} ${showSafely(text)}`.trimEnd();
  });
  if (rows.length === 0) return ['Capabilities: none declared, none observed'];
  return [ink.bold('Capabilities'), ink.faint('  declared  observed             what'), ...rows];
}

function printVerdict(
  report: ScanReport,
  { ink, width }: { readonly ink: Ink; readonly width: number },
): string[] {
  const { verdict, findings, decidedBy } = report;
  const deciding = findings.filter((finding) => decidedBy.includes(finding.fingerprint));
  const [first = '', ...more] = wrapped(
    `Verdict: ${verdict.toUpperCase()}: ${verdictText(report)}`,
    width,
  );
  const head = `Verdict: ${verdict.toUpperCase()}`;
  return [
    `${ink.bold('Verdict:')} ${ink.verdict(verdict, verdict.toUpperCase())}${first.slice(head.length)}`,
    ...more.map((line) => `  ${line}`),
    ...deciding.flatMap((finding) => {
      const reason = `because of ${finding.rule} at ${placeOf(finding)}: ${showSafely(finding.message)}`;
      return wrapped(reason, width - 4).map((line, index) => `  ${index === 0 ? '' : '  '}${line}`);
    }),
    ...printUnread(report, width),
    ...(verdict === 'block' ? [] : wrapped(notDecided, width - 2).map((line) => `  ${line}`)),
  ];
}

function printTaken(
  report: ScanReport,
  { ink, width }: { readonly ink: Ink; readonly width: number },
): string[] {
  const why = whyNotTaken(report);
  if (why === undefined) return [];
  const head = 'Can be taken:';
  const [first = '', ...more] = wrapped(`${head} no. ${showSafely(why)}`, width);
  return [`${ink.bold(head)}${first.slice(head.length)}`, ...more.map((line) => `  ${line}`)];
}

// Apart from the verdict, which rests on this version alone.
function printChanges(
  { capabilities, path }: ScanReport,
  { ink, width, marks }: { readonly ink: Ink; readonly width: number; readonly marks: Marks },
): string[] {
  const before = marks.before(path);
  const added = before === undefined ? [] : addedCapabilities(before, capabilities);
  if (added.length === 0) return [];
  const rows = added
    .slice(0, addedShownMax)
    .flatMap((one) => wrapped(showSafely(printCapability(one)), width - 4))
    .map((line) => `  ${line}`);
  const more = added.length - addedShownMax;
  return [
    ink.bold('New since the earlier report: a person has to look at it'),
    ...rows,
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

/** Unanalysed files and the reasons, shown with every verdict, since nobody has looked at them. */
function printUnread({ coverage }: ScanReport, width: number): string[] {
  const left = coverage.files.filter((file) => file.disposition === 'unanalysed');
  const shownFiles = left.slice(0, unreadShownMax);
  const shown = shownFiles.flatMap((file) => {
    const [first = '', ...more] = wrapped(
      `${showSafely(file.path)}: ${showSafely(file.reason)}`,
      width - 4,
    );
    return [`  not analysed: ${first}`, ...more.map((line) => `    ${line}`)];
  });
  const more = left.length - shownFiles.length + (coverage.unlisted ?? 0);
  return more > 0 ? [...shown, `  … and ${more} more files not analysed`] : shown;
}

function printSummary(report: ScanReport, marks: Marks): string {
  const { findings, coverage } = report;
  const accepted = countAccepted(report, marks);
  const counts = [...severities].reverse().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const files = (['analysed', 'inert', 'unanalysed'] as const).map((disposition) => {
    const listed = coverage.files.filter((file) => file.disposition === disposition).length;
    const count = listed + (disposition === 'unanalysed' ? (coverage.unlisted ?? 0) : 0);
    return `${count} ${disposition === 'unanalysed' ? 'not analysed' : disposition}`;
  });
  const total = `${findings.length} finding${findings.length === 1 ? '' : 's'}`;
  return `${total}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}${accepted === 0 ? '' : `, ${accepted} accepted`}; files: ${files.join(', ')}`;
}

// Declared against observed capabilities, row by row, for every report.

interface CapabilityRow {
  /** Written by `printCapability`; not yet safe to show. */
  readonly text: string;
  readonly declared: boolean;
  readonly observed: boolean;
  /** `covered`: by another, wider row. */
  readonly note: 'undeclared' | 'covered' | '';
}

/** One row for each declared or observed capability, by kind. */
export function capabilityRows({
  declared,
  observed,
  undeclared,
  unused,
}: ScanReport['capabilities']): CapabilityRow[] {
  const isIn = (grouped: ScanReport['capabilities']['declared'], text: string): boolean =>
    listCapabilities(grouped).some((capability) => printCapability(capability) === text);
  const given = listCapabilities(declared);
  const texts = new Set([...given, ...listCapabilities(observed)].map(printCapability));
  return [...texts].sort(byKind).map((text) => {
    const exact = isIn(declared, text);
    const missing = isIn(undeclared, text);
    const capability = listCapabilities(observed).find(
      (candidate) => printCapability(candidate) === text,
    );
    const isCovered =
      capability !== undefined &&
      !exact &&
      !missing &&
      given.some((wide) => covers(wide, capability));
    return {
      text,
      declared: exact || isCovered,
      observed: isIn(observed, text) || !isIn(unused, text),
      note: missing ? 'undeclared' : isCovered ? 'covered' : '',
    };
  });
}

function byKind(a: string, b: string): number {
  const rank = (text: string): number =>
    capabilityKinds.findIndex((kind) => text.startsWith(`${kind} `));
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
