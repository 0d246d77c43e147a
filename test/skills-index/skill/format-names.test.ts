import { describe, expect, it } from 'vitest';
import {
  isFormatName,
  shortNameFor,
  withBundlePaths,
} from '../../../skills-index/skill/authoring/format-names.ts';

describe('a name of the open format', () => {
  it.each([
    ['周报', 'xn-zsr444a'],
    ['année-fiscale', 'annee-fiscale'],
    ['anne\u0301e-fiscale', 'annee-fiscale'],
    ['pdf-変換', 'xn-pdf-8r6g476c'],
    ['हिन्दी', 'xn-j2bd4cyah0f'],
    ['отчёт', 'xn-n1aiat4c'],
  ])('is %j, in a registry %s', (name, short) => {
    expect(isFormatName(name)).toBe(true);
    expect(shortNameFor([undefined, name])).toBe(short);
    expect(shortNameFor([name, 'weekly-report'])).toBe('weekly-report');
  });

  it.each([
    ['one Cyrillic letter', 'p\u0430ypal'],
    ['all letters Cyrillic', '\u0455\u0441\u043e\u0440\u0435'],
    ['an invisible letter', 'pay\u200bpal'],
    ['a filler of Hangul', '\u3164'],
    ['a wide letter, which NFKC makes ASCII', '\uff50df'],
    ['upper case', 'Été'],
    ['two hyphens', '周--报'],
    ['a turned direction', '\u202e周报'],
    ['65 letters', '周'.repeat(65)],
  ])('is none with %s', (_, name) => {
    expect(isFormatName(name)).toBe(false);
    expect(shortNameFor([name])).toBeUndefined();
  });
});

it('gives files the paths of a bundle, and hides no file behind another', () => {
  const paths = (...all: string[]) =>
    withBundlePaths(all.map((path) => ({ path }))).map(({ path }) => path);
  expect(paths('skill.md', 'u\u0308ber')).toEqual(['SKILL.md', '\u00fcber']);
  expect(paths('a/skill.md', 'Skill.md')).toEqual(['a/skill.md', 'Skill.md']);
  const both = ['skill.md', 'SKILL.md', 'u\u0308ber', '\u00fcber'];
  expect(paths(...both)).toEqual(both);
});
