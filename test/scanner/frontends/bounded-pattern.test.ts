import { expect, it } from 'vitest';
import { shellPatternCharsMax } from '../../../scanner/fact/shared-limits.ts';
import {
  boundedPattern,
  filesBeside,
  shellPatternWorkMax,
} from '../../../scanner/programs/bounded-pattern.ts';

it.each([
  ['an ending', String.raw`\.pub$`, shellPatternCharsMax],
  ['alternatives', 'foo|bar', shellPatternCharsMax],
  ['a repetition', 'a*b', 1_000],
  ['an escaped star', String.raw`a\*b`, shellPatternCharsMax],
  ['a repeated backslash', String.raw`a\\*b`, 1_000],
  ['two repetitions', 'a*a*b', 99],
  ['ten groups with two alternatives', `${'(a|a)'.repeat(10)}b`, shellPatternWorkMax >> 10],
])('matches %s against lines that are short enough', (_, source, lineMax) => {
  const pattern = boundedPattern(source, '');
  expect(pattern?.lineMax).toBe(lineMax);
  expect(pattern?.work(lineMax)).toBeLessThanOrEqual(shellPatternWorkMax);
});

it.each([
  ['three repetitions', 'a*a*a*b'],
  ['a repeated group', '(a|b)+'],
  ['a reference to a group', String.raw`(a)\1`],
  ['a class of POSIX', '[[:alpha:]]'],
  ['more ways through groups than steps', `${'(a|a)'.repeat(20)}b`],
  ['more ways through groups in groups', `${'((a|a)|b)'.repeat(10)}c`],
  ['a pattern that JavaScript does not know', '(a'],
])('does not match %s', (_, source) => {
  expect(boundedPattern(source, '')).toBeUndefined();
});

it.each([
  ['/root/.ssh/id_rsa.pub', '/root/.ssh/\0'],
  ['~/.ssh/id_rsa.pub', '~/.ssh/\0'],
  ['id_rsa.pub', undefined],
])('knows the files beside %s', (path, files) => {
  expect(filesBeside(path)).toBe(files);
});
