/** Statements: what texts of a skill say, found by phrases in any language or by patterns, each with the manner of its saying. */
import type { FactOf } from './fact.ts';
import { type Manner, type Match, mannerOf, nothingAround, type Surroundings, surroundingsOf } from './manner.ts';
import { matchPhrase, type Phrase } from './phrase.ts';
import { type Reading, readingOf, readingOfText, readingsOf } from './prose-reading.ts';

/** A phrase, or a pattern for English. Patterns have no flag `g`. */
export type Form = Phrase | RegExp;
type Role = FactOf<'text'>['role'];

export interface Statement {
  readonly fact: FactOf<'text'>;
  readonly reading: Reading;
  readonly match: Match;
  /** The words that matched, shortened. */
  readonly said: string;
  readonly manner: Manner;
  /** The form that matched. */
  readonly form: Form;
  readonly around: Surroundings;
}

/** What people and agents read as text; blocks without a language are read as well. */
export const proseRoles: ReadonlySet<Role> = new Set([
  'prose',
  'heading',
  'list-item',
  'table-cell',
  'hidden',
  'front-matter',
  'html',
  'image',
  'fence',
]);

/** The first statement of each text that one of the forms finds, unless it is refused. */
export function statementsOf(
  facts: readonly FactOf<'text'>[],
  forms: readonly Form[],
  roles: ReadonlySet<Role> = proseRoles,
): Statement[] {
  const found: Statement[] = [];
  for (const [index, fact] of facts.entries()) {
    if (!roles.has(fact.role) || !isText(fact)) continue;
    for (const reading of readingsOf(fact)) {
      const statement = statementIn(reading, forms, () => surroundingsOf(facts, index));
      if (statement === undefined || statement.manner === 'refused') continue;
      found.push(statement);
      break;
    }
  }
  return found;
}

/** As `statementsOf`, over headings, items and lines of a few words each that follow one another: an order cut in pieces. */
export function splitStatements(facts: readonly FactOf<'text'>[], forms: readonly Form[]): Statement[] {
  const found: Statement[] = [];
  for (let index = 0; index < facts.length; index++) {
    const run = shortRun(facts, index);
    const [first] = run;
    if (run.length < 2 || first === undefined) continue;
    const reading = readingOfText(first, run.map((fact) => fact.text).join(' '));
    const statement = statementIn(reading, forms, () => surroundingsOf(facts, index));
    const isInOne = run.some((fact) => statementIn(readingOf(fact), forms, () => nothingAround) !== undefined);
    if (statement !== undefined && !isInOne) found.push(statement);
    index += run.length - 1;
  }
  return found;
}

/** The first statement in one reading. */
export function statementIn(reading: Reading, forms: readonly Form[], around: () => Surroundings): Statement | undefined {
  let refused: Statement | undefined;
  for (const form of forms) {
    const match = form instanceof RegExp ? matchPattern(reading, form) : matchPhrase(reading, form);
    if (match === undefined) continue;
    const where = around();
    const manner = mannerOf(reading, match, where);
    const said = reading.text.slice(match.start, match.end).trim().slice(0, saidCharsMax);
    const statement = { fact: reading.fact, reading, match, said, manner, form, around: where };
    if (manner !== 'refused') return statement;
    refused ??= statement;
  }
  return refused;
}

const saidCharsMax = 140;
const shortWordsMax = 4;
const shortRunMax = 6;

function matchPattern({ words }: Reading, pattern: RegExp): Match | undefined {
  const match = pattern.exec(words);
  return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
}

/** Whether a text is read as prose: code blocks without a language are, others are not. */
export function isText({ role, detail }: FactOf<'text'>): boolean {
  return role !== 'fence' || /^(|text|txt|plain|plaintext|none|prompt|markdown|md|output|instructions?)$/i.test(detail.trim());
}

function shortRun(facts: readonly FactOf<'text'>[], from: number): FactOf<'text'>[] {
  const run: FactOf<'text'>[] = [];
  for (const fact of facts.slice(from, from + shortRunMax)) {
    const isShort = fact.text.length < 60 && fact.text.split(' ').length <= shortWordsMax;
    if (!/^(prose|heading|list-item|table-cell)$/.test(fact.role) || !isShort || fact.span.path !== run[0]?.span.path) {
      if (run.length > 0 || !isShort) break;
    }
    run.push(fact);
  }
  return run;
}
