/**
 * The phrase tables of all languages as one lookup: the concepts that a word, or consecutive words,
 * may mean.
 */

import { wordsOfReceivers } from './phrases/across/credentials.ts';
import { wordsOfDefences } from './phrases/across/defences.ts';
import { wordsOfForgery } from './phrases/across/forgery.ts';
import { wordsOfHarms } from './phrases/across/harms-unseen.ts';
import { wordsOfMoney } from './phrases/across/money.ts';
import { wordsOfOthers } from './phrases/across/others.ts';
import { wordsOfPlanting } from './phrases/across/planting.ts';
import { wordsOfShades } from './phrases/across/shades.ts';
import { chinese } from './phrases/chinese.ts';
import type { Concept, PhraseLanguage, PhraseTable, RowsAcross } from './phrases/concept.ts';
import { concepts, languageNames } from './phrases/concept.ts';
import { english } from './phrases/english.ts';
import { french } from './phrases/french.ts';
import { german } from './phrases/german.ts';
import { japanese } from './phrases/japanese.ts';
import { portuguese } from './phrases/portuguese.ts';
import { russian } from './phrases/russian.ts';
import { spanish } from './phrases/spanish.ts';

const tables: Readonly<Record<PhraseLanguage, PhraseTable>> = {
  chinese,
  english,
  french,
  german,
  japanese,
  portuguese,
  russian,
  spanish,
};
const rowsAcross: readonly RowsAcross[] = [
  wordsOfOthers,
  wordsOfReceivers,
  wordsOfDefences,
  wordsOfPlanting,
  wordsOfMoney,
  wordsOfForgery,
  wordsOfHarms,
  wordsOfShades,
];

/** For each language, the words of all concepts. */
export const phraseTables: readonly PhraseTable[] = languageNames.map((language) =>
  Object.fromEntries(
    concepts.map((concept) => [
      concept,
      [tables[language][concept], ...rowsAcross.map((rows) => rows[concept]?.[language])].join(' '),
    ]),
  ),
);

/** A set of languages as bits, so that words of two languages form no phrase together. */
export function languageBits(...names: readonly PhraseLanguage[]): number {
  return names.reduce((bits, name) => bits | (1 << languageNames.indexOf(name)), 0);
}

/** A form of one or more words; when `open`, only the beginning of each. */
interface Form {
  readonly words: readonly { readonly text: string; readonly open: boolean }[];
  readonly concept: Concept;
  readonly languages: number;
}

export interface PhraseMeaning {
  readonly concept: Concept;
  readonly languages: number;
  /** The number of its words. */
  readonly length: number;
}

const joinedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const [exact, beginnings, joined] = compile();
/** Words of the longest form. */
export const longestForm = Math.max(
  ...[...exact.values(), ...beginnings.values()].flat().map(({ words }) => words.length),
);
const formsByConcept = Map.groupBy(
  [...exact.values(), ...beginnings.values()].flat(),
  ({ concept }) => concept,
);
/** Beginnings are looked up by the length of the shortest. */
const beginningLength = Math.min(...[...beginnings.keys()].map((key) => key.length));
const byFirstLetters = Map.groupBy([...beginnings.values()].flat(), ({ words }) =>
  (words[0]?.text ?? '').slice(0, beginningLength),
);

/**
 * Words of scripts that are written without spaces. Each group of concepts is searched apart: "do
 * not mention" would swallow its "not".
 */
const firstOfGroups: readonly Concept[] = ['deliver', 'others'];
export const joinedWords: readonly JoinedWords[] = [0, 1, 2].map((group) => {
  const meanings = new Map(
    [...joined].flatMap(([word, all]): [string, Joined[]][] => {
      const those = all.filter(({ concept }) => groupOf(concept) === group);
      return those.length === 0 ? [] : [[word, those]];
    }),
  );
  const longestFirst = [...meanings.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return { words: new RegExp(longestFirst.join('|'), 'g'), meanings };
});

function groupOf(concept: Concept): number {
  const at = concepts.indexOf(concept);
  return firstOfGroups.filter((first) => at >= concepts.indexOf(first)).length;
}

/**
 * Concepts by the first character of a script without spaces in a word: the Latin letters before it
 * may be the end of a longer run of letters.
 */
export function conceptsByCharacter(): ReadonlyMap<number, readonly Concept[]> {
  const found = new Map<number, Concept[]>();
  for (const [word, meanings] of joined) {
    const at = Math.max(0, word.search(/[^a-z0-9]/i));
    for (const { concept } of meanings) push(found, word.charCodeAt(at), concept);
  }
  return found;
}

/** The possible meanings of the words from `at` on. `words` are folded by `foldWord`. */
export function meaningsAt(words: readonly string[], at: number): readonly PhraseMeaning[] {
  const { forms, alone } = beginningsOf(words[at] ?? '');
  if (alone !== undefined) return alone;
  const found: PhraseMeaning[] = [];
  for (const { words: form, concept, languages } of forms)
    if (goesOn(form, words, at)) found.push({ concept, languages, length: form.length });
  return found.length > 1 ? merged(found) : found;
}

function goesOn(form: Form['words'], words: readonly string[], at: number): boolean {
  for (let next = 1; next < form.length; next++) {
    const word = words[at + next];
    const wanted = form[next];
    if (wanted === undefined || word === undefined) return false;
    if (wanted.open ? !word.startsWith(wanted.text) : word !== wanted.text) return false;
  }
  return true;
}

/** What may begin with a word. */
interface Beginnings {
  readonly forms: readonly Form[];
  /** The meanings, where no form has a second word. */
  readonly alone: readonly PhraseMeaning[] | undefined;
}

// Texts use few words again and again.
function beginningsOf(word: string): Beginnings {
  const known = knownBeginnings.get(word);
  if (known !== undefined) return known;
  if (knownBeginnings.size >= knownWordsMax) knownBeginnings.clear();
  const made = findBeginnings(word);
  // A longer word may hold the whole text in memory, of which V8 keeps it as a part.
  if (word.length <= knownWordCharsMax) knownBeginnings.set(word, made);
  return made;
}

const knownBeginnings = new Map<string, Beginnings>();
const knownWordsMax = 20_000;
const knownWordCharsMax = 12;

function findBeginnings(word: string): Beginnings {
  const forms = [
    ...(exact.get(word) ?? []),
    ...(byFirstLetters.get(word.slice(0, beginningLength)) ?? []),
  ].filter(({ words: [first] }) =>
    first?.open === true ? word.startsWith(first.text) : word === first?.text,
  );
  if (forms.length === 0) return nothing;
  if (forms.some(({ words }) => words.length > 1)) return { forms, alone: undefined };
  const found = forms.map(({ concept, languages }) => ({ concept, languages, length: 1 }));
  return { forms, alone: found.length > 1 ? merged(found) : found };
}

const nothing: Beginnings = { forms: [], alone: [] };

// The same meaning in several languages counts once.
function merged(found: readonly PhraseMeaning[]): PhraseMeaning[] {
  const byKey = new Map<string, PhraseMeaning>();
  for (const meaning of found) {
    const key = `${meaning.concept} ${meaning.length}`;
    byKey.set(key, { ...meaning, languages: meaning.languages | (byKey.get(key)?.languages ?? 0) });
  }
  return [...byKey.values()];
}

/**
 * For each form in scripts with spaces, the run of ASCII letters and digits of its longest word.
 * `open` when longer words begin with it.
 */
export function tellingWordsOf(
  concept: Concept,
): readonly { readonly text: string; readonly open: boolean }[] {
  const forms = formsByConcept.get(concept) ?? [];
  return forms.map(({ words }) => {
    const runs = words.map(({ text, open }) => {
      const run = /[a-z0-9]+/.exec(text);
      return {
        text: run?.[0] ?? '',
        open: open && run !== null && run.index + run[0].length === text.length,
      };
    });
    return runs.reduce((longest, run) => (run.text.length > longest.text.length ? run : longest));
  });
}

/** A word in the form of the tables: lower case, no accents, one form of apostrophe. */
export function foldWord(word: string): string {
  const lower = word.toLowerCase();
  return /^[\x20-\x7e]*$/.test(lower)
    ? lower
    : lower
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .replace(/’/g, "'")
        .normalize('NFC');
}

interface Joined {
  readonly concept: Concept;
  readonly languages: number;
}

/** A search for words, each with its meanings. */
interface JoinedWords {
  readonly words: RegExp;
  readonly meanings: ReadonlyMap<string, readonly Joined[]>;
}

/** The words of a joined one: "l'utilisateur" is two, "don't" is one. */
export function splitElision(word: string): string[] {
  if (!word.includes("'")) return [word];
  const [, article, rest] = /^(qu|[cdjlmnst])'(.+)$/.exec(word) ?? [];
  return article === undefined || rest === undefined ? [word] : [article, rest];
}

function compile(): [Map<string, Form[]>, Map<string, Form[]>, Map<string, Joined[]>] {
  const byWord = new Map<string, Form[]>();
  const byBeginning = new Map<string, Form[]>();
  const byText = new Map<string, Joined[]>();
  for (const { phrase, concept, languages } of allPhrases()) {
    if (joinedScript.test(phrase)) {
      push(byText, phrase, { concept, languages });
      continue;
    }
    const words: { text: string; open: boolean }[] = [];
    for (const part of phrase.split('+'))
      for (const word of splitElision(foldWord(part))) {
        const open = word.endsWith('*');
        words.push({ text: open ? word.slice(0, -1) : word, open });
      }
    const first = words[0];
    if (first !== undefined)
      push(first.open ? byBeginning : byWord, first.text, { words, concept, languages });
  }
  return [byWord, byBeginning, byText];
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

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
