/**
 * The phrase tables of all languages, ready for look-ups. The build does this once and keeps the
 * outcome as JSON, so that no start of the scanner pays for it.
 */

import { keep } from '../fact/remembered.ts';
import { foldWord, splitElision } from './fold-word.ts';
import { tellingWordsOfNames } from './names.ts';
import { chinese, japanese } from './phrases/chinese.ts';
import { type Concept, concepts, type PhraseTable } from './phrases/concept.ts';
import { english } from './phrases/english.ts';
import { french } from './phrases/french.ts';
import { german } from './phrases/german.ts';
import { portuguese } from './phrases/portuguese.ts';
import { russian } from './phrases/russian.ts';
import { spanish } from './phrases/spanish.ts';
import { wordSum } from './word-sum.ts';

export interface CompiledPhrases {
  /**
   * Forms by their first word, one in a line: the place of its concept, the bits of its languages,
   * and its words, which are open before a `*`.
   */
  readonly exact: Readonly<Record<string, string>>;
  /** Forms whose first word is open, by as many of its letters as the shortest has. */
  readonly beginnings: Readonly<Record<string, string>>;
  readonly beginningLength: number;
  /**
   * Words of scripts that are written without spaces, each with its meanings as in `exact`. Each
   * group of concepts is searched apart: "do not mention" would swallow its "not".
   */
  readonly joined: readonly Readonly<Record<string, string>>[];
  readonly hints: CompiledHints;
}

/** Bits stand for concepts. */
interface CompiledHints {
  /** The sum of each word, and its bits: of words that it begins, and of itself behind a `/`. */
  readonly words: Readonly<Record<string, string>>;
  /**
   * Bits by the first character of a script without spaces in a word: the Latin letters before it
   * may be the end of a longer run of letters.
   */
  readonly characters: Readonly<Record<string, readonly number[]>>;
}

/** In the order of `languageNames`. */
export const phraseTables: readonly PhraseTable[] = [
  chinese,
  english,
  french,
  german,
  japanese,
  portuguese,
  russian,
  spanish,
];

interface Meaning {
  readonly concept: Concept;
  readonly languages: number;
  readonly words?: readonly string[];
}

/** A form of one or more words; only their beginnings where they end in `*`. */
interface Form extends Meaning {
  readonly words: readonly string[];
}

const joinedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const firstOfGroups: readonly Concept[] = ['belongings', 'copy'];

export const compiledPhrases: CompiledPhrases = compile();

function compile(): CompiledPhrases {
  const joined = new Map<string, PhraseOf[]>();
  const open: Form[] = [];
  const whole: Form[] = [];
  for (const one of allPhrases())
    if (joinedScript.test(one.phrase)) keep(joined, one.phrase, () => []).push(one);
    else {
      const form = formOf(one);
      (form.words[0]?.endsWith('*') ? open : whole).push(form);
    }
  const forms = [...open, ...whole];
  const firstWord = ({ words: [first = ''] }: Form): string => first.replace(/\*$/, '');
  const beginningLength = Math.min(...open.map((form) => firstWord(form).length));
  // Those of one beginning stay together.
  const byBeginning = [...Map.groupBy(open, firstWord).values()].flat();
  return {
    exact: linesBy(whole, firstWord),
    beginnings: linesBy(byBeginning, (form) => firstWord(form).slice(0, beginningLength)),
    beginningLength,
    joined: [0, 1, 2].map((group) =>
      linesBy(
        [...joined.values()].flat().filter(({ concept }) => groupOf(concept) === group),
        ({ phrase }) => phrase,
      ),
    ),
    hints: compileHints(forms, joined),
  };
}

function linesBy<One extends Meaning>(
  all: readonly One[],
  key: (one: One) => string,
): Record<string, string> {
  const lines = [...Map.groupBy(all, key)].map(([word, those]) => [
    word,
    those.map(lineOf).join('\n'),
  ]);
  return Object.fromEntries(lines);
}

function lineOf({ concept, languages, words = [] }: Meaning): string {
  return [concepts.indexOf(concept), languages, ...words].join(' ');
}

function formOf({ phrase, concept, languages }: PhraseOf): Form {
  const words = phrase.split('+').flatMap((part) => splitElision(foldWord(part)));
  return { words, concept, languages };
}

function groupOf(concept: Concept): number {
  const at = concepts.indexOf(concept);
  return firstOfGroups.filter((first) => at >= concepts.indexOf(first)).length;
}

// Each phrase with a concept once, and all languages that have it.
function allPhrases(): PhraseOf[] {
  const all: PhraseOf[] = [];
  const known = new Map<Concept, Map<string, PhraseOf>>(concepts.map((one) => [one, new Map()]));
  for (const [index, table] of phraseTables.entries())
    for (const [concept, phrases] of known)
      for (const phrase of (table[concept] ?? '').split(/\s+/)) {
        const before = phrases.get(phrase);
        if (before !== undefined) before.languages |= 1 << index;
        else if (phrase !== '') {
          const made = { phrase, concept, languages: 1 << index };
          phrases.set(phrase, made);
          all.push(made);
        }
      }
  return all;
}

interface PhraseOf {
  readonly phrase: string;
  readonly concept: Concept;
  languages: number;
}

function compileHints(
  forms: readonly Form[],
  joined: ReadonlyMap<string, readonly PhraseOf[]>,
): CompiledHints {
  const words = new Map<number, { readonly open: Set<number>; readonly whole: Set<number> }>();
  const put = ({ text, open }: TellingWord, bit: number): void => {
    const entry = keep(words, wordSum(text), () => ({ open: new Set(), whole: new Set() }));
    (open ? entry.open : entry.whole).add(bit);
  };
  for (const form of forms) put(tellingWordOf(form), concepts.indexOf(form.concept));
  for (const [bit, concept] of concepts.entries())
    for (const text of tellingWordsOfNames(concept)) put({ text, open: false }, bit);
  const characters = new Map<number, Set<number>>();
  for (const [word, meanings] of joined) {
    const code = word.charCodeAt(Math.max(0, word.search(/[^a-z0-9]/i)));
    const bits = keep(characters, code, () => new Set());
    for (const { concept } of meanings) bits.add(concepts.indexOf(concept));
  }
  return {
    words: Object.fromEntries(
      [...words].map(([sum, { open, whole }]) => [sum, `${[...open]}/${[...whole]}`]),
    ),
    characters: Object.fromEntries([...characters].map(([code, bits]) => [code, [...bits]])),
  };
}

interface TellingWord {
  /** Letters and digits, lower case. */
  readonly text: string;
  /** Whether longer words that begin with it count as well. */
  readonly open: boolean;
}

// The run of ASCII letters and digits of a form's longest word. It is open when longer words may
// begin with it.
function tellingWordOf({ words }: Form): TellingWord {
  const runs = words.map((word) => {
    const [, text = '', star = ''] = /([a-z0-9]+)(\*$)?/.exec(word) ?? [];
    return { text, open: star !== '' };
  });
  return runs.reduce((longest, run) => (run.text.length > longest.text.length ? run : longest));
}
