import { expect, it } from 'vitest';
import { isPathWanted } from '../../../runner/changes/accept.ts';

it.each([
  ['src/a', 'src/a', true],
  ['src/a', 'src', true],
  ['src/a', './src/', true],
  ['src/a', '/w/src', true],
  ['src/a', '/w', true],
  ['src/a', '**/a', true],
  ['src/a', 'src/*', true],
  ['src/a', '*', false],
  ['src/a', 'sr', false],
  ['src/a', 'a', false],
  ['src/a', '/x/src', false],
])('the path %s is wanted by %s, or is not', (path, pattern, is) => {
  expect(isPathWanted(path, '/w', [pattern])).toBe(is);
});
