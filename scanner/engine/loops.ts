/** Loops. */

import type { NodeOf } from '../ir/ir.ts';
import type { CallSite } from './calls.ts';
import { addedBy, handsOn, isNumber } from './heap.ts';
import { type Engine, type Invocation, roundsMax } from './interpret.ts';
import { truthOf } from './library/library.ts';
import { iterated, nextOf } from './protocols.ts';
import { birth } from './store.ts';
import { either, nil, partOf, roundsOf, unknown, type Value } from './value.ts';
import { Variables } from './variables.ts';

/** Rounds in which nothing is computed, and nothing done, after which a loop is left. */
const roundsIdle = 16;
/** The same where a branch was not taken: it may be in a later round. */
const roundsWaiting = 128;

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
  const goesOn = progressOf(engine);
  for (let round = 0; round < roundsMax && goesOn(round); round++) {
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

// Whether a loop is worth another round by itself: as long as its rounds compute or do something.
function progressOf(engine: Engine): (round: number) => boolean {
  const { heap, loopShare, notes } = engine;
  const start = engine.left;
  const now = () => ({ done: heap.computed + notes.noted, notTaken: engine.notTaken });
  let last = now();
  heap.recent = new WeakSet();
  return (round) => {
    if (start - engine.left > loopShare || engine.isExhausted) return false;
    if (round % roundsIdle !== roundsIdle - 1) return true;
    const before = last;
    last = now();
    return last.done > before.done || (last.notTaken > before.notTaken && round < roundsWaiting);
  };
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
  const goOn = (): Value =>
    repeat(engine, node, frame, () => {
      const item = either([partOf(value), ...nextOf(engine, node, value, frame)]);
      for (const target of to) engine.assign(target, item, frame);
    });
  if (rounds === undefined || rounds.length > roundsMax) return goOn();
  if (rounds.length === 0) engine.tryOut(node.body, frame);
  const goesOn = progressOf(engine);
  for (const [round, { key, item }] of rounds.entries()) {
    if (!goesOn(isNumber(item) ? round : 0)) return goOn();
    for (const [at, target] of to.entries())
      engine.assign(target, at < to.length - 1 ? key : item, frame);
    goRound(engine, node, frame);
    if (leaves(frame)) break;
  }
  return value;
}

// Whether a round ends the loop; what ends only the round goes on here.
function leaves(frame: Invocation): boolean {
  if (frame.ended === 'next') frame.ended = '';
  if (frame.ended === '') return false;
  if (frame.ended === 'break') frame.ended = '';
  return true;
}

/** Rounds of a loop each of which puts another text or function into a variable or field. */
const handsOnMax = 16;

// The rounds of a loop whose number nobody knows.
function repeat(engine: Engine, node: NodeOf<'loop'>, frame: Invocation, take?: () => void): Value {
  anyTimes(engine, { node, frame }, () => {
    if (node.test !== undefined) engine.evaluate(node.test, frame);
    take?.();
    goRound(engine, node, frame);
    if (frame.ended === 'next') frame.ended = '';
    if (node.step !== undefined && frame.ended === '') engine.evaluate(node.step, frame);
    return unknown;
  });
  return unknown;
}

/**
 * Does something any number of times: again as long as one may do what those before did not. What
 * still changes in the second last of the usual rounds, or later, becomes open.
 */
export function anyTimes(engine: Engine, { node, frame }: CallSite, run: () => Value): Value {
  const { heap } = engine;
  let rounds = engine.isExhausted ? 1 : engine.isRepeating ? 2 : (engine.knowledge.rounds ?? 3);
  const outer = engine.isRepeating;
  const values: Value[] = [];
  const since = birth();
  engine.isRepeating = true;
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && engine.isExhausted) break;
    const begun = heap.beginRound();
    const end = engine.branch(run, frame);
    const isChanged = heap.endRound(begun);
    values.push(end.value);
    const added = addedBy(end.changes, begun);
    const isEnough = round < rounds - 1 || !handsOn(added, since);
    engine.join([end], frame, false);
    if (end.ended !== '' || (added.size === 0 && !isChanged)) break;
    // What a shell shifts through a list is not seen to move.
    if (round >= rounds - 2) heap.open(engine.knowledge.rounds ? end.changes : added);
    else if (round === 0) heap.open(added, 'numbers');
    if (isEnough) continue;
    if (rounds < handsOnMax) rounds += 1;
    else engine.leaveOut(`a loop that hands on values for ${handsOnMax} rounds`, frame, node);
  }
  engine.isRepeating = outer;
  return either(values);
}
