import { expect, it } from 'vitest';
import { compareSeen, sortOf } from './compare.ts';

const env = 'capability {"capability":{"kind":"env","name":"KEY"},"kind":"capability"}';
const at = (place: string, what = env) => ({ what, place });

it.each([
  ['nothing, whatever the order', [at('a:1'), at('a:9')], [at('a:9'), at('a:1')], []],
  ['what is gone', [at('a:1'), at('a:2', 'verdict block')], [at('a:1')], ['lost verdict block']],
  ['what is there once more', [at('a:1')], [at('a:1'), at('a:1')], ['new capability env']],
  ['what stands elsewhere', [at('a:1')], [at('a:2')], ['moved capability env']],
  [
    'what became milder',
    [at('a:1', 'finding exec/eval high: evaluates a text')],
    [at('a:1', 'finding exec/eval low: evaluates a text')],
    ['lost finding exec/eval high', 'new finding exec/eval low'],
  ],
])('a comparison tells %s', (_, before, after, expected) => {
  const found = compareSeen(before, after);
  expect(found.map((one) => `${one.how} ${sortOf(one)}`)).toEqual(expected);
});
