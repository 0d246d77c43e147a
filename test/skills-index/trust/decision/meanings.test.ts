import { expect, it } from 'vitest';
import { decisionMeanings } from '../../../../skills-index/trust/decision/meanings.ts';
import { decisionHints } from '../../../../skills-index/trust/decision/reason.ts';

it('every reason against a version has a meaning of its own, in whole sentences', () => {
  const meanings = Object.entries(decisionMeanings);
  expect(meanings.map(([code]) => code).toSorted()).toEqual(Object.keys(decisionHints).toSorted());
  expect(new Set(meanings.map(([, meaning]) => meaning)).size).toBe(meanings.length);
  expect(meanings.filter(([, meaning]) => !/^[A-Z].*\.$/.test(meaning))).toEqual([]);
});
