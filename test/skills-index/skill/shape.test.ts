import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  boundedList,
  exactObject,
  parseShape,
  printPath,
  unplaced,
} from '../../../skills-index/skill/shape.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';

const shape = exactObject({
  name: v.string(),
  list: v.exactOptional(v.array(exactObject({ size: v.number('is no number') }))),
});
const reasonsOf = (value: unknown): string[] => {
  try {
    parseShape(shape, unplaced(value, 'x'), 'json-invalid', 'x');
    return [];
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return cause.reasons.map((one) => one.message);
  }
};

describe('a shape', () => {
  it('is filled, with nothing more in it', () => {
    expect(
      parseShape(shape, unplaced({ name: 'a', list: [{ size: 1 }] }, 'x'), 'json-invalid', 'x'),
    ).toEqual({
      name: 'a',
      list: [{ size: 1 }],
    });
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['is missing']],
    ['null', null, ['is null, expected Object']],
    ['a list', [], ['is "a list", expected Object']],
    ['a list further down', { name: 'a', list: [[]] }, ['list[0] is "a list", expected Object']],
    [
      'several faults',
      { a: 1, b: 2, list: [{ size: 'x' }, {}] },
      [
        'name is missing',
        'list[0].size is no number',
        'list[1].size is missing',
        'a is not a known key; the keys are name, list',
        'b is not a known key; the keys are name, list',
      ],
    ],
    [
      'mistyped keys, each near a key of its own object',
      { name: 'a', lsit: [], list: [{ siez: 1, size: 1 }] },
      [
        'list[0].siez is not a known key; did you mean size?',
        'lsit is not a known key; did you mean list?',
      ],
    ],
    [
      'keys that reach a prototype',
      JSON.parse('{"name":"a","__proto__":{},"list":[{"size":1,"constructor":2}]}'),
      ['__proto__ is not allowed as a key', 'list[0].constructor is not allowed as a key'],
    ],
  ])('is not filled by %s', (_, value, reasons) => {
    expect(reasonsOf(value)).toEqual(reasons);
  });

  it('survives what is very deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(reasonsOf({ name: 'a', list: deep })).toContain('list has more than 64 levels');
  });

  it('shows a missing key at the object that lacks it', () => {
    const parsed = parseJson('{"name":"a",\n "list":[\n  {}]}', 'x.json');
    expect(() => parseShape(shape, parsed, 'json-invalid', 'x.json')).toThrow(
      'Cannot read x.json: list[0].size is missing (line 3, column 3)',
    );
  });
});

it('paths are printed as they are written in code', () => {
  expect(printPath([])).toBe('');
  expect(printPath(['x'.repeat(100_000)]).length).toBeLessThan(300);
  expect(printPath(['a', 0, 'b-c', '@acme/x'])).toBe('a[0].b-c["@acme/x"]');
});

describe('what is very large', () => {
  it('is refused for its first fault, since each fault costs memory', () => {
    expect(reasonsOf({ name: 'a', list: Array.from({ length: 6_000 }, () => ({})) })).toEqual([
      'list[0].size is missing',
    ]);
    expect(reasonsOf({ name: 'a', list: Array.from({ length: 50 }, () => ({})) })).toHaveLength(50);
  });

  it('as a list is not looked into', () => {
    let looked = 0;
    const list = boundedList(
      v.pipe(
        v.string(),
        v.check(() => ++looked > 0),
      ),
      3,
      'is too long',
    );
    expect(v.safeParse(list, ['a', 'b', 'c', 'd'])).toMatchObject({
      success: false,
      issues: [{ message: 'is too long' }],
    });
    expect(looked).toBe(0);
    expect(v.parse(list, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(v.safeParse(list, { length: 9 }).success).toBe(false);
  });

  it('is cut in messages', () => {
    expect(reasonsOf('x'.repeat(100_000))[0]?.length).toBeLessThan(300);
  });
});
