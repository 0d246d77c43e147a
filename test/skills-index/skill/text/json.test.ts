import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { parseJson, placeAt } from '../../../../skills-index/skill/text/json.ts';

const messageOf = (content: string | Uint8Array): string => {
  try {
    parseJson(content, 'a.json');
    return 'read';
  } catch (cause) {
    return cause instanceof Problem && cause.code === 'json-invalid'
      ? cause.message
      : `other: ${cause}`;
  }
};

describe('strict JSON', () => {
  it('has the value that JSON.parse has, and the place of each part', () => {
    const { value, placeOf } = parseJson('{\n  "a": [1, {"b": "x"}],\n  "c": "\\"}"\n}', 'a.json');
    expect(value).toEqual({ a: [1, { b: 'x' }], c: '"}' });
    expect(placeOf(['a'])).toEqual({ path: 'a.json', line: 2, column: 3 });
    expect(placeOf(['a', 1, 'b'])).toEqual({ path: 'a.json', line: 2, column: 13 });
    expect(placeOf(['c'])).toEqual({ path: 'a.json', line: 3, column: 3 });
    expect(placeOf(['nowhere'])).toEqual({ path: 'a.json', line: 1, column: 1 });
  });

  it('reads whatever JSON.stringify writes, with or without white space', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(parseJson(text, 'a.json').value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('knows the place of every leaf', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 2);
        const { placeOf } = parseJson(text, 'a.json');
        for (const { path, leaf } of leaves(value, [])) {
          const { line, column } = placeOf(path);
          const rest = (text.split('\n')[line - 1] ?? '').slice(column - 1);
          const key = path.at(-1);
          expect(
            rest.startsWith(typeof key === 'string' ? JSON.stringify(key) : JSON.stringify(leaf)),
          ).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['{\n  "methods": [, "GET"],\n  "path": "/v2"\n}', 2, 15],
    ['{"a":,\n "a much longer rest": 1}', 1, 6],
    ['{"a": "a much longer beginning",\n "b": tru}', 2, 10],
    ['{"a": 1,\n}', 2, 1],
    ['{"a": 1', 1, 8],
  ])('says where %j is broken', (text, line, column) => {
    expect(() => parseJson(text, 'a.json')).toThrow(
      expect.objectContaining({
        reasons: [expect.objectContaining({ place: { path: 'a.json', line, column } })],
      }),
    );
  });

  it('knows where a string ends, whatever backslashes and quotes it has', () => {
    const hostile = fc.string({ unit: fc.constantFrom('\\', '"', 'a', ',', '}') });
    fc.assert(
      fc.property(hostile, hostile, (key, text) => {
        const { placeOf } = parseJson(JSON.stringify([{ [`k${key}`]: text }, 7]), 'a.json');
        const column = JSON.stringify([{ [`k${key}`]: text }]).length + 1;
        expect(placeOf([1])).toEqual({ path: 'a.json', line: 1, column });
      }),
    );
  });

  it.each([
    ['a repeated key', '{"a":1,"a":2}', 'Cannot read a.json:1:8: key "a" is there twice'],
    [
      'a key repeated in other letters of the same sound',
      '{"a":1,"\\u0061":2}',
      'Cannot read a.json:1:8: key "a" is there twice',
    ],
    [
      'a repeated key in a list',
      '[{},{"x":[{"y":1,"y":1}]}]',
      'Cannot read a.json:1:18: key "y" is there twice',
    ],
    ['a repeated __proto__', '{"__proto__":1,"__proto__":2}', 'key "__proto__" is there twice'],
    ['too great a depth', '['.repeat(66) + ']'.repeat(66), 'more than 64 levels deep'],
    ['no end', '{"a":', 'Cannot read a.json'],
    ['a comment', '{} // hi', 'Cannot read a.json'],
    ['a comma too many', '[1,]', 'Cannot read a.json'],
    ['nothing', '', 'Cannot read a.json'],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'Cannot read a.json: it is not UTF-8'],
  ])('refuses %s', (_, content, message) => {
    expect(messageOf(content)).toContain(message);
  });

  it('takes the same key in different objects, and 64 levels', () => {
    expect(messageOf('[{"a":1},{"a":{"a":2}}]')).toBe('read');
    expect(messageOf('['.repeat(65) + ']'.repeat(65))).toBe('read');
  });

  it('refuses too many values before it makes them, and counts none inside a string', () => {
    expect(messageOf(`[${'1,'.repeat(100_000)}1]`)).toContain('more than 100000 values');
    expect(messageOf(`[${'{},'.repeat(60_000)}1]`)).toContain('more than 100000 values');
    expect(messageOf(JSON.stringify('[,{"'.repeat(100_000)))).toBe('read');
    expect(messageOf(`[${'1,'.repeat(99_990)}"${',['.repeat(9_999)}"]`)).toBe('read');
    expect(parseJson(`[${'1,'.repeat(150_000)}1]`, 'a.json', 200_000).value).toHaveLength(150_001);
    expect(messageOf('"'.padEnd(300_000, '['))).toContain('Cannot read a.json');
  });

  it('finds a place below a long key without writing that key down for each value', () => {
    const text = `{"${'k'.repeat(200_000)}":[${'1,'.repeat(40_000)}\n{"a":1}]}`;
    expect(parseJson(text, 'a.json').placeOf(['k'.repeat(200_000), 40_000, 'a'])).toEqual({
      path: 'a.json',
      line: 2,
      column: 2,
    });
  });

  it('either reads or says why, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => !messageOf(bytes).startsWith('other'),
      ),
    );
  });

  it('stays quick with many keys', () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `"k${at}":${at}`);
    expect(messageOf(`{${keys.join(',')},"k0":0}`)).toContain('key "k0" is there twice');
  });
});

describe('a place', () => {
  it('counts lines by LF and columns from 1', () => {
    expect(placeAt('a\r\nb', 3, 'x')).toEqual({ path: 'x', line: 2, column: 1 });
    expect(placeAt('', 0, 'x')).toEqual({ path: 'x', line: 1, column: 1 });
  });
});

type Path = readonly (string | number)[];
function leaves(value: unknown, path: Path): { path: Path; leaf: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, leaf: value }];
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
