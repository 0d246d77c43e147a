import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';

/**
 * RFC 8785 appendix B: bits of an IEEE 754 double, and how it is written; undefined where it cannot
 * be.
 */
const numbers: readonly (readonly [string, string | undefined])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['7fffffffffffffff', undefined],
  ['7ff0000000000000', undefined],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

/** What is read, and what is written: one rule of the RFC each. */
const documents: readonly (readonly [string, string, string])[] = [
  [
    'lists keep their order',
    '[56,{"d":true,"10":null,"1":[]}]',
    '[56,{"1":[],"10":null,"d":true}]',
  ],
  [
    'keys sort as text, not as numbers',
    '{"10":1,"9":2,"1":3,"01":4}',
    '{"01":4,"1":3,"10":1,"9":2}',
  ],
  [
    'keys do not sort as a language does',
    '{"péché":1,"peach":2,"pêche":3,"sin":4}',
    '{"peach":2,"péché":1,"pêche":3,"sin":4}',
  ],
  [
    'capitals sort before small letters',
    '{"b":1,"a":2,"B":3,"A":4,"":5}',
    '{"":5,"A":4,"B":3,"a":2,"b":1}',
  ],
  ['a shorter key sorts first', '{"aa":1,"a":2}', '{"a":2,"aa":1}'],
  ['nothing is normalised', '{"t":"A\\u030a"}', '{"t":"A\u030a"}'],
  [
    'objects sort at each depth',
    '{"1":{"f":{"F":5,"f":"hi"},"\\n":56.0},"10":{}}',
    '{"1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{}}',
  ],
  ['white space goes', ' { "a" :\n[ 1 ,\t2 ] }\r\n', '{"a":[1,2]}'],
  [
    'numbers have one form',
    '[1.0,1e2,-0,0.10,1E-7,100000000000000000000000]',
    '[1,100,0,0.1,1e-7,1e+23]',
  ],
  [
    'escapes are the short ones',
    '["\\u0008\\u0009\\u000A\\u000c\\u000D\\u0022\\u005C"]',
    '["\\b\\t\\n\\f\\r\\"\\\\"]',
  ],
  [
    'other controls are written \\u00xx in small letters',
    '["\\u0000\\u001F\\u000b"]',
    '["\\u0000\\u001f\\u000b"]',
  ],
  [
    'all else is written as it is',
    '["\\u002f\\u007f\\u0080\\u2028\\ud83d\\ude00\\u003c"]',
    '["/\u007f\u0080\u2028\u{1f600}<"]',
  ],
  [
    'surrogates sort before private characters',
    '{"\\ufb33":1,"\\ud83d\\ude02":2}',
    '{"\u{1f602}":2,"\ufb33":1}',
  ],
  ['__proto__ is a key like others', '{"b":1,"__proto__":{"a":1}}', '{"__proto__":{"a":1},"b":1}'],
  ['empty is short', '{"b":{},"a":[],"c":""}', '{"a":[],"b":{},"c":""}'],
];

describe('RFC 8785', () => {
  it.each(numbers)('writes the double %s as %s', (bits, text) => {
    const value = Buffer.from(bits, 'hex').readDoubleBE();
    if (text === undefined)
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'json-invalid' }));
    else expect(canonicalJson([value])).toBe(`[${text}]`);
  });

  it('sorts the keys of its section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const places = Object.values(value).map(
      (name) => [canonicalJson(value).indexOf(`:${JSON.stringify(name)}`), name] as const,
    );
    expect(places.sort(([a], [b]) => a - b).map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each(documents)('%s', (_, read, written) => {
    expect(canonicalJson(JSON.parse(read))).toBe(written);
  });

  it('is what its rules say when they are written down another way', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom(
          '\u0000',
          '\u001f',
          '"',
          '\\',
          '/',
          '\b',
          '\u007f',
          '\u2028',
          '\ud83d\ude00',
          '\ufb33',
          '1',
        ),
      }),
    );
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger(),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        number,
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 5 }),
      object: fc.dictionary(text, tie('value'), { maxKeys: 6 }),
    }));
    fc.assert(
      fc.property(value, (any) => {
        expect(canonicalJson(any)).toBe(pieces(any).join(''));
      }),
      { numRuns: 500 },
    );
  });
});

/** Sorts by the bytes of UTF-16 big-endian, and writes strings character by character. */
function pieces(value: unknown): string[] {
  if (typeof value === 'string')
    return ['"', ...Array.from({ length: value.length }, (_, at) => escaped(value, at)), '"'];
  if (typeof value !== 'object' || value === null) return [Object.is(value, -0) ? '0' : `${value}`];
  const isList = Array.isArray(value);
  const members = isList ? value.map((one: unknown) => pieces(one)) : [];
  if (!isList) {
    const keys = Reflect.ownKeys(value).map(String);
    keys.sort((a, b) =>
      Buffer.compare(Buffer.from(a, 'utf16le').swap16(), Buffer.from(b, 'utf16le').swap16()),
    );
    for (const key of keys) members.push([...pieces(key), ':', ...pieces(Reflect.get(value, key))]);
  }
  return [
    isList ? '[' : '{',
    ...members.flatMap((member, at) => (at === 0 ? member : [',', ...member])),
    isList ? ']' : '}',
  ];
}

const short: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\f': 'f',
  '\r': 'r',
  '"': '"',
  '\\': '\\',
};

function escaped(text: string, at: number): string {
  const unit = text.charAt(at);
  if (short[unit] !== undefined) return `\\${short[unit]}`;
  return text.charCodeAt(at) < 0x20
    ? `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
    : unit;
}
