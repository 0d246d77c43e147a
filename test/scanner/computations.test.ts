/**
 * What is computed of something that is not known never leaves out what it really gives: each
 * function is given each of its arguments as one that is not known, and each text with a part that
 * is not, and says of what it gives for real ones that it may be this.
 */
import { expect, it } from 'vitest';
import { compute, foldOperator } from '../../scanner/engine/library/library.ts';
import {
  itemsOf,
  knownText,
  listValue,
  objectsOf,
  recordValue,
  scalarValue,
  textValue,
  unknown,
  type Value,
} from '../../scanner/engine/value.ts';
import type { Operator } from '../../scanner/ir/ir.ts';
import type { Computation } from '../../scanner/knowledge/computation.ts';
import { unknownPart } from '../../scanner/lookup-tables/egress-of.ts';

type Given = string | number | null | readonly Given[] | { readonly [name: string]: Given };

function valueFor(given: Given): Value {
  if (typeof given === 'string') return textValue(given);
  if (typeof given === 'number' || given === null) return scalarValue(given);
  if (Array.isArray(given)) return listValue(given.map(valueFor));
  return recordValue(Object.entries(given).map(([name, one]) => [name, valueFor(one)]));
}

const samples: readonly (readonly [Computation, readonly Given[]])[] = [
  ['lower', ['AbC']],
  ['upper', ['abC']],
  ['remove-prefix', ['ab-cd', 'ab']],
  ['remove-suffix', ['ab-cd', 'cd']],
  ['strip', ['xabx', 'x']],
  ['strip', [' ab ']],
  ['strip-start', ['xab', 'x']],
  ['strip-end', ['abx', 'x']],
  ['reverse', ['abc']],
  ['replace', ['abcab', 'ab', 'x']],
  ['replace', ['abcab', 'ab', 'x', 1]],
  ['translate', ['abc', 'ab', 'xy']],
  ['split', ['a b c', ' ']],
  ['split', ['a b c', ' ', 1]],
  ['split', ['a b c']],
  ['split-lines', ['a\nb\n']],
  ['join', [['a', 'b'], '-']],
  ['join', [['a', 'b']]],
  ['slice', ['abcdef', 1, 3]],
  ['slice', ['abcdef', -3, 2]],
  ['slice', ['abcdef', 2]],
  ['slice', [['a', 'b', 'c'], 1, 1]],
  ['part', ['abcdef', 1, 4, null]],
  ['part', ['abcdef', -4, -1, null]],
  ['part', ['abcdef', null, null, -1]],
  ['part', ['abcdef', null, null, 2]],
  ['part', [['a', 'b', 'c'], 1, null, null]],
  ['repeat', ['ab', 3]],
  ['concat', ['ab', 'cd']],
  ['length', ['abc']],
  ['letters', ['abc']],
  ['bytes', ['abc']],
  ['ord', ['a']],
  ['chr', [97]],
  ['format', ['%s-%s', 'a', 'b']],
  ['base64-decode', ['aGVsbG8=']],
  ['base64-encode', ['hello']],
  ['hex-decode', ['6162']],
  ['hex-encode', ['ab']],
  ['url-decode', ['a%20b']],
  ['url-encode', ['a b']],
  ['rot13', ['uryyb']],
  ['replace-regex', ['a1b2', '[0-9]', 'x']],
  ['match-regex', ['ab12', '([a-z]+)([0-9]+)']],
  ['split-regex', ['a1b2c', '[0-9]']],
  ['rsplit', ['a:b:c', ':', 1]],
  ['rsplit', ['a:b:c', ':']],
  ['partition', ['a:b:c', ':']],
  ['rpartition', ['a:b:c', ':']],
  ['pairs', [['a', 'b'], 1]],
  ['pairs', [['a', 'b']]],
  ['index-of', [['a', 'b', 'c'], 'b']],
  ['index-of', ['abcab', 'b', 2]],
  ['zip-longest', [[['a', 'b'], ['c']], 'x']],
  ['path-suffix', ['/a/b.c', '.d']],
  ['path-beside', ['/a/b.c', 'd']],
  ['path-stem', ['/a/b.c']],
  ['path-title', ['/a/b.c']],
  ['path-folder', ['/a/b/c']],
  ['path-name', ['/a/b/c']],
  ['path-join', ['/a', 'b']],
  ['path-resolve', ['/a', 'b']],
  ['plain-path-join', ['/a/b', './c']],
  ['by-table', ['abc', { a: 'x' }]],
  ['codec-decode', ['uryyb', 'rot13']],
  ['codec-encode', ['hello', 'rot13']],
  ['codec-encode', ['hello']],
  ['bytes-from', ['aGVsbG8=', 'base64']],
  ['bytes-from', ['hello']],
  ['bytes-text', ['hello', 'hex']],
  ['between', ['abcdef', 1, 3]],
  ['between', ['abcdef', -3, -1]],
  ['substring', ['abcdef', 3, 1]],
  ['starts-with', ['abc', 'ab']],
  ['ends-with', ['abc', 'bc']],
  ['includes', ['abc', 'b']],
  ['includes', [['a', 'b'], 'b']],
  ['code-at', ['abc', 1]],
  ['from-codes', [[97, 98]]],
  ['pad', ['ab', 5, 'xy']],
  ['pad', ['ab', 5, 'xy', 'end']],
  ['radix', [35, 36]],
  ['number', ['ff', 16]],
  ['number', ['12']],
  ['to-bytes', [24930, 2, 'big']],
  ['address-part', ['https://host.example/a?b#c', 'host']],
  ['host', ['https://host.example/a']],
  ['json-parse', ['"ab"']],
  ['keys', [{ a: 'x', b: 'y' }]],
  ['values', [{ a: 'x', b: 'y' }]],
];

// What may stand where a part is not known.
const fillings = ['', 'x', 'ab', ' ', ':', '/', '1', 'a:b c/d'];

const covers = (said: Value, real: Value): boolean => {
  if (said.isOpen || real.isOpen) return true;
  const isIn = (text: string): boolean =>
    said.texts.some(({ whole }) =>
      new RegExp(`^${whole.split(unknownPart).map(RegExp.escape).join('[\\s\\S]*')}$`).test(text),
    );
  const items = itemsOf(real);
  const others = itemsOf(said);
  const isList = items !== undefined && others !== undefined && items.length === others.length;
  return (
    real.texts.every(({ whole }) => isIn(whole)) &&
    real.scalars.every((one) => said.scalars.includes(one)) &&
    (items === undefined
      ? objectsOf(real).length === 0 || objectsOf(said).length > 0
      : objectsOf(said).some(({ rest }) => rest !== undefined) ||
        (isList && items.every((item, at) => covers(others[at] ?? unknown, item))))
  );
};

// What it leaves out of what it may give, where one of the values is not known, or a part of it.
function leftOut(
  compute: (of: readonly Value[]) => Value,
  given: readonly Given[],
  hasParts: boolean,
): readonly string[] {
  const all = given.map(valueFor);
  const real = compute(all);
  expect(real.isOpen).toBe(false);
  return given.flatMap((one, at) => {
    const saysAny = covers(compute(all.with(at, unknown)), real);
    const unsaid = saysAny ? [] : [`unknown ${at}`];
    if (typeof one !== 'string' || !hasParts) return unsaid;
    const wrong = [0, 1, one.length].flatMap((place) => {
      const made = (part: string): Value =>
        compute(all.with(at, textValue(one.slice(0, place) + part + one.slice(place))));
      const said = made(unknownPart);
      const lost = fillings.filter((filling) => !covers(said, made(filling)));
      return lost.map((filling) => `${at} with "${filling}" at ${place}: ${said.texts.length}`);
    });
    return [...unsaid, ...wrong];
  });
}

it.each(samples)('%s of %j says what it may give', (computation, given) => {
  // What is not known of a path is one of its parts, or several.
  const hasParts = !/path/.test(computation);
  expect(leftOut((of) => compute(computation, of), given, hasParts)).toEqual([]);
});

const operators: readonly (readonly [Operator, readonly Given[]])[] = [
  ['+', ['a', 'b']],
  ['+', [1, 2]],
  ['+', [['a'], ['b']]],
  ['-', [3, 2]],
  ['*', ['ab', 2]],
  ['*', [['a'], 2]],
  ['%', ['%s-%s', ['a', 'b']]],
  ['%', [7, 4]],
  ['==', ['ab', 'ab']],
  ['!=', ['ab', 'a']],
  ['<', ['a', 'b']],
  ['<', [1, 2]],
  ['in', ['a', 'abc']],
  ['in', ['a', ['a', 'b']]],
  ['in', ['a', { a: 'x' }]],
  ['^', ['ab', 'cd']],
  ['^', [5, 3]],
  ['not', [null]],
  ['range', [1, 3]],
  ['until', [1, 3]],
];

it.each(operators)('%s of %j says what it may give', (operator, given) => {
  expect(leftOut((of) => foldOperator(operator, of), given, true)).toEqual([]);
});

it.each([
  ['pad', ['5', 2, '0'], '05'],
  ['pad', ['5', 2, '0', 'end'], '50'],
  ['part', ['😀curl', 2, null, null], 'url'],
  ['part', ['😀curl', 1, null, null], 'curl'],
  ['between', ['😀curl', 2, null], 'curl'],
  ['between', ['abcdef', -2.5, null], 'ef'],
  ['slice', ['abcdef', 0, 2.5], 'ab'],
  ['slice', ['abcdef', -30, 2], 'ab'],
  ['substring', ['abcdef', 4, 2], 'cd'],
  ['substring', ['abcdef', 0, null], 'abcdef'],
  ['substring', ['abcdef', 2], 'cdef'],
  ['part', ['abcd', null, 0, -2], 'db'],
] as const)('%s of %j gives %j', (computation, given, text) => {
  expect(knownText(compute(computation, given.map(valueFor)))).toBe(text);
});

it.each([
  ['rpartition', ['a:::c', '::'], ['a:', '::', 'c']],
  ['rpartition', ['a', ':'], ['', '', 'a']],
  ['partition', ['a:::c', '::'], ['a', '::', ':c']],
  ['partition', ['a', ':'], ['a', '', '']],
  ['rsplit', ['a:::c', '::', 1], ['a:', 'c']],
  ['rsplit', ['a b c', ' ', 1], ['a b', 'c']],
] as const)('%s of %j gives %j', (computation, given, texts) => {
  expect(itemsOf(compute(computation, given.map(valueFor)))?.map(knownText)).toEqual(texts);
});

it.each([
  [textValue('abcdef'), scalarValue(true)],
  [textValue('abcdef'), scalarValue(0), scalarValue(5), scalarValue(1e-9)],
  [listValue([textValue('a'), textValue('b')]), scalarValue(0), scalarValue(2), scalarValue(2e-7)],
])('cuts nothing at what is no whole number', (...of) => {
  expect(compute('part', of).isOpen).toBe(true);
});

it.each([
  ['strip-end', textValue('a/\0'), textValue('/'), ['a/\0', 'a']],
  ['strip-start', textValue('\0/a'), textValue('/'), ['\0/a', 'a']],
  ['strip', textValue('/\0/'), textValue('/'), []],
  ['strip-end', textValue('/\0'.repeat(5_000)), textValue('/'), []],
  ['rsplit', textValue('a b c'), textValue(' '), scalarValue(true), []],
] as const)('%s with and without what is not known', (computation, ...given) => {
  const of = given.slice(0, -1) as Value[];
  expect(compute(computation, of).texts.map(({ whole }) => whole)).toEqual(given.at(-1));
});

it.each([
  ['\0/../c', 'c \0/../c'],
  ['/a/\0/../../c', '/c /a/\0/../../c'],
  ['/a/../b/\0/../c', '/b/c /b/\0/../c'],
  ['\0/../../c', '../c'],
  ['/a/\0/b/../c', '/a/\0/c /a/\0/b/../c'],
  ['/a/../b/./c', '/b/c'],
])('the folder above one that is not known may be any: %j', (path, plain) => {
  const { texts } = compute('plain-path-join', [textValue(path)]);
  expect(texts.map(({ whole }) => whole).join(' ')).toBe(plain);
});
