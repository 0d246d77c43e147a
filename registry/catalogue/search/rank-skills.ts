/**
 * The order of the skills that a search found. Pure. The order depends only on skills that the
 * request may read: counts of all skills would tell strangers which words private skills have.
 */
import { shortNameOf } from '../../../skills-index/skill/name.ts';
import type { VisibleSkill } from '../visible-skills.ts';

/** Words of a query that a search reads. */
export const searchedWordsMax = 32;

/** Characters of the longest word that a search reads. */
const wordCharsMax = 40;

/** A word of a query, and how many skills have it; counted up to a bound. */
export interface CountedWord {
  readonly word: string;
  readonly skills: number;
}

/** A skill, and which of the words that were looked up it has. */
interface Candidate<Skill> {
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
export function rankSkills<Skill extends Pick<VisibleSkill, 'name' | 'description'>>(
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

// The words of a text, as the search looks them up. FTS5 folds and stems them itself, so that both
// sides agree without a second stemmer.

/** The words of a text in their order, without marks and in lower case. */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return folded.match(/[\p{L}\p{N}]+/gu)?.filter(({ length }) => length <= wordCharsMax) ?? [];
}

/** The different words of a query that say what it is about, at most `searchedWordsMax`. */
export function queryWords(query: string): string[] {
  const words = new Set(wordsOf(query).filter((word) => !stopWords.has(word)));
  return [...words].slice(0, searchedWordsMax);
}

const correctedCharsMin = 4;
/** The characters of the words in names. */
const nameChars = [...'abcdefghijklmnopqrstuvwxyz0123456789'];

/**
 * The words of names that differ from a word by one missing, added, replaced or swapped character,
 * whether there is such a name or not. The database has no row for a typo: a search asks for some
 * 70 keys for each character of the typed word, whatever the size of the vocabulary.
 */
export function nearWords(typed: string): string[] {
  const chars = [...typed];
  if (chars.length < correctedCharsMin) return [];
  const near = new Set<string>();
  for (let at = 0; at <= chars.length; at++) {
    const before = chars.slice(0, at).join('');
    const [one = '', two = ''] = chars.slice(at, at + 2);
    const fromNext = chars.slice(at + 1).join('');
    near.add(before + fromNext);
    near.add(before + two + one + chars.slice(at + 2).join(''));
    for (const char of nameChars) {
      near.add(before + char + one + fromNext);
      near.add(before + char + fromNext);
    }
  }
  return [...near].filter((word) => word !== typed && word.length >= correctedCharsMin);
}

/** The words of a skill's short name by which a search finds a typo. */
export function correctedWordsOf(shortName: string): string[] {
  const words = new Set(wordsOf(shortName));
  return [...words].filter(({ length }) => length >= correctedCharsMin);
}

/** Words of English that say nothing about a task: nearly every query and description has them. */
const stopWords: ReadonlySet<string> = new Set(
  [
    'a about after all also am an and any are as at be because been before being but by can could',
    'did do does doing don for from get had has have having he her here him his how i if in into is',
    'it its just let like make me more my need no nor not of off on once only or other our out over',
    'please she should so some such than that the their them then there these they this those',
    'through to too under until up us use used uses using very via want was we were what when where',
    'which while who why will with without would you your',
  ].flatMap((line) => line.split(' ')),
);
