/** Operators, also where an object of the skill defines them. */
import { present } from '../fact/remembered.ts';
import type { Node, NodeOf, Operator } from '../ir/ir.ts';
import { callValue, givenArgs } from './calls.ts';
import { ownMethod } from './classes.ts';
import { charactersPerNodeShift, type Engine, type Invocation } from './interpret.ts';
import { itemAt } from './items.ts';
import { truthOf } from './library/library.ts';
import { inWords, shownBy } from './protocols.ts';
import { either, knownText, recordValue, textValue, unknown, type Value } from './value.ts';

/** What an operator gives. */
export function operate(engine: Engine, node: NodeOf<'op'>, frame: Invocation): Value {
  const { op, args } = node;
  if (op !== 'and' && op !== 'or') {
    const values = args.map((arg) => engine.evaluate(arg, frame));
    if (values.length > 2) return sum(engine, node, values, frame);
    const by = byMethod(engine, node, op, values, frame);
    if (by !== undefined) return by;
    if (op === '+') return plus(engine, node, values, frame);
    if (op === '%' && engine.knowledge.isOpen) values[1] = named(engine, node, values, frame);
    return engine.together(op, values);
  }
  const [first, ...others] = args;
  if (first === undefined) return unknown;
  return others.reduce(
    (left, next) => eitherOf(engine, op, left, next, frame),
    engine.evaluate(first, frame),
  );
}

// Where one side is a text, so is what the operator gives; an object may say itself as one.
function plus(engine: Engine, node: Node, values: readonly Value[], frame: Invocation): Value {
  const shown = values.map((value) => shownBy(engine, { node, frame }, value) ?? value);
  if (!engine.knowledge.plusJoins || shown.every(({ texts }) => texts.length === 0))
    return engine.together('+', shown);
  const joined = engine.together(
    '.',
    shown.map((value) => inWords(engine, value)),
  );
  // Where neither of them is a text, they are added.
  const others = shown.map((value) => ({ ...value, texts: [] }));
  const areNumbers = others.every(({ scalars }) => scalars.length > 0);
  return areNumbers ? either([joined, engine.together('+', others)]) : joined;
}

// The left side, or the right one, which is only computed where the left one does not decide.
function eitherOf(
  engine: Engine,
  op: 'and' | 'or',
  left: Value,
  next: Node,
  frame: Invocation,
): Value {
  const truth = truthOf(left, engine.knowledge);
  if (truth !== undefined && truth === (op === 'or')) {
    engine.tryOut(next, frame);
    return left;
  }
  const [right] = engine.branches([() => engine.evaluate(next, frame)], frame, truth !== undefined);
  if (truth !== undefined) return right ?? unknown;
  return either([op === 'and' ? whereFalse(engine, left) : left, right ?? unknown]);
}

// Where it is false, a value is no object.
function whereFalse({ knowledge }: Engine, value: Value): Value {
  if (knowledge.emptyIsFalse !== 'scalars' || value.things.length === 0) return value;
  return { ...value, things: [], scalars: [...value.scalars, null] };
}

function sum(
  engine: Engine,
  node: NodeOf<'op'>,
  values: readonly Value[],
  frame: Invocation,
): Value {
  const isText = ({ texts, scalars, things }: Value): boolean =>
    texts.length === 1 && scalars.length === 0 && things.length === 0;
  if (values.every(isText)) return engine.together('.', values);
  return values.reduce((left, right) => {
    engine.left -= (left.texts[0]?.length ?? 0) >> charactersPerNodeShift;
    const both = [left, right];
    return byMethod(engine, node, node.op, both, frame) ?? plus(engine, node, both, frame);
  });
}

/** What an operator gives that an object of the skill defines. */
export function byMethod(
  engine: Engine,
  node: Node,
  op: Operator,
  [left, right]: readonly Value[],
  frame: Invocation,
): Value | undefined {
  const name = engine.knowledge.operatorMethod?.(op);
  if (name === undefined || left === undefined) return undefined;
  const found = called(engine, node, name, left, present(right), frame);
  if (found !== undefined || right === undefined) return found;
  return called(engine, node, name.replace(/^__/, '__r'), right, [left], frame);
}

export function called(
  engine: Engine,
  node: Node,
  name: string,
  of: Value,
  args: readonly Value[],
  frame: Invocation,
): Value | undefined {
  const ways = engine.each(of, frame, (thing) => {
    const method = ownMethod(thing, name);
    const site = { node, frame };
    return method === undefined ? [] : [callValue(engine, site, method, givenArgs(...args))];
  });
  const found = ways.flat();
  return found.length === 0 ? undefined : either(found);
}

// `"%(name)s" % os.environ`: of all that is given, what the text names.
function named(
  engine: Engine,
  node: Node,
  [left = unknown, right = unknown]: readonly Value[],
  frame: Invocation,
): Value {
  const names = [...(knownText(left) ?? '').matchAll(/%\((\w{1,80})\)/g)].map(
    ([, name = '']) => name,
  );
  if (names.length === 0 || !right.things.some(({ is }) => is === 'instance' || is === 'module'))
    return right;
  const of = { ...right, nodes: [] };
  return recordValue(
    names.slice(0, 32).map((name) => [name, itemAt(engine, node, of, textValue(name), frame)]),
  );
}
