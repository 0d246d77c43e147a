import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../cli/changes/shown-file.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const script = '#!/bin/sh\n# d\xe9ploie\necho deploying\n';

describe('a changed file is shown', () => {
  it.each([
    ['with one byte that is not UTF-8', '#!/bin/sh\necho deploying\n', script, ['+# d<E9>ploie']],
    ['with a NUL', 'echo one\n', 'echo one\0\necho two\n', ['-echo one', '+echo one<00>', '+echo two']],
    ['in an encoding of one byte a character', script, script.replace('deploying', 'evil'), ['-echo deploying', '+echo evil']],
    [
      'with UTF-8 beside a byte that is not',
      'x\n',
      Buffer.from('naïve \n').toString('latin1').replace(' ', ' \xff'),
      ['-x', '+naïve <FF>'],
    ],
    ['that was such and is UTF-8 now', script, 'echo clean\n', ['-echo deploying', '+echo clean']],
  ])('line by line: %s', (_, old, fresh, lines) => {
    const shown = differenceOf(latin(old), latin(fresh));
    expect(shown[0]).toBe('! not plain UTF-8: bytes that are not are written as <E9>, a NUL as <00>');
    expect(shown).toEqual(expect.arrayContaining(lines));
  });

  it('with a text as a text, and nothing said of it', () => {
    expect(differenceOf(Buffer.from('één\n'), Buffer.from('twee ✓\n'))).toEqual(['@@ -1 +1 @@', '-één', '+twee ✓']);
  });

  it.each([
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')],
    ['a text in UTF-16', Buffer.from('echo hidden command\n', 'utf16le')],
  ])('in words where it is no text: %s', (_, bytes) => {
    expect(differenceOf(Buffer.alloc(0), bytes)).toEqual(['! not a text: its content is not shown']);
    expect(differenceOf(bytes, Buffer.from('a text\n'))).toEqual(['! not a text: its content is not shown']);
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
