/** Looks up the concepts that a word, or consecutive words, may mean. */
import { own } from '../lookup-tables/api.ts';
import { compiledPhrases } from './compiled-phrases.ts';
import { type Concept, concepts, languageNames, type PhraseLanguage } from './phrases/concept.ts';

/** A set of languages as bits, so that words of two languages form no phrase together. */
export function languageBits(...names: readonly PhraseLanguage[]): number {
  return names.reduce((bits, name) => bits | (1 << languageNames.indexOf(name)), 0);
}

const { exact, beginnings, beginningLength, joined } = compiledPhrases;

/** A form of one or more words; when `open`, only the beginning of each. */
interface Form extends Meaning {
  readonly words: readonly { readonly text: string; readonly open: boolean }[];
}

interface Meaning {
  readonly concept: Concept;
  readonly languages: number;
}

interface PhraseMeaning extends Meaning {
  /** The number of its words. */
  readonly length: number;
}

function formsIn(lines: string | undefined): Form[] {
  if (lines === undefined) return [];
  return lines.split('\n').map((line) => {
    const [concept = '', languages = '', ...words] = line.split(' ');
    return {
      concept: concepts[Number(concept)] ?? 'not',
      languages: Number(languages),
      words: words.map((word) => {
        const open = word.endsWith('*');
        return { text: open ? word.slice(0, -1) : word, open };
      }),
    };
  });
}

/** A search for words of scripts without spaces, each with its meanings. */
interface JoinedWords {
  readonly words: RegExp;
  meaningsOf(word: string): readonly Meaning[];
}

let searches: readonly JoinedWords[] | undefined;

/** Made for the first text in such a script. */
export function joinedWords(): readonly JoinedWords[] {
  searches ??= joined.map((meanings) => {
    const longestFirst = Object.keys(meanings).sort((a, b) => b.length - a.length);
    return {
      words: new RegExp(longestFirst.join('|'), 'g'),
      meaningsOf: (word) => formsIn(own(meanings, word)),
    };
  });
  return searches;
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
    ...formsIn(own(exact, word)),
    ...formsIn(own(beginnings, word.slice(0, beginningLength))),
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
