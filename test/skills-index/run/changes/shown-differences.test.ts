import { expect, it } from 'vitest';
import { showsIn } from '../../../../skills-index/run/changes/shown-differences.ts';

const created = (path: string): string => `Binary files /dev/null and b/${path} differ\n`;
const patch = [
  '+text',
  'Binary files a/lib/old.bin and /dev/null differ',
  'Binary files a/x y and b/x y differ',
  created('new.bin'),
].join('\n');

it.each([
  ['lib/old.bin', false],
  ['x y', false],
  ['new.bin', false],
  // A setting of the host's repository can leave out the first folder of a path.
  ['old.bin', false],
  ['src/new.bin', true],
  ['new.bi', true],
  ['zz', true],
])('says of %s whether the differences show it: %s', (path, isShown) => {
  expect(showsIn(patch)(path)).toBe(isShown);
});

it('soon knows the shown files among many files of both kinds', () => {
  const binary = Array.from({ length: 9_500 }, (_, at) => `f${at}`);
  const plain = Array.from({ length: 50_000 }, (_, at) => `dir/g${at}`);
  const began = performance.now();
  const isShown = showsIn(binary.map(created).join(''));
  expect([binary.some(isShown), plain.every(isShown)]).toEqual([false, true]);
  expect(performance.now() - began).toBeLessThan(3_000);
});
