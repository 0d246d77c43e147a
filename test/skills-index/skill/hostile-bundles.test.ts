import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { parseBundle } from '../../../skills-index/skill/bundle.ts';
import { pathTwinKey } from '../../../skills-index/skill/bundle-path.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';

const sha256 = digestOf('x');
const skillMd = { path: 'SKILL.md', size: 1, sha256, mode: '644' };
const file = (path: string, lies: object = {}): object => ({
  path,
  size: 1,
  sha256,
  mode: '644',
  ...lies,
});
const listOf = (...files: unknown[]): object => ({
  schema: 'skillgate.bundle/1',
  files: [skillMd, ...files],
});
const good = canonicalJson(listOf(file('a')));

function refusalOf(content: string | Uint8Array): string {
  try {
    parseBundle(Buffer.from(content));
  } catch (cause) {
    if (cause instanceof Problem)
      return [cause.code, ...cause.reasons.map((reason) => reason.message), cause.message].join(
        '\n',
      );
    throw cause;
  }
  return 'taken';
}

/** Lists in canonical form that say something wrong. */
const lists: readonly (readonly [string, unknown, RegExp])[] = [
  ['unsorted', { ...listOf(), files: [file('a'), skillMd] }, /not sorted/],
  ['sorted as UTF-16 sorts', listOf(file('\u{1f600}'), file('\uff5e')), /not sorted/],
  ['with a path twice', listOf(file('a'), file('a')), /"a" is there twice/],
  ['with a path that leaves', listOf(file('a/../../b')), /leaves the skill/],
  ['with a number as path', listOf(file('a', { path: 1 })), /file 2 has no path/],
  [
    'with a digest in capitals',
    listOf(file('a', { sha256: sha256.toUpperCase() })),
    /file 2 has no digest/,
  ],
  [
    'with a digest and a line feed',
    listOf(file('a', { sha256: `${sha256}\n` })),
    /file 2 has no digest/,
  ],
  ['with half a byte', listOf(file('a', { size: 0.5 })), /file 2 has a size/],
  ['with a negative size', listOf(file('a', { size: -1 })), /file 2 has a size/],
  ['with 5 MB and a byte', listOf(file('a', { size: 5_242_881 })), /has 5242881 bytes/],
  [
    'with 20 MB and a byte',
    listOf(...['a', 'b', 'c', 'd'].map((path) => file(path, { size: 5_242_880 }))),
    /20971521 bytes in all/,
  ],
  [
    'with 1,001 files',
    listOf(...Array.from({ length: 1_000 }, (_, at) => file(`f${String(at).padStart(4, '0')}`))),
    /1001 files/,
  ],
  ['with a mode as a number', listOf(file('a', { mode: 644 })), /file 2 has a mode/],
  ['with setuid', listOf(file('a', { mode: '4755' })), /file 2 has a mode/],
  [
    'with a key more in a file',
    listOf(file('a', { url: 'https://evil.example' })),
    /file 2 has the key "url"/,
  ],
  ['with a key more', { ...listOf(), extra: 1 }, /it has the key "extra"/],
  ['with a file that is a list', listOf(['a', 1, sha256, '644']), /file 2 is no object/],
  [
    'with an object of files',
    { schema: 'skillgate.bundle/1', files: { a: 1 } },
    /not a list of files/,
  ],
  ['of another form', { ...listOf(), schema: 'skillgate.bundle/2' }, /not a list of files/],
  ['of no files', { schema: 'skillgate.bundle/1', files: [] }, /skill-md-missing/],
  ['without SKILL.md', { schema: 'skillgate.bundle/1', files: [file('a')] }, /skill-md-missing/],
];

/** Bytes that JSON readers take in more than one way. */
const texts: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['white space', ` ${good}`, /not in canonical form/],
  [
    'keys in another order',
    JSON.stringify(JSON.parse(good), ['schema', 'files', 'path', 'size', 'sha256', 'mode']),
    /not in canonical form/,
  ],
  ['a letter as an escape', good.replace('"a"', '"\\u0061"'), /not in canonical form/],
  ['1.0 bytes', good.replace('"size":1', '"size":1.0'), /not in canonical form/],
  ['a number beyond all', good.replace('"size":1', '"size":1e999'), /has a size/],
  ['a byte order mark', `\ufeff${good}`, /not in canonical form/],
  [
    'a path twice in one file',
    good.replace('"path":"a"', '"path":"a","path":"b"'),
    /key "path" is there twice/,
  ],
  [
    'a key twice, once as an escape',
    good.replace('"path":"a"', '"path":"a","p\\u0061th":"b"'),
    /key "path" is there twice/,
  ],
  ['half a surrogate pair', good.replace('"a"', '"\\ud800"'), /is not valid Unicode/],
  [
    'half a surrogate pair in a key',
    good.replace('"path":"a"', '"\\udc00":1,"path":"a"'),
    /not in canonical form/,
  ],
  [
    'half a surrogate pair in its bytes',
    Buffer.concat([Buffer.from('"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"')]),
    /not UTF-8/,
  ],
  ['a second document', good + good, /json-invalid/],
  [
    '__proto__ as a key',
    good.replace('"path":"a"', '"__proto__":{"mode":"755"},"path":"a"'),
    /has the key "__proto__"/,
  ],
  [
    'a million folders in a path',
    good.replace('"a"', `"${'a/'.repeat(1_000_000)}a"`),
    /longer than 200 bytes/,
  ],
];

describe('a list of files in hostile hands', () => {
  it.each(lists)('is refused %s', (_, value, reason) => {
    expect(refusalOf(canonicalJson(value))).toMatch(reason);
  });

  it.each(texts)('is refused with %s', (_, content, reason) => {
    expect(refusalOf(content)).toMatch(reason);
  });

  it('is refused with every reason at once', () => {
    const wrong = listOf(
      file('z', { size: -1, mode: 644, extra: 1 }),
      file('../x', { sha256: 'none' }),
      file('a', { size: 5_242_881 }),
      file('A'),
      null,
    );
    const told = refusalOf(JSON.stringify(wrong));
    for (const reason of [
      'file 2 has the key "extra"',
      'file 2 has a size that is no whole number of bytes',
      'file 2 has a mode that is neither "644" nor "755"',
      'file 3 has no digest of form sha256:…',
      'file 6 is no object',
      'it is not in canonical form (RFC 8785)',
      'its files are not sorted',
      '"a" has 5242881 bytes; at most 5242880',
      'path "../x" leaves the skill',
      'paths "a" and "A" are the same on some machines',
    ]) {
      expect(told.split('\n')).toContain(reason);
    }
  });

  it('is taken when nothing is wrong with it, and its digest is that of the bytes', () => {
    expect(refusalOf(good)).toBe('taken');
    expect(parseBundle(Buffer.from(good)).digest).toBe(digestOf(good));
  });

  it('is the one form of what it says: whatever else is taken differs in what it says', () => {
    const { bytes } = packBundle(
      ['SKILL.md', 'b', 'ü'].map((path) => ({ path, bytes: Buffer.from(path), mode: 0o644 })),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const bent = Buffer.from(bytes);
        bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        if (refusalOf(bent) === 'taken')
          expect(parseBundle(bent).bundle).not.toEqual(parseBundle(bytes).bundle);
      }),
      { numRuns: 500 },
    );
  });
});

describe('twins', () => {
  it('are at least what Unicode’s simple case folding holds for the same, letter by letter', () => {
    const letters = Array.from({ length: 0x1_e9_43 }, (_, at) => String.fromCodePoint(at)).filter(
      (one) => /^\p{L}$/u.test(one),
    );
    const apart = letters.flatMap((letter) =>
      [letter.toLowerCase(), letter.toUpperCase()]
        .filter((other) => other !== letter && [...other].length === 1)
        .filter(
          (other) =>
            new RegExp(`^${other}$`, 'iu').test(letter) &&
            pathTwinKey(letter) !== pathTwinKey(other),
        ),
    );
    expect(letters.length).toBeGreaterThan(50_000);
    expect(apart).toEqual([]);
  });

  it('stay twins when they are normalised in any form or written in other case', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'),
        (path, form) => {
          // Writing a Greek iota below a letter in capitals moves it past other marks.
          fc.pre(!path.normalize('NFD').includes('\u0345'));
          expect(pathTwinKey(path.normalize(form))).toBe(pathTwinKey(path));
          expect(pathTwinKey(path.toUpperCase())).toBe(pathTwinKey(path));
          expect(pathTwinKey(path.toLowerCase())).toBe(pathTwinKey(path));
        },
      ),
    );
  });
});
