/**
 * The output of the walk over a program: facts, embedded programs, and the effects of calls on
 * flows.
 */
import { ts } from 'ts-morph';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import type { Confidence } from '../../../skills-index/statement/finding.ts';
import type { Fact, FlowSink, FlowSource, Span, Trait } from '../../fact/fact.ts';
import { detailCharsMax } from '../../fact/shared-limits.ts';
import type { EmbeddedProgram, Language, OffsetMap, TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import type { FrontEndContext, MovedFile, WrittenText } from '../../programs/frontend.ts';
import type { ResolvedCall } from './effects/calls.ts';
import { bareOf } from './syntax.ts';
import type { Evaluator } from './values/evaluator.ts';
import { alternatives, type Frame, type JsValue, textOr } from './values/values.ts';

/** The effects of API calls, for facts and for flows. */
export interface Use {
  readonly node: ts.Node;
  readonly api: string;
  readonly sources: FlowSource[];
  readonly sinks: {
    readonly at: ts.Expression;
    /** The path of the file that is run, where it is a part of the expression. */
    readonly path?: string;
    readonly sink: FlowSink;
    readonly certainty: Confidence;
  }[];
  /** Embedded programs that this call starts, with their inputs. */
  readonly starts: Started[];
  /** Capabilities of a request or connection, for data sent over it later. */
  readonly opened: Capability[];
  /** Requests whose address alone says the host. */
  readonly requests: {
    readonly address: ts.Expression;
    /** Its hosts in one call of the function around it; undefined where one is not known. */
    hostsIn(frame: Frame): ReadonlySet<string> | undefined;
  }[];
  /**
   * Programs that run their input: a shell, an interpreter without a script, an unknown program.
   */
  readonly runsInput: string[];
}

interface Started {
  /** Its `Source.path`. */
  readonly program: string;
  /** The language in which a file is read, when the file itself does not tell. */
  readonly language?: Language;
  readonly arguments: readonly ts.Expression[];
  readonly stdin: ts.Expression[];
  readonly env: readonly { readonly name: string; readonly value: ts.Expression }[];
}

export interface Out {
  readonly self: Evaluator;
  /**
   * For values that are run: a value that may have changed where the evaluator does not follow it
   * is unknown.
   */
  settled(): Evaluator;
  readonly source: TaintSource;
  readonly files: FrontEndContext['files'];
  /** All nodes of the file, parents before children. */
  readonly nodes: readonly ts.Node[];
  readonly facts: Fact[];
  readonly embedded: EmbeddedProgram[];
  readonly written: WrittenText[];
  readonly moved: MovedFile[];
  readonly uses: Map<ts.Node, Use>;
  /** Calls that were examined. */
  readonly visited: Set<ts.Node>;
  /** What is noted when all files have been walked. */
  readonly later: (() => void)[];
  /** Names under which a function of a library is kept, in any file; for a list, `*`. */
  readonly keptNames: Set<string>;
  /** The addresses that a program gives the functions of a package, by the package: `init`. */
  readonly openedByPackage: Map<string, Capability[]>;
  /** The effects of a call, in any file. */
  useOf(made: ts.Node): Use | undefined;
}

/** One call: the API, its arguments, its place. */
export interface Called {
  readonly api: string;
  readonly built: boolean;
  readonly args: ResolvedCall['args'];
  readonly node: ts.Node;
  readonly use: Use;
}

/** The record of a node's effects on flows. */
export function useAt(out: Out, node: ts.Node, api: string): Use {
  const known = out.uses.get(node);
  if (known !== undefined) return known;
  const use = newUse(node, api);
  out.uses.set(node, use);
  return use;
}

/** A record without effects, which no node has yet. */
export function newUse(node: ts.Node, api: string): Use {
  return {
    node,
    api,
    sources: [],
    sinks: [],
    starts: [],
    opened: [],
    requests: [],
    runsInput: [],
  };
}

/** Adds a capability fact. */
export function capability(
  out: Out,
  call: Called,
  candidate: Capability,
  certainty: Confidence,
  traits: readonly Trait[] = [],
  at: ts.Node = call.node,
  shape?: string,
): void {
  const { source } = out;
  out.facts.push({
    kind: 'capability',
    capability: candidate,
    api: call.api,
    traits,
    ...(shape !== undefined && { shape }),
    span: spanOf(at, source),
    context: source.context,
    certainty,
  });
}

/** Adds a trait fact. */
export function trait(
  out: Out,
  call: Pick<Called, 'api' | 'node'>,
  found: Trait,
  detail: string,
  certainty: Confidence = 'exact',
): void {
  const { source } = out;
  out.facts.push({
    kind: 'trait',
    trait: found,
    api: call.api,
    detail,
    span: spanOf(call.node, source),
    context: source.context,
    certainty,
  });
}

/** A value for a message: unknown parts as `…`, cut in the middle. */
export function shown(value: JsValue): string {
  const whole = textOr(value, '…').replaceAll(unknownPart, '…').replace(/\s+/g, ' ');
  const half = detailCharsMax / 2;
  return whole.length <= detailCharsMax ? whole : `${whole.slice(0, half)} … ${whole.slice(-half)}`;
}

/** Notes that a value ends here. */
export function sink(
  { use }: Called,
  at: ts.Expression | undefined,
  to: FlowSink,
  certainty: Confidence,
): void {
  if (at !== undefined) use.sinks.push({ at, sink: to, certainty });
}

/** Passes an embedded program to the front end of its language; returns its `Source.path`. */
export function embed(
  out: Out,
  { node }: Called,
  language: EmbeddedProgram['language'],
  code: string,
  literal: ts.Expression | undefined,
): string {
  const { source, self } = out;
  const map = literalMap(self, literal, code, node);
  out.embedded.push({ within: source.path, language, text: code, context: source.context, map });
  return `${source.path}#${language}@${map[0]?.raw ?? 0}`;
}

/** Notes a text that a call writes to a file, in case the file is started. */
export function write(
  out: Out,
  { node }: Called,
  {
    path,
    isAppended,
    opening,
  }: { readonly path: string; readonly isAppended: boolean; readonly opening: ts.Node },
  { value, node: literal }: ResolvedCall['args'][number],
): void {
  const { source, self } = out;
  for (const [at, candidate] of alternatives(value).entries()) {
    const text =
      candidate.kind === 'bytes'
        ? Buffer.from(candidate.text, 'latin1').toString('utf8')
        : textOr(candidate);
    const map = literalMap(self, literal, text, node);
    const file = {
      path,
      opening: opening.getStart(),
      ...(isAppended && { append: true as const }),
    };
    out.written.push({
      ...file,
      within: source.path,
      text,
      context: source.context,
      map,
      ...(at > 0 && { instead: true }),
    });
  }
}

/** The certainty of a value: written literally, computed, or unknown. */
export function certaintyOf(value: JsValue, widened: boolean): Confidence {
  if (widened || value.kind === 'unknown') return 'widened';
  return value.kind === 'text' && value.built ? 'folded' : 'exact';
}

// Spans of syntax nodes, and the places of a folded program's text in its literals.

/** The span of a node, without the comments before it. */
export function spanOf(node: ts.Node, source: TaintSource): Span {
  return { path: source.path, start: node.getStart(), end: node.getEnd() };
}

/**
 * Maps a folded text to the literals it came from; what was computed stays on the whole expression.
 */
export function literalMap(
  self: Evaluator,
  node: ts.Expression | undefined,
  text: string,
  around: ts.Node,
): OffsetMap {
  if (node === undefined) return [{ at: 0, raw: around.getStart(), fixed: true }];
  const bare = bareOf(node);
  if (ts.isStringLiteralLike(bare) && bare.getText().slice(1, -1) === text)
    return [{ at: 0, raw: bare.getStart() + 1 }];
  if (ts.isTemplateExpression(bare)) {
    const pieces: { at: number; raw: number; fixed?: true }[] = [];
    let built = bare.head.text;
    pieces.push({ at: 0, raw: bare.head.getStart() + 1 });
    for (const span of bare.templateSpans) {
      pieces.push({ at: built.length, raw: span.expression.getStart(), fixed: true });
      built += textOr(self.valueOf(span.expression));
      pieces.push({ at: built.length, raw: span.literal.getStart() + 1 });
      built += span.literal.text;
    }
    if (built.replace(/\0+/g, unknownPart) === text) return pieces;
  }
  return [{ at: 0, raw: bare.getStart(), fixed: true }];
}
