import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../cli/changes/references.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const script = '#!/bin/sh\n# d\xe9ploie\necho deploying\n';

describe('a changed file is shown', () => {
  it.each([
    ['with one byte that is not UTF-8', '#!/bin/sh\necho deploying\n', script, ['+# d<E9>ploie']],
    [
      'with a NUL',
      'echo one\n',
      'echo one\0\necho two\n',
      ['-echo one', '+echo one<00>', '+echo two'],
    ],
    [
      'in an encoding of one byte a character',
      script,
      script.replace('deploying', 'evil'),
      ['-echo deploying', '+echo evil'],
    ],
    [
      'with UTF-8 beside a byte that is not',
      'x\n',
      Buffer.from('naïve \n').toString('latin1').replace(' ', ' \xff'),
      ['-x', '+naïve <FF>'],
    ],
    ['that was such and is UTF-8 now', script, 'echo clean\n', ['-echo deploying', '+echo clean']],
  ])('line by line: %s', (_, old, fresh, lines) => {
    const shown = differenceOf(latin(old), latin(fresh));
    expect(shown[0]).toBe(
      '! not plain UTF-8: each byte that is not UTF-8 is shown as a code such as <E9>, and a NUL byte as <00>',
    );
    expect(shown).toEqual(expect.arrayContaining(lines));
  });

  it('with a text as a text, and nothing said of it', () => {
    expect(differenceOf(Buffer.from('één\n'), Buffer.from('twee ✓\n'))).toEqual([
      '@@ -1 +1 @@',
      '-één',
      '+twee ✓',
    ]);
  });

  it.each([
    [
      'a picture',
      Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
    ],
    ['a text in UTF-16', Buffer.from('echo hidden command\n', 'utf16le')],
  ])('in words where it is no text: %s', (_, bytes) => {
    expect(differenceOf(Buffer.alloc(0), bytes)).toEqual([
      '! not a text file: its content is not shown',
    ]);
    expect(differenceOf(bytes, Buffer.from('a text\n'))).toEqual([
      '! not a text file: its content is not shown',
    ]);
  });

  it.each([
    ['a tab and a blank', 'all:\tx\n', 'all: x\n', ['-all:⇥x', '+all: x']],
    ['a blank at the end of a line', 'A=/a\n', 'A=/a \n', ['-A=/a', '+A=/a<20>']],
    ['a blank before a return', 'a\\\r\n', 'a\\ \r\n', ['-a\\\r', '+a\\<20>\r']],
    ['two blanks at the end and one', 'a \n', 'a  \n', ['-a<20>', '+a <20>']],
    ['a no-break space', '[ a ]\n', '[ a\u{a0}]\n', ['-[ a ]', '+[ a⟨U+00A0⟩]']],
    ['an ideographic space', 'a b\n', 'a\u{3000}b\n', ['-a b', '+a⟨U+3000⟩b']],
    ['the sign of a tab', 'a\tb\n', 'a⇥b\n', ['-a⇥b', '+a⟨U+21E5⟩b']],
    ['the sign of a blank', 'a \n', 'a<20>\n', ['-a<20>', '+a<3C>20>']],
    ['what escapes a sign', '<20>\n', '<3C>20>\n', ['-<3C>20>', '+<3C>3C>20>']],
    [
      'a character that is spelled out',
      'a\u{a0}b\n',
      'a⟨U+00A0⟩b\n',
      ['-a⟨U+00A0⟩b', '+a⟨U+27E8⟩U+00A0⟩b'],
    ],
  ])('so that %s are not taken for each other', (_, old, fresh, lines) => {
    const shown = differenceOf(Buffer.from(old), Buffer.from(fresh));
    expect(shown.slice(1)).toEqual(lines);
  });

  it('with a text that looks like a spelled byte beside the byte itself', () => {
    const shown = differenceOf(latin('x <E9>\t\n'), latin('x \xe9\t\n'));
    expect(shown.slice(2)).toEqual(['-x <3C>E9>⇥', '+x <E9>⇥']);
  });

  it('with nothing spelled in ordinary lines', () => {
    const text = 'if (a < 3 && b<7F) {\n  <p class="x">naïve</p>\n}\n';
    expect(differenceOf(Buffer.alloc(0), Buffer.from(text)).slice(1)).toEqual(
      text
        .trimEnd()
        .split('\n')
        .map((line) => `+${line}`),
    );
  });

  it('with different lines wherever two lines differ', () => {
    const line = fc.array(
      fc.constantFrom(...' \t\u{a0}\u{2003}<20>E9C3⟨⟩U+A⇥é\\', '<20>', '<3C>', '⟨U+00A0⟩'),
      {
        maxLength: 12,
      },
    );
    const text = line.map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, fc.boolean(), (old, fresh, isLatin) => {
        fc.pre(old !== fresh && old !== '' && fresh !== '');
        const bytes = (one: string): Buffer =>
          Buffer.concat([Buffer.from(one), Buffer.from(isLatin ? [0xff] : []), Buffer.from('\n')]);
        const lines = differenceOf(bytes(old), bytes(fresh)).filter((one) => /^[-+]/.test(one));
        expect(lines).toHaveLength(2);
        expect(lines[0]?.slice(1)).not.toBe(lines[1]?.slice(1));
      }),
    );
  });

  it('whole, and with a word of it, where looking for what both have in common takes too long', () => {
    const shown = differenceOf(Buffer.from('a\nb\nc\n'), Buffer.from('x\nb\ny\n'), { left: 0 });
    expect(shown[0]).toBe('! many lines differ: all old lines are shown first, then all new lines');
    expect(shown.slice(2)).toEqual(['-a', '-b', '-c', '+x', '+b', '+y']);
  });

  it('with a line for every two files that differ', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(bytes, bytes, (old, fresh) => {
        const shown = differenceOf(old, fresh).filter((line) => /^[-+]|^! not a text/.test(line));
        expect(shown.length > 0).toBe(!Buffer.from(old).equals(Buffer.from(fresh)));
      }),
    );
  });
});
