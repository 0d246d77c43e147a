import { expect, it } from 'vitest';
import { comparedCharsMax, fileDifference, lineEditsMax } from '../../../registry/desk/file.ts';

const rows = (word: string): string => `${word}\n`.repeat(lineEditsMax + 1);

it.each([
  ['only in bytes that are no text', '\uFFFD\n', '\uFFFD\n', 'No line of text differs'],
  ['in too many lines', rows('old'), rows('new'), `More than ${lineEditsMax} lines differ`],
  ['and is too long', 'old\n', 'n'.repeat(comparedCharsMax + 1), 'too long to compare'],
  ['in one line', 'a\nold\nz\n', 'a\nnew\nz\n', '<th scope="row">gone</th>'],
])('a file that differs %s says so', (_, before, now, words) => {
  expect(String(fileDifference('1.0.0', before, now))).toContain(words);
});
