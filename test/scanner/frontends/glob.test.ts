import { expect, it } from 'vitest';
import { globOf, replaceGlob } from '../../../scanner/languages/shell/glob.ts';

// Reading on would make a replacement in a long text cost the square of its length.
it('reads a text no further than its pattern may match', () => {
  let read = 0;
  const text = {
    *[Symbol.iterator]() {
      for (const letter of 'a'.repeat(4_000)) {
        read++;
        yield letter;
      }
    },
  };
  expect(globOf('q*')?.prefixes(text as unknown as string)).toEqual([]);
  expect(read).toBe(1);
});

it('replaces every longest match', () => {
  const glob = globOf('b*d');
  expect(glob && replaceGlob('abcdd-bd', glob, 'x', true)).toBe('ax');
  const one = globOf('[bc]');
  expect(one && replaceGlob('abcb', one, '', true)).toBe('a');
});
