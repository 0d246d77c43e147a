/** Names of properties, computed ones included. */
import { ts } from 'ts-morph';
import type { Evaluator } from './evaluator.ts';
import { type Frame, isWhole } from './values.ts';

export function writtenName(
  name: ts.PropertyName | ts.BindingName | ts.Expression,
): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)
    ? name.text
    : undefined;
}

/** The name of a property or binding; undefined when it cannot be computed. */
export function nameOfProperty(
  self: Evaluator,
  name: ts.PropertyName | ts.BindingName | ts.Expression,
  frame: Frame,
): string | undefined {
  const written = writtenName(name);
  if (written !== undefined) return written;
  if (!ts.isComputedPropertyName(name)) return undefined;
  const value = self.valueOf(name.expression, frame);
  return isWhole(value) ? value.text : undefined;
}
