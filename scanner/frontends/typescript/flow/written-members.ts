/** The members that a part of a program writes, in any way. */
import { ts } from 'ts-morph';
import { type Assignment, eachOf, targetsOf } from '../names/assignments.ts';
import { bareOf, isAssignment, isPattern, isPlainAssignment, memberName } from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives } from '../values/values.ts';
import { changesGiven, isMutator } from './mutators.ts';
import type { Write } from './write.ts';

/** The members that a pattern takes out of an object. */
export function takenBy(node: ts.Node): readonly string[] {
  if (ts.isBindingElement(node)) {
    const name = node.propertyName ?? node.name;
    return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? [name.text] : [];
  }
  if (
    !ts.isBinaryExpression(node) ||
    !isAssignment(node.operatorToken.kind) ||
    !isPattern(node.left)
  )
    return [];
  return [...targetsOf(node.left, { value: node.right, node, compound: false })].flatMap(
    ([, { path = [] }]) => path,
  );
}

/** The member writes of a node. */
export function* writesAt(self: Evaluator, node: ts.Node): Iterable<Write> {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
    yield* writesTo(node.left, {
      value: node.right,
      node,
      compound: !isPlainAssignment(node.operatorToken.kind),
    });
  } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    if (!ts.isVariableDeclarationList(node.initializer))
      yield* writesTo(node.initializer, eachOf(node));
  } else if (
    ts.isPrefixUnaryExpression(node) ||
    ts.isPostfixUnaryExpression(node) ||
    ts.isDeleteExpression(node)
  ) {
    const operand = ts.isDeleteExpression(node) ? node.expression : node.operand;
    const isWritten =
      ts.isDeleteExpression(node) ||
      node.operator === ts.SyntaxKind.PlusPlusToken ||
      node.operator === ts.SyntaxKind.MinusMinusToken;
    if (isWritten) yield* writesTo(operand, { value: operand, node, compound: true });
  } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) yield* writesOfCall(self, node);
}

function* writesTo(target: ts.Expression, assignment: Assignment): Iterable<Write> {
  for (const [bare, assigned] of targetsOf(target, assignment)) {
    if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
      const name = memberName(bare);
      const isPrototype = name === '__proto__' || name === 'prototype';
      yield { receiver: bare.expression, key: isPrototype ? '*' : name, assigned };
    } else if (ts.isIdentifier(bare)) {
      for (let at: ts.Node = bare; !ts.isSourceFile(at); at = at.parent)
        if (ts.isWithStatement(at)) yield { receiver: at.expression, key: bare.text, assigned };
    }
  }
}

function* writesOfCall(
  self: Evaluator,
  node: ts.CallExpression | ts.NewExpression,
): Iterable<Write> {
  const callee = bareOf(node.expression);
  const given = node.arguments ?? [];
  const isMember = ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee);
  if (isMember && isMutator(memberName(callee)) && isNamed(bareOf(callee.expression)))
    yield { receiver: callee.expression, key: '*', given, method: memberName(callee) };
  if (given.every((argument) => !isNamed(bareOf(argument)))) return;
  const callees = alternatives(self.valueOf(node.expression));
  if (!callees.some(changesGiven)) return;
  const [target, ...sources] = given;
  const keys = keysOf(sources);
  if (
    target !== undefined &&
    keys !== undefined &&
    callees.every((value) => value.kind === 'api' && value.name === 'Object.assign')
  ) {
    for (const [key, value] of keys)
      yield { receiver: target, key, assigned: { value, node, compound: false } };
    return;
  }
  for (const argument of given)
    yield {
      receiver: ts.isSpreadElement(argument) ? argument.expression : argument,
      key: '*',
      given,
    };
}

// `Object.assign(target, { cwd })` writes only these members; undefined when the sources do not
// tell.
function keysOf(
  sources: readonly ts.Expression[],
): (readonly [string, ts.Expression])[] | undefined {
  const found: (readonly [string, ts.Expression])[] = [];
  for (const source of sources) {
    if (!ts.isObjectLiteralExpression(source)) return undefined;
    for (const property of source.properties) {
      if (ts.isShorthandPropertyAssignment(property))
        found.push([property.name.text, property.name]);
      else if (
        ts.isPropertyAssignment(property) &&
        (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name))
      )
        found.push([property.name.text, property.initializer]);
      else return undefined;
    }
  }
  return found;
}

// A value without a name is not read again.
function isNamed(bare: ts.Expression): boolean {
  return (
    !ts.isLiteralExpression(bare) &&
    !ts.isObjectLiteralExpression(bare) &&
    !ts.isArrayLiteralExpression(bare) &&
    !ts.isCallExpression(bare)
  );
}
