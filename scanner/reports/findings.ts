/** Runs the rules over the facts, and turns their drafts into findings. */
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { FactKind, FactOf, Span } from '../fact/fact.ts';
import { compareSpans, type Lines, linesOf } from '../fact/place.ts';
import type { FactIndex } from '../fact/selectors.ts';
import { findingsPerRuleMax } from '../limits.ts';
import type { FindingDraft, Rule, RuleContext } from '../rule.ts';
import { withSamplesForReview } from './checked-samples.ts';
import { fingerprintsOf } from './fingerprint.ts';

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
export function compareFindings(a: Finding, b: Finding): number {
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
        bySpan(a.span, b.span),
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

function bySpan(a: Span, b: Span): number {
  return compareSpans(a, b);
}
