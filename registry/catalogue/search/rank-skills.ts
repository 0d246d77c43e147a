/** The order of the skills that a search found. Pure: the benchmark calls it, too. */
import { shortNameOf } from '../../../skills-index/skill/name.ts';
import type { ShownSkill } from '../shown-skills.ts';
import { wordsOf } from './words.ts';

/** A word of a query, and how many skills have it; counted up to a bound. */
export interface CountedWord {
  readonly word: string;
  readonly skills: number;
}

/** A skill with the rank of FTS5 for the words that were looked up: the less, the better. */
export interface Candidate<Skill> {
  readonly skill: Skill;
  readonly rank: number;
}

/** A skill, and how well it fits: the more, the better. */
export interface Scored<Skill> {
  readonly skill: Skill;
  readonly score: number;
}

/** Of the columns of `skill_words`: how much more a word counts in the name. */
const nameWeight = 3;
/** The constants of BM25 in FTS5, which computed `rank`. */
const saturation = 1.2;
const lengthShare = 0.75;
/** Words are alike when so many first characters are equal and so few others follow. */
const alikeCharsMin = 4;
const endingCharsMax = 3;

/**
 * Orders candidates by BM25 over all words of a query. FTS5 counted the words that were looked up,
 * the rarest ones. The others are counted here, in the candidates only: looking them up would read
 * a large part of the catalogue.
 * @param others words that were not looked up
 * @param all number of skills in the catalogue
 */
export function rankSkills<Skill extends Pick<ShownSkill, 'name' | 'description'>>(
  candidates: readonly Candidate<Skill>[],
  others: readonly CountedWord[],
  all: number,
): Scored<Skill>[] {
  const texts = candidates.map(({ skill }) => ({
    name: wordsOf(shortNameOf(skill.name)),
    description: wordsOf(skill.description),
  }));
  const lengths = texts.map(({ name, description }) => name.length + description.length);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  return candidates
    .map(({ rank, skill }, at) => {
      const { name = [], description = [] } = texts[at] ?? {};
      const damping =
        saturation * (1 - lengthShare + (lengthShare * (lengths[at] ?? mean)) / Math.max(1, mean));
      const further = others.reduce((sum, { word, skills }) => {
        const times = nameWeight * timesIn(name, word) + timesIn(description, word);
        return sum + (rarity(skills, all) * times * (saturation + 1)) / (times + damping);
      }, 0);
      return { skill, score: further - rank };
    })
    .toSorted((a, b) => b.score - a.score || (a.skill.name < b.skill.name ? -1 : 1));
}

/** The inverse frequency of BM25, never negative. */
function rarity(skills: number, all: number): number {
  return Math.max(0, Math.log((all - skills + 0.5) / (skills + 0.5)));
}

function timesIn(words: readonly string[], word: string): number {
  return words.filter((other) => areAlike(word, other)).length;
}

/** Whether two words differ in their endings only, such as analyse and analysis. */
function areAlike(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let alike = 0;
  while (alike < shorter && one[alike] === other[alike]) alike++;
  if (alike === one.length && alike === other.length) return true;
  return alike >= alikeCharsMin && Math.max(one.length, other.length) - alike <= endingCharsMax;
}
