/** Loops. */

import type { AssignTarget, Node, NodeOf } from '../ir/ir.ts';
import { type Changes, changedAgain } from './heap.ts';
import type { Engine } from './interpret.ts';
import { type Invocation, roundsMax } from './interpret.ts';

import { truthOf } from './library/library.ts';
import { iterated, nextOf } from './protocols.ts';
import { either, nil, partOf, roundsOf, type Thing, unknown, type Value } from './value.ts';
import { Variables } from './variables.ts';

/** Rounds after which a loop is left that computes no text, and no list of numbers. */
const roundsIdle = 128;

/** Goes through a loop: round by round where all of them are known, else any number of times. */
export function goThrough(engine: Engine, node: NodeOf<'loop'>, frame: Invocation): Value {
  if (node.before !== undefined) engine.evaluate(node.before, frame);
  engine.heap.land('break');
  const value =
    node.each === undefined
      ? whileTrue(engine, node, frame)
      : eachOf(engine, node, node.each, frame);
  engine.heap.landed();
  return value;
}

function whileTrue(engine: Engine, node: NodeOf<'loop'>, frame: Invocation): Value {
  if (node.test === undefined || node.test.kind === 'const') return repeat(engine, node, frame);
  const start = engine.left;
  let computed = engine.heap.computed;
  for (let round = 0; round < roundsMax; round++) {
    if (start - engine.left >= engine.loopShare || (round > 0 && engine.isExhausted)) break;
    if (round % roundsIdle === roundsIdle - 1) {
      if (engine.heap.computed === computed) break;
      computed = engine.heap.computed;
    }
    const truth = truthOf(engine.evaluate(node.test, frame), engine.knowledge);
    if (truth === undefined) break;
    if (!truth) {
      if (round === 0) engine.tryOut(node.body, frame);
      return nil;
    }
    goRound(engine, node, frame);
    if (node.step !== undefined) engine.evaluate(node.step, frame);
    if (leaves(frame)) return nil;
  }
  return repeat(engine, node, frame);
}

function goRound(engine: Engine, { body, fresh = [] }: NodeOf<'loop'>, frame: Invocation): void {
  const { env } = frame;
  const own = fresh.length === 0 ? env : new Variables(engine.heap, env);
  for (const name of fresh) own.declare(name, env.get(name) ?? nil);
  frame.env = own;
  engine.heap.land('next');
  engine.evaluate(body, frame);
  engine.heap.landed();
  frame.env = env;
  for (const name of fresh) env.set(name, own.get(name) ?? nil);
}

function eachOf(
  engine: Engine,
  node: NodeOf<'loop'>,
  { over, to }: NonNullable<NodeOf<'loop'>['each']>,
  frame: Invocation,
): Value {
  const value = iterated(engine, over, engine.evaluate(over, frame), frame);
  const rounds = roundsOf(value);
  const start = engine.left;
  if (rounds?.length === 0) engine.tryOut(node.body, frame);
  const isComputed = rounds !== undefined && rounds.length <= roundsMax;
  const goOn = (): Value =>
    repeat(engine, node, frame, () => takeAny(engine, value, to, node, frame));
  for (const { key, item } of isComputed ? rounds : []) {
    if (start - engine.left > engine.loopShare || engine.isExhausted) return goOn();
    const isPair = to.length > 1;
    to.forEach((target, at) => {
      engine.assign(target, isPair && at === 0 ? key : item, frame);
    });
    goRound(engine, node, frame);
    if (leaves(frame)) break;
  }
  if (isComputed) return value;
  return goOn();
}

function takeAny(
  engine: Engine,
  value: Value,
  to: readonly AssignTarget[],
  node: Node,
  frame: Invocation,
): void {
  const item = either([partOf(value), ...nextOf(engine, node, value, frame)]);
  for (const target of to) engine.assign(target, item, frame);
}

// Whether a round ends the loop; what ends only the round goes on here.
function leaves(frame: Invocation): boolean {
  if (frame.ended === 'next') frame.ended = '';
  if (frame.ended === '') return false;
  if (frame.ended === 'break') frame.ended = '';
  return true;
}

/** Rounds of a loop each of which puts another function into a variable. */
const exchangesMax = 16;

// Any number of rounds: once more with what the first has left, and what keeps changing is open.
function repeat(engine: Engine, node: NodeOf<'loop'>, frame: Invocation, take?: () => void): Value {
  let last: Changes | undefined;
  // Nested loops go through their bodies more often than that while there is something left.
  let rounds = engine.isExhausted ? 1 : engine.isRepeating ? 2 : (engine.knowledge.rounds ?? 2);
  const outer = engine.isRepeating;
  engine.isRepeating = true;
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && engine.isExhausted) break;
    const end = engine.branch(() => {
      if (node.test !== undefined) engine.evaluate(node.test, frame);
      take?.();
      goRound(engine, node, frame);
      if (frame.ended === 'next') frame.ended = '';
      if (node.step !== undefined && frame.ended === '') engine.evaluate(node.step, frame);
    }, frame);
    engine.join([end], frame, false);
    if (end.ended !== '') break;
    const again = last && changedAgain(last, end.changes);
    if (again?.size === 0 && !makesThings(end.changes)) break;
    const exchanges = last !== undefined && again !== undefined && exchangesFunctions(last, again);
    // What keeps changing is open in the last round; after many rounds, all that they set.
    if (exchanges && rounds < exchangesMax) rounds += 1;
    else if (again !== undefined && round >= rounds - 2) {
      engine.heap.open(rounds > 2 ? end.changes : again);
      if (exchanges) engine.leaveOut('a loop that exchanges functions', frame, node);
    }
    last = end.changes;
  }
  engine.isRepeating = outer;
  return unknown;
}

// Whether each round of a loop gives a variable another function: which ones it may have in the
// end, two rounds do not tell.
function exchangesFunctions(before: Changes, again: Changes): boolean {
  for (const [store, { fields }] of again)
    for (const [key, value] of fields) {
      const others = new Set(before.get(store)?.fields.get(key)?.things.map(nameIn));
      if (value?.things.some((one) => isCallable(one) && !others.has(nameIn(one)))) return true;
    }
  return false;
}

function isCallable({ is }: Thing): boolean {
  return /^(api|function|class|bound)$/.test(is);
}

function nameIn(thing: Thing): unknown {
  if (thing.is === 'api') return thing.name;
  if (thing.is === 'function') return thing.func;
  return thing.is === 'class' ? thing.class : thing.is;
}

// Lists and objects of one round may hold what those of another do not.
function makesThings(changes: Changes): boolean {
  return [...changes.values()].some(({ fields }) =>
    [...fields.values()].some((value) => value !== undefined && value.things.length > 0),
  );
}
