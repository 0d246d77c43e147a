import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revealed, revealedText } from '../../../registry/markup/markup.ts';

describe('revealing text', () => {
  it.each([
    ['a right-to-left override', 'exe\u202efdp', 'exe⟨U+202E⟩fdp'],
    ['a zero-width space', 'ig\u200bnore', 'ig⟨U+200B⟩nore'],
    ['tag characters', 'x\u{e0069}\u{e0067}', 'x⟨U+E0069⟩⟨U+E0067⟩'],
    ['variation selectors that carry bytes', 'x\u{e0101}\ufe01', 'x⟨U+E0101⟩⟨U+FE01⟩'],
    ['a soft hyphen and a byte order mark', 'to\u00adken\ufeff', 'to⟨U+00AD⟩ken⟨U+FEFF⟩'],
    ['an escape and a bell', '\u001b[2J\u0007', '⟨U+001B⟩[2J⟨U+0007⟩'],
    ['a carriage return in the middle of a line', 'rm -rf /\rls', 'rm -rf /⟨U+000D⟩ls'],
    ['a filler that looks like nothing', 'a\u3164b', 'a⟨U+3164⟩b'],
    ['half a surrogate pair', 'a\ud800b', 'a⟨U+D800⟩b'],
  ])('shows %s', (_what, text, shown) => {
    expect(revealedText(text)).toBe(shown);
  });

  it('leaves what is ordinary: accents, tabs, line ends, an emoji with its style, right-to-left prose', () => {
    for (const text of ['Größe\t1\r\n', 'done ✔\ufe0f and ☀\ufe0f', 'שלום', 'Ω ist ein Buchstabe'])
      expect(revealed(text).map((one) => one.kind)).toEqual(['text']);
  });

  it('marks a word whose letters come from look-alike scripts, and no other', () => {
    const marked = revealed('the pаypal site, Москва, αβγ').filter((one) => one.kind === 'mixed');
    expect(marked).toEqual([
      { kind: 'mixed', text: 'pаypal', scripts: 'mixes Latin and Cyrillic letters' },
    ]);
  });

  it('marks a word that looks Latin and has no Latin letter, and no unit and no prose', () => {
    const marked = revealed('see аррӏе.com for 10 kΩ').filter((one) => one.kind === 'mixed');
    expect(marked).toEqual([
      { kind: 'mixed', text: 'аррӏе', scripts: 'looks Latin, in Cyrillic letters' },
    ]);
    expect(revealed('сахар, рост и хаос').map((one) => one.kind)).toEqual(['text']);
  });

  it('loses nothing: the pieces make the text again', () => {
    const texts = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\u202e', '\u200b', '\ufe0f', '☀', 'а', 'a', '\r', '\n', '<'),
        fc.constantFrom('\u{e0041}', '\ud800', 'ㅤ', 'é', '漢', ' '),
      ),
    });
    fc.assert(
      fc.property(texts, (text) => {
        const again = revealed(text).map((one) =>
          one.kind === 'invisible'
            ? String.fromCodePoint(Number.parseInt(one.name.slice(2), 16))
            : one.text,
        );
        expect(again.join('')).toBe(text);
      }),
    );
  });
});
