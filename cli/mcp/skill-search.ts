/** Finds skills for an agent's task by shared words. */

import { type SkillName, shortNameOf } from '../../skills-index/skill/name.ts';
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { searchHitsMax } from '../limits.ts';

/** The part of a verified index entry that the search needs. */
export interface DescribedSkill {
  readonly name: SkillName;
  readonly version: Version;
  readonly description: string;
}

/**
 * Skills whose name or description shares words with a task, best first. An empty task returns all
 * skills by name.
 */
export function searchSkills(task: string, skills: readonly DescribedSkill[]): DescribedSkill[] {
  const words = new Set(wordsOf(task));
  return skills
    .map((skill) => ({
      skill: { ...skill, description: cleanDescription(skill.description) },
      score: scoreOf(skill, words),
    }))
    .filter(({ score }) => score > 0 || words.size === 0)
    .sort((a, b) => b.score - a.score || (a.skill.name < b.skill.name ? -1 : 1))
    .slice(0, searchHitsMax)
    .map(({ skill }) => skill);
}

function scoreOf(skill: DescribedSkill, words: ReadonlySet<string>): number {
  const named = new Set(wordsOf(shortNameOf(skill.name)));
  const described = new Set(wordsOf(skill.description));
  return [...words].reduce(
    (sum, word) => sum + (named.has(word) ? 3 : 0) + (described.has(word) ? 1 : 0),
    0,
  );
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
}
