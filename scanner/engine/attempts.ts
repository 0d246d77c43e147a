/** Attempts: what is tried, what catches what is thrown there, and what is done at last. */

import type { Node, NodeOf } from '../ir/ir.ts';
import type { Engine, Invocation } from './interpret.ts';
import { allNodesOf, dataOf, either, nil, type Value } from './value.ts';

/** Goes through what is tried, with what may be thrown there. */
export function attempt(
  engine: Engine,
  { body, catches, last }: NodeOf<'try'>,
  frame: Invocation,
): Value {
  const mark = frame.thrown.length;
  engine.heap.land('throw');
  const tried = engine.branch(() => engine.evaluate(body, frame), frame);
  const middle = engine.heap.attempted(tried.changes);
  const thrown = caughtOf(engine, frame.thrown.splice(mark));
  if (thrown.nodes.length > 0) engine.raised = thrown;
  const caught = catches.map(({ to, body }) =>
    engine.branch(() => {
      engine.heap.suppose(middle);
      if (to !== undefined) engine.assign(to, thrown, frame);
      return engine.evaluate(body, frame);
    }, frame),
  );
  if (last !== undefined && middle.size > 0 && !engine.isExhausted)
    engine.branch(() => {
      engine.heap.suppose(middle);
      engine.evaluate(last, frame);
      if (frame.ended === '') frame.ended = 'throw';
    }, frame);
  engine.join([tried, ...caught], frame, true);
  if (last !== undefined) doLast(engine, last, frame);
  return either([tried, ...caught].map(({ value }) => value ?? nil));
}

// The data of what was thrown, and the functions and texts among it.
function caughtOf(engine: Engine, thrown: readonly Value[]): Value {
  const data = dataOf(allNodesOf(thrown));
  if (!engine.knowledge.callsBack) return data;
  const { things, texts, isCut } = either(thrown);
  const functions = things.filter(({ is }) => /^(function|bound|api|class)$/.test(is));
  return { ...data, texts, things: functions, ...(isCut && { isCut }) };
}

// What runs at last runs before what ended the attempt goes on.
function doLast(engine: Engine, last: Node, frame: Invocation): void {
  const { ended } = frame;
  frame.ended = '';
  engine.evaluate(last, frame);
  if (frame.ended === '') frame.ended = ended;
}
