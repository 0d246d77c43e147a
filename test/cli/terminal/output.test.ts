import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inkFor, jsonText, safe, table, terminalSafe } from '../../../cli/terminal/output.ts';

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });

const hostile = [
  ['an escape that clears the screen', '\u001b[2Jgone', '⟨U+001B⟩[2Jgone'],
  ['an escape of one byte (C1)', '\u009b2J', '⟨U+009B⟩2J'],
  ['a link of its own (OSC 8)', '\u001b]8;;http://x\u0007y', '⟨U+001B⟩]8;;http://x⟨U+0007⟩y'],
  ['a carriage return over what stood there', 'refused\rapproved', 'refused⟨U+000D⟩approved'],
  ['text that runs backwards', 'a\u202eb', 'a⟨U+202E⟩b'],
  ['a character that is not seen', 'a\u200bb', 'a⟨U+200B⟩b'],
  ['letters for machines only', 'a\u{e0041}b', 'a⟨U+E0041⟩b'],
  ['a line of its own', 'a\nerror[x]', 'a⏎error[x]'],
  ['half a character', 'a\ud800b', 'a⟨U+D800⟩b'],
  [
    'a letter that looks like another one in its word',
    'to p\u0430ypal.com',
    'to p⟨U+0430⟩ypal.com',
  ],
  ['a word of Greek and Cyrillic letters', '\u03bf\u043e', '\u03bf⟨U+043E⟩'],
  ['private use', '\ue000', '⟨U+E000⟩'],
] as const;

describe('what is printed', () => {
  it.each(hostile)('shows %s instead of obeying it', (_, text, shown) => {
    expect(terminalSafe(text)).toBe(shown);
    expect(safe`${text}`.text).toBe(shown);
    expect(inkFor(stream(false), {}).bold(text).text).toBe(shown);
    expect(table([[text, 'x']]).text).toBe(`${shown}  x`);
  });

  it.each(hostile)('has %s in JSON only by its number', (_, text) => {
    const written = jsonText({ text, [text]: [text] });
    expect(written).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(written)).toEqual({ text, [text]: [text] });
  });

  it('leaves honest text alone', () => {
    for (const text of [
      'plain',
      'Grüße, 世界',
      'naïve café',
      '✔ fertig',
      'Москва и Omsk',
      'Ωmega'.slice(1),
      'β-carotene',
      '東京Tower',
      'e\u0301te\u0301',
    ])
      expect(terminalSafe(text)).toBe(text);
  });

  it('never lets a control or direction-changing character through', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '\u202e', '\n', '[', 'm', '\u0000', 'a'),
    });
    const shown = fc
      .oneof(fc.string({ unit: 'binary' }), nasty)
      .map((given) => safe`${given}`.text);
    fc.assert(
      fc.property(shown, (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)),
      { numRuns: 50 },
    );
  });
});
