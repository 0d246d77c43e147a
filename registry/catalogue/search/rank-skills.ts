/**
 * The order of the skills that a search found. Pure. The order depends only on skills that the
 * request may read: counts of all skills would tell strangers which words private skills have.
 */
import { shortNameOf } from '../../../skills-index/skill/name.ts';
import type { ShownSkill } from '../shown-skills.ts';
import { wordsOf } from './words.ts';

/** A word of a query, and how many skills have it; counted up to a bound. */
export interface CountedWord {
  readonly word: string;
  readonly skills: number;
}

/** A skill, and which of the words that were looked up it has. */
export interface Candidate<Skill> {
  readonly skill: Skill;
  readonly has: (word: string) => FoundPlace | undefined;
}

/** The best place where FTS5 found a word, with its stems. */
export type FoundPlace = 'name' | 'description';

/** How much more a word counts in the name. */
export const nameWeight = 3;
/** The constants of BM25. */
const saturation = 1.2;
const lengthShare = 0.75;
/** The words of a usual skill, and the skills of a usual catalogue. */
const usualLength = 35;
const usualSkills = 10_000;
/** Words are alike when so many first characters are equal and so few others follow. */
const alikeCharsMin = 4;
const endingCharsMax = 3;

/**
 * Orders candidates by BM25 over all words of a query, the best one first.
 * @param lookedUp words of which FTS5 knows who has them
 * @param others words that so many skills have that they are compared with the candidates only
 */
export function rankSkills<Skill extends Pick<ShownSkill, 'name' | 'description'>>(
  candidates: readonly Candidate<Skill>[],
  { lookedUp, others }: Readonly<Record<'lookedUp' | 'others', readonly CountedWord[]>>,
): Skill[] {
  return candidates
    .map(({ skill, has }) => {
      const name = wordsOf(shortNameOf(skill.name));
      const description = wordsOf(skill.description);
      const length = (name.length + description.length) / usualLength;
      const damping = saturation * (1 - lengthShare + lengthShare * length);
      const weigh = (word: CountedWord, inName: number, inText: number): number => {
        const times = nameWeight * inName + inText;
        return (rarityOf(word) * times * (saturation + 1)) / (times + damping);
      };
      let score = 0;
      for (const word of others)
        score += weigh(word, timesIn(name, word.word), timesIn(description, word.word));
      for (const word of lookedUp) {
        const place = has(word.word);
        if (place === undefined) continue;
        // FTS5 tells where a word is, and not how often.
        const times = [timesIn(name, word.word), timesIn(description, word.word)] as const;
        score +=
          place === 'name'
            ? weigh(word, Math.max(1, times[0]), times[1])
            : weigh(word, 0, Math.max(1, times[1]));
      }
      return { skill, score };
    })
    .toSorted((a, b) => b.score - a.score || (a.skill.name < b.skill.name ? -1 : 1))
    .map(({ skill }) => skill);
}

/** The inverse frequency of BM25: the fewer skills have a word, the more the word counts. */
export function rarityOf({ skills }: CountedWord): number {
  return Math.log(1 + (usualSkills - skills + 0.5) / (skills + 0.5));
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
