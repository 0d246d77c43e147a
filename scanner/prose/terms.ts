/** Terms that a text explains in one place and uses in another, in whatever file. */
import type { FactOf } from '../fact/fact.ts';

type Text = FactOf<'text'>;

export interface Term {
  readonly name: string;
  readonly meaning: string;
  readonly fact: Text;
}

/** `witness - the text of …`, `证明：…`, or a cell and the cell beside the cell. */
export function termsIn(facts: readonly Text[]): readonly Term[] {
  return facts.flatMap((fact, at): Term[] => {
    if (fact.role === 'table-cell') {
      const next = facts.slice(at + 1, at + 1 + cellsMax).find(({ role }) => role === 'table-cell');
      const isBeside =
        next?.span.path === fact.span.path && next.span.start - fact.span.end <= barCharsMax;
      return next !== undefined && isBeside && isName(fact.text)
        ? [{ name: nameOf(fact.text), meaning: next.text, fact: next }]
        : [];
    }
    if (fact.role !== 'prose' && fact.role !== 'list-item') return [];
    const [begin = '', name = ''] = definition.exec(fact.text) ?? [];
    return isName(name)
      ? [{ name: nameOf(name), meaning: fact.text.slice(begin.length), fact }]
      : [];
  });
}

/** Whether a text uses one of the terms. */
export function usesTerm(text: string, terms: readonly Term[]): boolean {
  const folded = text.toLowerCase();
  return terms.some(({ name }) => {
    for (let at = folded.indexOf(name); at >= 0; at = folded.indexOf(name, at + 1))
      if (!isPartOfWord(folded, at, at + name.length)) return true;
    return false;
  });
}

/** The terms in whose meaning one of them is used, over several steps, and they themselves. */
export function withDependents(first: readonly Term[], terms: readonly Term[]): readonly Term[] {
  let known = first;
  for (let round = 0; round < roundsMax; round++) {
    const more = terms.filter((term) => !known.includes(term) && usesTerm(term.meaning, known));
    if (more.length === 0) break;
    known = [...known, ...more];
  }
  return known;
}

const roundsMax = 4;
const cellsMax = 3;
const barCharsMax = 5;
const definition =
  /^["'“«「]?([^\s:：.,;!?][^:：.,;!?\n]{1,40}?)["'”»」]?(?:\s[-–—]+\s|\s?[:：]\s?)/u;

// One to four words, none of them a name of a file.
function isName(text: string): boolean {
  return /^[\p{L}][\p{L}\p{N} _'’-]{1,40}$/u.test(text.trim()) && text.split(/\s+/).length <= 4;
}

function nameOf(text: string): string {
  return text.trim().toLowerCase();
}

// Scripts without spaces have no borders of words.
function isPartOfWord(text: string, from: number, to: number): boolean {
  return letter.test(text.slice(from - 1, from)) || letter.test(text.slice(to, to + 1));
}

const letter = /[[\p{L}\p{N}_]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]/v;
