/** Runs the rules over the facts, and turns their drafts into findings. */

import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import {
  type Confidence,
  type Finding,
  type FindingKind,
  severities,
  type Verdict,
} from '../../skills-index/statement/finding.ts';
import type { FactKind, FactOf, Span } from '../fact/fact.ts';
import { compareSpans, type Lines, linesOf } from '../fact/place.ts';
import type { FactIndex } from '../fact/selectors.ts';
import type { TaintSource } from '../fact/source.ts';
import { lineWords, startedWord } from '../flow/started-word.ts';
import type { FindingDraft, Rule, RuleContext } from '../rule.ts';

const findingsPerRuleMax = 100;

/** Input of rules besides facts. */
export interface Judgeable extends Omit<RuleContext, 'of'> {
  /** Digests of all files by their paths; '' where nothing was read. */
  readonly digests: ReadonlyMap<string, string>;
}

/**
 * All findings, sorted by path, place and rule. A rule with very many findings shows its worst; the
 * last of them stands for the rest, and says how many these are.
 */
export function findAll(rules: readonly Rule[], index: FactIndex, context: Judgeable): Finding[] {
  const contextOf = contextsOfRules(index, context);
  const drafts = rules.flatMap((rule) =>
    draftsOf(rule, contextOf(rule)).map((draft) => ({ rule, ...draft })),
  );
  if (drafts.length === 0) return [];
  const { sources } = context;
  const texts = new Map(sources.map((source) => [source.path, source.text]));
  const outer = new Map(
    sources.flatMap(({ path, file, depth }) =>
      depth === 0 && path !== file ? [[path, file]] : [],
    ),
  );
  const lines = new Map<string, Lines>();
  const placeOf = (path: string, offset: number): { line: number; column: number } => {
    const known = lines.get(path) ?? linesOf(texts.get(path) ?? '');
    lines.set(path, known);
    return known.at(offset);
  };
  const placeIn = ({ path, inner, start, end }: Span) => ({
    path,
    inner,
    ...placeOf(path, start),
    endLine: placeOf(path, end).line,
  });
  // In the order of their places: equal findings are counted in that order.
  drafts.sort((a, b) => compareSpans(a.draft.span, b.draft.span));
  const fingerprint = fingerprintsOf(sources, context.digests);
  const findings = drafts.map(({ rule, draft, rest }): Finding => {
    const span = ofFile(draft.span, outer);
    const start = placeOf(span.path, span.start);
    const end = placeOf(span.path, span.end);
    const inner = span.inner === undefined ? '' : ` (in ${span.inner})`;
    const more = rest.length === 0 ? '' : `, and ${rest.length} more like it`;
    const message = `${draft.message}${inner}${more}`.toWellFormed();
    const steps = (draft.flow ?? []).map(({ note, span: at }) => ({
      ...placeIn(at),
      note: note.toWellFormed(),
    }));
    return {
      rule: rule.id,
      kind: draft.kind ?? rule.kind,
      severity: draft.severity ?? rule.severity,
      confidence: draft.confidence ?? rule.confidence,
      message,
      path: span.path,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      flow: steps.map(({ path, line, column, note }) => ({ path, line, column, note })),
      fix: draft.fix ?? rule.fix,
      fingerprint: fingerprint({
        rule: rule.id,
        kind: draft.kind ?? rule.kind,
        message: [message, ...rest.map((one) => one.message)].join('\n'),
        confidence: draft.confidence ?? rule.confidence,
        places: [
          { path: span.path, inner: span.inner, line: start.line, endLine: end.line },
          ...steps,
          ...rest.map((one) => placeIn(ofFile(one.span, outer))),
        ],
      }),
    };
  });
  return [...withSamplesForReview(findings, context)].sort(compareFindings);
}

/** The order of findings in a report: by path and place, then rule, then fingerprint. */
function compareFindings(a: Finding, b: Finding): number {
  return (
    order(a.path, b.path) ||
    a.line - b.line ||
    a.column - b.column ||
    a.endLine - b.endLine ||
    a.endColumn - b.endColumn ||
    order(a.rule, b.rule) ||
    order(a.fingerprint, b.fingerprint)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const severityOrder = { critical: 0, high: 1, medium: 2, low: 3, info: 4 } as const;

// Rules work one after the other, so they share one object: a new one for each costs more than most
// rules.
function contextsOfRules(index: FactIndex, context: Judgeable): (rule: Rule) => RuleContext {
  let at: Rule | undefined;
  const of = <Kind extends FactKind>(kind: Kind): readonly FactOf<Kind>[] => {
    const facts = index.select(kind, at?.reads ?? []);
    if (facts === undefined)
      throw new Error(`rule ${at?.id} asks for facts of kind ${kind} without saying so in reads`);
    return facts;
  };
  const narrowed: RuleContext = {
    ...context,
    of,
  };
  return (rule) => {
    at = rule;
    return narrowed;
  };
}

interface ShownDraft {
  readonly draft: FindingDraft;
  /** Findings that the report shows no longer; this one stands for them. */
  readonly rest: readonly FindingDraft[];
}

function draftsOf(rule: Rule, context: RuleContext): ShownDraft[] {
  const seen = new Set<string>();
  const drafts = rule.check(context).filter((draft) => {
    const key = JSON.stringify([draft.span, draft.message]);
    return !seen.has(key) && seen.add(key);
  });
  if (drafts.length > findingsPerRuleMax)
    drafts.sort(
      (a, b) =>
        severityOrder[a.severity ?? rule.severity] - severityOrder[b.severity ?? rule.severity] ||
        compareSpans(a.span, b.span),
    );
  return drafts.slice(0, findingsPerRuleMax).map((draft, index) => ({
    draft,
    rest: index === findingsPerRuleMax - 1 ? drafts.slice(findingsPerRuleMax) : [],
  }));
}

// A rule that reads sources names a text in an archive by its inner path. Reports name files of the
// bundle only.
function ofFile(span: Span, outer: ReadonlyMap<string, string>): Span {
  const file = outer.get(span.path);
  return file === undefined ? span : { path: file, start: 0, end: 0, inner: span.path };
}

// A finding's fingerprint stays the same while what the finding is about stays the same, also when
// its lines move. Whoever accepts a finding accepts this host, file, variable or program: with
// another one, the fingerprint is another one.

/** Where a finding or a step of its flow stands. */
interface FingerprintedPlace {
  readonly path: string;
  /** The inner path when `path` is an archive or document. */
  readonly inner: string | undefined;
  /** First and last line; both are taken whole, and all between them. */
  readonly line: number;
  readonly endLine: number;
}

/** What a fingerprint covers. */
interface FingerprintedFinding {
  readonly rule: string;
  readonly kind: FindingKind;
  /** Names the host, file, variable or program. */
  readonly message: string;
  readonly confidence: Confidence;
  /**
   * The finding's place, then the steps of its flow. Whole lines count: a place is often one word,
   * such as the `sh` of `curl … | sh`, and what reaches a call often stands on other lines.
   */
  readonly places: readonly FingerprintedPlace[];
}

/**
 * Returns a function that makes fingerprints: SHA-256, as hexadecimal digits, over the rule, the
 * message, the lines of each place without differences of white space, the programs that are
 * encoded in its file, and the occurrence. What the scan could not resolve, and a program that
 * comes from data, may rest on any file: then every file counts.
 * @param digests of all files of the skill, also of those that nobody analysed
 */
function fingerprintsOf(
  sources: readonly TaintSource[],
  digests: ReadonlyMap<string, string>,
): (finding: FingerprintedFinding) => string {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const split = new Map<string, readonly string[]>();
  const known = new Map<string, string>();
  const occurrences = new Map<string, number>();
  const decoded = Map.groupBy(
    sources.filter(({ path }) => path.includes('#decoded-')),
    ({ file }) => file,
  );
  const wholeSkill = JSON.stringify([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
  const digestAt = ({ path, inner, line, endLine }: FingerprintedPlace): string => {
    const key = JSON.stringify([path, inner, line, endLine]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const lines = split.get(inner ?? path) ?? (texts.get(inner ?? path) ?? '').split('\n');
    split.set(inner ?? path, lines);
    const about = inner === undefined ? lines.slice(line - 1, endLine) : lines;
    const programs = (decoded.get(path) ?? []).map(({ text }) => text);
    if (!texts.has(inner ?? path)) programs.push(digests.get(path) ?? '');
    const digest = digestOf(
      JSON.stringify([about.join('\n').replace(/\s+/g, ' ').trim(), ...programs]),
    );
    known.set(key, digest);
    return digest;
  };
  return ({ confidence, kind, message, places, rule }) => {
    const isUnresolved = confidence === 'widened' || /…|\bcomputed\b/.test(message);
    const isOpen = (isUnresolved && kind === 'malice') || runsData.test(rule);
    const about = places.map((place) => [
      place.path,
      place.inner ?? '',
      digestAt(isUnresolved ? { ...place, line: 1, endLine: Infinity } : place),
    ]);
    if (isOpen) about.push([wholeSkill]);
    const first = JSON.stringify([rule, message, about]);
    const occurrence = occurrences.get(first) ?? 0;
    occurrences.set(first, occurrence + 1);
    return hexOf(digestOf(JSON.stringify([first, occurrence])));
  };
}

const runsData =
  /^(exec\/(code-from-string|computed-program|download-and-run|staged-program|unguarded-agent)|flow\/secret-to-computed-host|files\/agent-memory|persistence\/.+|obfuscation\/(decode-and-run|encoded-program))$/;

// Samples that a checker compares with: a linter of scripts has a bad script in `tests/fixtures`.
// They are for a person, and no reason for a block, as long as nothing starts or loads them.

function withSamplesForReview(
  findings: readonly Finding[],
  { name, description, sources }: Pick<RuleContext, 'name' | 'description' | 'sources'>,
): readonly Finding[] {
  const isCapped = (finding: Finding): boolean =>
    finding.kind === 'malice' &&
    /^(high|critical)$/.test(finding.severity) &&
    [finding, ...finding.flow].every(({ path }) => sampleFolder.test(path));
  if (!checks.test(`${name} ${description}`) || !findings.some(isCapped)) return findings;
  // A sample may start another one.
  const outermost = sources.filter(({ depth }) => depth === 0);
  const isStill = (path: string): boolean =>
    !outermost.some((source) => source.file !== path && mayStart(source, path));
  return findings.map((finding) =>
    isCapped(finding) && [finding, ...finding.flow].every(({ path }) => isStill(path))
      ? { ...finding, severity: 'medium' }
      : finding,
  );
}

const sampleFolder = /(^|\/)(__fixtures__|fixtures?|test[-_]?data|test[-_]?cases)\//i;
const checks =
  /\b(lint\w{0,4}|scan(s|ner|ners|ning)?|audit\w{0,3}|detect\w{0,4}|check(s|er|ers|ing)?|validat\w{1,4}|review\w{0,3}|analy[sz]\w{1,4}|security|vulnerab\w{1,7})\b/i;

// A line that starts or loads the sample, or a file that names the folder and starts what it
// computes.
function mayStart({ text, language }: TaintSource, path: string): boolean {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const module = file.replace(/\.\w{1,5}$/, '');
  const lines = text.split('\n').filter((line) => line.includes(file) || line.includes(module));
  const starts = lines.some(
    (line) =>
      loads.test(line) ||
      line
        .split(/&&|\|\||[;|&()`]/)
        .some((command) => startedWord(lineWords(command.trim()))?.text.includes(module) === true),
  );
  const isProse = language === 'markdown' || language === 'text';
  return starts || (!isProse && sampleFolder.test(`${text}/`) && startsComputed.test(text));
}

const loads =
  /^\s*(import|from|export|source|\.)\s|\b(require|import|run_path|load_module|execfile)\s?\(/;
const startsComputed =
  /\b(?:ba|z|da|k)?sh\s+(?:-\w+\s+)?["']?\$|\b(?:python[\d.]*|node|source)\s+["']?\$|^\s*\.\s+["']?\$|sys\.executable,\s*(?!["'])|\brunpy\b|\bimportlib\b|\b(?:exec|eval)\s?\(/m;

// Findings and coverage become a verdict, with the findings that decide it.

interface Judged {
  readonly verdict: Verdict;
  /**
   * The one to three deciding findings: the worst first, of equal ones the most certain first, of
   * different rules where possible. None for `pass`, and for an `incomplete` that only coverage
   * decides.
   */
  readonly deciding: readonly Finding[];
}

/**
 * `block`: malice or policy of severity high or critical. `incomplete`: something was not analysed.
 * `review`: any other malice or policy of severity low or more, and capabilities of severity medium
 * or more. Else `pass`. Findings about the form of a skill decide nothing: a registry takes no such
 * skill, whatever its verdict is.
 */
export function judge(all: readonly Finding[], complete: boolean): Judged {
  const findings = all.filter(({ kind }) => kind !== 'form');
  const blocking = findings.filter(
    (finding) => finding.kind !== 'capability' && rank(finding) >= severities.indexOf('high'),
  );
  if (blocking.length > 0) return { verdict: 'block', deciding: worst(blocking) };
  const doubtful = findings.filter(
    (finding) =>
      rank(finding) >= severities.indexOf(finding.kind === 'capability' ? 'medium' : 'low'),
  );
  if (!complete) return { verdict: 'incomplete', deciding: worst(doubtful) };
  return doubtful.length > 0
    ? { verdict: 'review', deciding: worst(doubtful) }
    : { verdict: 'pass', deciding: [] };
}

function worst(findings: readonly Finding[]): Finding[] {
  const chosen: Finding[] = [];
  const left = [...findings].sort(byWeight);
  while (chosen.length < decidingMax) {
    const [first] = left;
    if (first === undefined) break;
    // One rule at three places tells less than three rules.
    const other = left.find(
      (finding) =>
        byWeight(first, finding) === 0 && !chosen.some(({ rule }) => rule === finding.rule),
    );
    const next = other ?? first;
    chosen.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return chosen;
}

const decidingMax = 3;
const surest = ['exact', 'folded', 'lexical', 'widened'] as const satisfies Finding['confidence'][];

// Equal findings stay in the report's order, which is by place.
function byWeight(a: Finding, b: Finding): number {
  return rank(b) - rank(a) || surest.indexOf(a.confidence) - surest.indexOf(b.confidence);
}

function rank(finding: Finding): number {
  return severities.indexOf(finding.severity);
}
