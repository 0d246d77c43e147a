/** The results of operators on known values. */
import { ts } from 'ts-morph';
import { bareOf } from '../syntax.ts';
import type { Evaluator } from './evaluator.ts';
import { foldNumbers } from './fold.ts';
import {
  alternatives,
  concatenated,
  type Frame,
  type JsValue,
  numberOf,
  unionOf,
  unknown,
} from './values.ts';

/** A long chain of `+` is flattened, so that it needs no deep call stack. */
export function valueOfBinary(self: Evaluator, node: ts.BinaryExpression, frame: Frame): JsValue {
  const operator = ts.tokenToString(node.operatorToken.kind) ?? '';
  if (operator === '||' || operator === '??')
    return unionOf(
      [self.valueOf(node.left, frame), self.valueOf(node.right, frame)].filter(
        (value) => self.writes !== undefined || value.kind !== 'unknown',
      ),
    );
  if (operator === '&&' || operator === '=') return self.valueOf(node.right, frame);
  const operands: ts.Expression[] = [];
  let left: ts.Expression = node;
  for (
    ;
    ts.isBinaryExpression(left) && left.operatorToken.kind === node.operatorToken.kind;
    left = bareOf(left.left)
  )
    operands.unshift(left.right);
  const values = [left, ...operands].map((operand) => self.valueOf(operand, frame));
  // `1 + 2 + 'a'` adds numbers before it joins texts.
  const leading = values.findIndex((value) => numberOf(value) === undefined);
  const count = leading < 0 ? values.length : leading;
  const sum = values
    .slice(0, count)
    .reduce<JsValue | undefined>((sum, value) => added(operator, sum, value), undefined);
  if (leading < 0) return sum ?? unknown;
  return operator === '+' &&
    values.some((value) => alternatives(value).some((each) => each.kind === 'text'))
    ? concatenated([...(sum === undefined ? [] : [sum]), ...values.slice(count)])
    : unknown;
}

/** `-x`, `~x`, `+x` of numbers. */
export function valueOfPrefix(
  self: Evaluator,
  node: ts.PrefixUnaryExpression,
  frame: Frame,
): JsValue {
  const number = numberOf(self.valueOf(node.operand, frame));
  if (number === undefined) return unknown;
  if (node.operator === ts.SyntaxKind.MinusToken) return { kind: 'number', number: -number };
  if (node.operator === ts.SyntaxKind.TildeToken) return { kind: 'number', number: ~number };
  return node.operator === ts.SyntaxKind.PlusToken ? { kind: 'number', number } : unknown;
}

function added(operator: string, sum: JsValue | undefined, value: JsValue): JsValue {
  return sum === undefined
    ? value
    : foldNumbers(operator, numberOf(sum) ?? 0, numberOf(value) ?? 0);
}
