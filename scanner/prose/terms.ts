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

/**
 * A test whether a text uses one of the terms. A look-up for each place where a word of the text
 * begins: the time grows with the text alone, however many terms a submission explains.
 */
export function findsTerm(terms: readonly Term[]): (text: string) => boolean {
  const names = new Set(terms.map(({ name }) => name));
  const charsMax = Math.max(0, ...[...names].map(({ length }) => length));
  return (text) => {
    const folded = text.toLowerCase();
    for (let from = 0; from < folded.length; from++) {
      if (isLetter(folded, from - 1)) continue;
      const last = Math.min(folded.length, from + charsMax);
      for (let to = from + 1; to <= last; to++)
        if (!isLetter(folded, to) && names.has(folded.slice(from, to))) return true;
    }
    return false;
  };
}

/** The terms in whose meaning one of them is used, over several steps, and they themselves. */
export function withDependents(first: readonly Term[], terms: readonly Term[]): readonly Term[] {
  const known = new Set(first);
  let newest = first;
  for (let round = 0; round < roundsMax && newest.length > 0; round++) {
    const uses = findsTerm(newest);
    newest = terms.filter((term) => !known.has(term) && uses(term.meaning));
    for (const term of newest) known.add(term);
  }
  return [...known];
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
function isLetter(text: string, at: number): boolean {
  return letter.test(text.slice(Math.max(0, at), at + 1));
}

const letter = /[[\p{L}\p{N}_]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]/v;
