/** The versions that several ranges have in common. */
import Range from 'semver/classes/range.js';
import type { SkillName } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { joinedRangesMax } from '../../limits.ts';
import type { Requirement } from './choose-required.ts';

/**
 * A range with exactly the versions that are in all of these ranges.
 * @throws Problem `requires-unmet` for ranges with very many alternatives
 */
export function joinRanges(ranges: readonly string[]): string {
  const [only = '*'] = ranges;
  if (new Set(ranges).size <= 1) return only;
  return ranges.map(alternativesOf).reduce(both).join(' || ');
}

// `range` of semver writes hyphens, carets and tildes as comparisons, which a space joins.
function alternativesOf(range: string): readonly string[] {
  return new Range(range).range.split('||');
}

function both(some: readonly string[], others: readonly string[]): readonly string[] {
  if (some.length * others.length > joinedRangesMax)
    throw new Problem('requires-unmet', 'Cannot compare ranges with so many alternatives');
  const joined = some.flatMap((one) => others.map((other) => `${one} ${other}`.trim()));
  return [...new Set(joined.map((one) => (one === '' ? '*' : one)))];
}

/** The failure to find a version, with the requirements of the installed skills. */
export function orUnmet(
  name: SkillName,
  range: string,
  requirers: readonly Requirement[],
  cause: unknown,
): unknown {
  const codes = ['not-found', 'version-yanked'];
  if (!(cause instanceof Problem) || !codes.includes(cause.code)) return cause;
  const wanted = range === '*' ? name : `${name}@${range}`;
  return new Problem(
    'requires-unmet',
    `Cannot choose a version of ${wanted} that installed skills can use`,
    {
      reasons: [
        ...requirers.map((one) => `${one.by} requires ${name}@${one.range}`),
        cause.message,
      ].map((message) => ({ message })),
      hint: 'update or remove the skill that requires the other version: skillgate list --tree',
    },
  );
}
