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
  ['7ff0000000000000', undefined],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
];

/** What is read, and what is written: one rule of the RFC each. */
const documents: readonly (readonly [string, string, string])[] = [
  [
    'keys sort as text, not as numbers',
    '{"10":1,"9":2,"1":3,"01":4}',
    '{"01":4,"1":3,"10":1,"9":2}',
  ],
  ['nothing is normalised', '{"t":"A\\u030a"}', '{"t":"A\u030a"}'],
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
    'surrogates sort before private characters',
    '{"\\ufb33":1,"\\ud83d\\ude02":2}',
    '{"\u{1f602}":2,"\ufb33":1}',
  ],
  ['__proto__ is a key like others', '{"b":1,"__proto__":{"a":1}}', '{"__proto__":{"a":1},"b":1}'],
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
