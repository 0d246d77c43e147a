/** Values of variables and their members by assignment: `command = …`, `options.command = …`. */
import { ts } from 'ts-morph';
import { elementOf } from '../flow/elements.ts';
import type { Assignment } from '../names/assignments.ts';
import { bareOf } from '../syntax.ts';
import type { Evaluator } from './evaluator.ts';
import {
  alternatives,
  concatenated,
  type Frame,
  type JsValue,
  text,
  unionOf,
  unknown,
} from './values.ts';

/** The value assigned to a member of a variable (`a.b = …`); undefined without an assignment. */
export function valueOfMemberAssigned(
  self: Evaluator,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  key: JsValue,
  frame: Frame,
): JsValue | undefined {
  const assigned = assignedToMember(self, node, key);
  const values = assigned
    .filter((assignment) => !assignment.compound)
    .map((assignment) => valueAssigned(self, assignment, frame));
  const useful = values.filter((value) => value.kind !== 'unknown' && value.kind !== 'method');
  return useful.length === 0 ? undefined : unionOf(useful);
}

/** The texts that `a.b = …` and `a.b += …` put in place of the initial one. */
export function textsOfMemberAssigned(
  self: Evaluator,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  key: JsValue,
  before: JsValue,
  frame: Frame,
): readonly JsValue[] {
  if (!alternatives(before).some(({ kind }) => kind === 'text')) return [];
  return assignedToMember(self, node, key).flatMap((assignment) =>
    assignment.compound
      ? [concatenated([before, unknown])]
      : alternatives(valueAssigned(self, assignment, frame)).filter(({ kind }) => kind === 'text'),
  );
}

/** All assignments to this member of this variable. */
export function assignedToMember(
  self: Evaluator,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  key: JsValue,
): readonly Assignment[] {
  const object = bareOf(node.expression);
  const symbol = ts.isIdentifier(object) ? self.symbols.symbolOf(object) : undefined;
  return symbol === undefined || key.kind !== 'text'
    ? []
    : self.symbols.memberAssignments(symbol, key.text);
}

/** The assigned value, or the part of it that a pattern takes. */
export function valueAssigned(
  self: Evaluator,
  { value, node, path = [], each }: Assignment,
  frame?: Frame,
): JsValue {
  const whole = self.valueOf(value, frame);
  return path.reduce(
    (whole, name) =>
      self.memberOf(
        whole,
        /^\d+$/.test(name) ? { kind: 'number', number: Number(name) } : text(name),
        node,
      ),
    each ? elementOf(self, whole) : whole,
  );
}
