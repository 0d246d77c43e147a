/** Spans of syntax nodes, and the places of a folded program's text in its literals. */
import { ts } from 'ts-morph';
import type { Span } from '../../fact/fact.ts';
import type { OffsetMap, TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { bareOf } from './syntax.ts';
import type { Evaluator } from './values/evaluator.ts';
import { textOr } from './values/values.ts';

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
