/**
 * The calls of a function that do not name it: of what a function returns, and of what a function
 * gets as an argument.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import { type Steps, StepsUsedUp } from '../../../fact/steps.ts';
import {
  argumentsGiven,
  bareOf,
  choosesOperand,
  type Functionish,
  type GivenArgument,
  isFunctionish,
  parametersOf,
  returnsOf,
} from '../syntax.ts';
import { valueOfThis } from '../values/classes.ts';
import type { Caller, CallNode, Symbols } from '../values/evaluator.ts';
import { type Assignment, type Assignments, push } from './assignments.ts';
import { memberOf, worthOf } from './methods.ts';

interface Names extends Pick<Symbols, 'apiOf' | 'exportOf' | 'functionOf' | 'symbolOf'> {
  readonly assignments: Assignments;
}

type Callers = Map<Functionish, Caller[]>;

/** A function that another one gets as an argument, or by default. */
type Handed = readonly [Functionish, Pick<Caller, 'handedBy'>];

type FunctionsOf = (expression: ts.Expression) => readonly Functionish[];

/** Adds the calls that do not name a function to those that do. */
export function addIndirectCallers(
  calls: readonly CallNode[],
  names: Names,
  steps: Steps,
  callers: Callers,
): void {
  const functionsOf = functionsGiven(names, steps);
  for (const call of calls)
    for (const { name, given } of calledOtherwise(call)) {
      const callee = names.functionOf(name);
      if (callee !== undefined) push(callers, callee, { call, given });
    }
  // `delayed(fetch)(address)`, or `const send = delayed(fetch)` and `send(address)`
  for (const call of calls)
    if (names.functionOf(call.expression) === undefined)
      for (const callee of functionsOf(call.expression)) push(callers, callee, { call });
  addHandedCallers(calls, { names, functionsOf, steps }, callers);
}

// `send.call(this, address)`, `send.apply(this, list)`, `Reflect.apply(send, this, list)`. It is
// not known who calls `send.bind(this, address)`, and so that may give anything.
function calledOtherwise(call: CallNode): readonly CalledOtherwise[] {
  const method = bareOf(call.expression);
  if (!ts.isPropertyAccessExpression(method) || !ts.isCallExpression(call)) return [];
  const { text } = method.name;
  const isReflected = text === 'apply' && method.expression.getText() === 'Reflect';
  const [first, ...others] = argumentsGiven(call);
  const [name, rest] = isReflected
    ? [first?.node, others]
    : [method.expression, [first, ...others]];
  if (name === undefined || !/^(call|apply|bind)$/.test(text)) return [];
  const given = rest.slice(1).filter((one) => one !== undefined);
  if (text === 'apply') return [{ name, given: given.map(({ node }) => ({ node, isList: true })) }];
  if (text === 'call') return [{ name, given }];
  return given.length === 0 ? [] : [{ name, given: [] }];
}

interface CalledOtherwise {
  readonly name: ts.Expression;
  readonly given: readonly GivenArgument[];
}

// `remember(git)` and, in `remember`, `git('config', …)`: the second is a call of the function that
// was passed.
function addHandedCallers(
  calls: readonly CallNode[],
  {
    names: { symbolOf },
    functionsOf,
    steps,
  }: { readonly names: Names; readonly functionsOf: FunctionsOf; readonly steps: Steps },
  callers: Callers,
): void {
  const handed = new Map<ts.ParameterDeclaration, readonly Handed[]>();
  const handedTo = (parameter: ts.ParameterDeclaration, callee: Functionish): Handed[] => {
    const at = parametersOf(callee).indexOf(parameter);
    const byDefault = parameter.initializer === undefined ? [] : functionsOf(parameter.initializer);
    const byCalls = (callers.get(callee) ?? []).flatMap(({ call, given: all }) => {
      const given = (all ?? argumentsGiven(call))[at];
      if (given === undefined || given.isList) return [];
      const handedBy = { call, callee, ...(all !== undefined && { given: all }) };
      return functionsOf(given.node).map((one): Handed => [one, { handedBy }]);
    });
    return [...byDefault.map((one): Handed => [one, {}]), ...byCalls];
  };
  const found: [Functionish, Caller][] = [];
  for (const call of calls) {
    const name = call.expression;
    const declaration = ts.isIdentifier(name) ? symbolOf(name)?.declarations?.[0] : undefined;
    if (declaration === undefined || !ts.isParameter(declaration)) continue;
    const { parent } = declaration;
    if (!isFunctionish(parent)) continue;
    for (const [callee, by] of keep(handed, declaration, () => handedTo(declaration, parent))) {
      steps.take();
      found.push([callee, { call, ...by }]);
    }
  }
  for (const [callee, caller] of found) push(callers, callee, caller);
}

/** Functions that one expression gives, or one function returns. */
const givenMax = 16;

/** Names and calls that lead from one to the next. */
const givenDepthMax = 500;

// The functions of the skill that an expression may give, as far as its form shows.
function functionsGiven(names: Names, steps: Steps): FunctionsOf {
  const known = new Map<object, Functionish[]>();
  const answered = new Set<object>();
  const asked = new Set<object>();
  const open = new Set<object>();
  // A function is also an expression that gives itself, so what it returns has a key of its own.
  const results = new Map<Functionish, object>();
  let hasCircle = false;
  let hasGrown = false;
  const once = (thing: object, find: () => readonly Functionish[]): readonly Functionish[] => {
    const all = known.get(thing) ?? [];
    known.set(thing, all);
    if (open.has(thing)) hasCircle = true;
    if (answered.has(thing) || asked.has(thing)) return all;
    if (open.size > givenDepthMax)
      throw new StepsUsedUp(`over ${givenDepthMax} names and calls that lead to one function`);
    asked.add(thing);
    open.add(thing);
    steps.take();
    for (const one of find()) if (addTo(all, one)) hasGrown = true;
    open.delete(thing);
    return all;
  };
  const returnedBy = (maker: Functionish): readonly Functionish[] =>
    once(
      keep(results, maker, () => ({})),
      () => {
        steps.take(maker.end - maker.pos);
        return returnsOf(maker).flatMap(givenBy);
      },
    );
  const givenBy = (expression: ts.Expression): readonly Functionish[] => {
    const bare = bareOf(expression);
    return once(bare, () => {
      const direct = names.functionOf(bare);
      if (direct !== undefined) return [direct];
      if (ts.isBinaryExpression(bare) && choosesOperand(bare.operatorToken.kind))
        return [...givenBy(bare.left), ...givenBy(bare.right)];
      if (ts.isConditionalExpression(bare))
        return [...givenBy(bare.whenTrue), ...givenBy(bare.whenFalse)];
      if (!ts.isCallExpression(bare)) return namedBy(names, bare).flatMap(givenBy);
      return givenBy(bare.expression).flatMap(returnedBy);
    });
  };
  return (expression) => {
    let found: readonly Functionish[];
    // In a circle of names, an answer is partial until no answer grows.
    do {
      hasCircle = false;
      hasGrown = false;
      asked.clear();
      found = givenBy(expression);
    } while (hasCircle && hasGrown);
    for (const thing of asked) answered.add(thing);
    return found;
  };
}

function addTo(all: Functionish[], one: Functionish): boolean {
  if (all.includes(one) || all.length >= givenMax) return false;
  all.push(one);
  return true;
}

// The expressions that a variable or a member has as its value.
function namedBy(names: Names, bare: ts.Expression): readonly ts.Expression[] {
  const { assignments } = names;
  if (ts.isIdentifier(bare)) {
    const symbol = names.symbolOf(bare);
    const initial = worthOf(symbol?.declarations?.[0]);
    return [
      ...(initial !== undefined && ts.isExpression(initial) ? [initial] : []),
      ...(symbol === undefined ? [] : assigned(assignments.ofVariable(symbol))),
    ];
  }
  if (!ts.isPropertyAccessExpression(bare)) return [];
  const member = memberOf(names, bare);
  const object = bareOf(bare.expression);
  const named = ts.isIdentifier(object) ? names.symbolOf(object) : undefined;
  // A program that replaces `console.log` gets what all its files print.
  const symbol = named !== undefined && names.apiOf(named) === undefined ? named : undefined;
  const of = object.kind === ts.SyntaxKind.ThisKeyword ? valueOfThis(object) : undefined;
  return [
    ...(member !== undefined && ts.isExpression(member) ? [member] : []),
    ...(symbol === undefined ? [] : assigned(assignments.ofMember(symbol, bare.name.text))),
    ...(of?.kind === 'class' ? assigned(assignments.ofField(of.node, bare.name.text)) : []),
  ];
}

// A part of what is assigned is no function of its own.
function assigned(assignments: readonly Assignment[]): readonly ts.Expression[] {
  return assignments
    .filter(({ compound, path, each }) => !compound && path === undefined && each === undefined)
    .map(({ value }) => value);
}
