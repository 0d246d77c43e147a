/**
 * Statements in a skill's texts, found by phrases in any language or by patterns, each with its
 * manner.
 */
import type { FactOf } from '../fact/fact.ts';
import { keep, remembered } from '../fact/remembered.ts';
import { type Hints, mayHold, meets, needsOfPattern, unionOf } from './hints.ts';
import {
  type Manner,
  type Match,
  mannerOf,
  nothingAround,
  type Surroundings,
  surroundingsOf,
} from './manner.ts';
import { matchesIn, needsOf, type Phrase } from './phrase.ts';
import { type ProseReading, readingOf, readingOfText } from './reading.ts';
import { proseTexts, textsByFile, textsHaving } from './texts.ts';

/** A phrase, or a pattern for English. Patterns have no flag `g`. */
export type Form = Phrase | RegExp;
type Role = FactOf<'text'>['role'];

export interface ProseStatement {
  readonly fact: FactOf<'text'>;
  readonly reading: ProseReading;
  readonly match: Match;
  /** The words that matched, shortened. */
  readonly quote: string;
  readonly manner: Manner;
  /** The form that matched. */
  readonly form: Form;
  readonly around: Surroundings;
}

/** Texts for people and agents; blocks without a language are included. */
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

/** A manner that only one rule sees. The same forms always have the same judge. */
export type Judge = (statement: ProseStatement, texts: readonly FactOf<'text'>[]) => Manner;

/** The gravest statement in each text that matches one of the forms, unless it is refused. */
export function statementsOf(
  facts: readonly FactOf<'text'>[],
  forms: readonly Form[],
  roles: ReadonlySet<Role> = proseRoles,
  judge?: Judge,
): ProseStatement[] {
  const search = searchFor(forms);
  const inFile = keep(search.inRoles, roles, () =>
    remembered((file) => statementsIn(file, search, roles, judge)),
  );
  return textsByFile(facts).flatMap(inFile);
}

function statementsIn(
  file: Texts,
  search: Search,
  roles: ReadonlySet<Role>,
  judge: Judge | undefined,
): ProseStatement[] {
  const found: ProseStatement[] = [];
  for (const { fact, index, readings } of textsHaving(file, search.any)) {
    if (!roles.has(fact.role) || !isText(fact)) continue;
    for (const reading of readings) {
      const statement = search.in(
        reading,
        () => surroundingsOf(file, index),
        judge && ((one) => judge(one, file)),
      );
      if (statement === undefined || statement.manner === 'refused') continue;
      found.push(statement);
      break;
    }
  }
  return found;
}

/**
 * As `statementsOf`, over consecutive headings, items and lines of a few words each: an order cut
 * in pieces.
 */
export function splitStatements(
  facts: readonly FactOf<'text'>[],
  forms: readonly Form[],
): ProseStatement[] {
  return textsByFile(facts).flatMap(searchFor(forms).split);
}

function splitStatementsOf(facts: readonly FactOf<'text'>[], search: Search): ProseStatement[] {
  const found: ProseStatement[] = [];
  for (let index = 0; index < facts.length; index++) {
    const run = shortRun(facts, index);
    const [first] = run;
    if (run.length < 2 || first === undefined) continue;
    if (search.any !== undefined && !meets(hintsOfRun(facts, index, run.length), search.any)) {
      index += run.length - 1;
      continue;
    }
    const reading = readingOfText(first, run.map((fact) => fact.text).join(' '));
    const statement = search.in(reading, () => surroundingsOf(facts, index));
    const isInOne = (): boolean =>
      run.some((fact) => search.in(readingOf(fact), () => nothingAround) !== undefined);
    if (statement !== undefined && !isInOne()) found.push(statement);
    index += run.length - 1;
  }
  return found;
}

// Consecutive texts have the words of each of them.
function hintsOfRun(facts: readonly FactOf<'text'>[], from: number, count: number): Hints {
  return unionOf(
    proseTexts(facts)
      .slice(from, from + count)
      .map(({ hints }) => hints),
  );
}

/** The gravest statement in one reading. */
export function statementIn(
  reading: ProseReading,
  forms: readonly Form[],
  around: () => Surroundings,
): ProseStatement | undefined {
  return searchFor(forms).in(reading, around);
}

interface Search {
  /** A text without any of these hints has no statement; undefined when any text may have one. */
  readonly any: Hints | undefined;
  readonly in: (
    reading: ProseReading,
    around: () => Surroundings,
    judge?: (statement: ProseStatement) => Manner,
  ) => ProseStatement | undefined;
  /** The statements of a file, by the roles of the texts. */
  readonly inRoles: WeakMap<ReadonlySet<Role>, (file: Texts) => ProseStatement[]>;
  /** The statements of a file that are cut in pieces. */
  readonly split: (file: Texts) => ProseStatement[];
}

type Texts = readonly FactOf<'text'>[];

const searchFor = remembered(newSearch);

// The needs of all forms together are compared first, then those of each form.
function newSearch(forms: readonly Form[]): Search {
  const asked = forms.map((form) => ({
    form,
    needs: form instanceof RegExp ? (needsOfPattern(form) ?? []) : needsOf(form),
  }));
  const firsts = asked.flatMap(({ needs }) => needs.slice(0, 1));
  const any = firsts.length === asked.length ? unionOf(firsts) : undefined;
  const searchIn: Search['in'] = (reading, around, judge) => {
    if (any !== undefined && !meets(reading.hints, any)) return undefined;
    const milder: ProseStatement[] = [];
    const quoted: Match[] = [];
    for (const { form, needs } of asked) {
      if (!mayHold(reading.hints, needs)) continue;
      for (const match of matchesOf(reading, form)) {
        // A sentence that quotes an order has one manner, whatever else of it matches.
        if (quoted.some((one) => isSameSentence(reading.words, one, match))) continue;
        const found = statementOf(reading, form, match, around());
        if (found.manner !== 'meant') quoted.push(match);
        const statement = judge === undefined ? found : { ...found, manner: judge(found) };
        if (statement.manner === 'meant') return statement;
        milder.push(statement);
      }
    }
    return manners.flatMap((manner) => milder.find((one) => one.manner === manner) ?? [])[0];
  };
  const search: Search = {
    any,
    in: searchIn,
    inRoles: new WeakMap(),
    split: remembered((file) => splitStatementsOf(file, search)),
  };
  return search;
}

// From the gravest to the mildest.
const manners = ['discussed', 'described', 'quoted', 'refused'] as const;

function isSameSentence(words: string, one: Match, other: Match): boolean {
  const [first, second] = one.start <= other.start ? [one, other] : [other, one];
  return !/[.!?。！？]['"’”`)]?\s|\n/.test(words.slice(first.start, second.start));
}

function statementOf(
  reading: ProseReading,
  form: Form,
  match: Match,
  around: Surroundings,
): ProseStatement {
  const quote = reading.text.slice(match.start, match.end).trim().slice(0, quoteCharsMax);
  return {
    fact: reading.fact,
    reading,
    match,
    quote,
    manner: mannerOf(reading, match, around),
    form,
    around,
  };
}

const quoteCharsMax = 140;
const shortWordsMax = 4;
const shortRunMax = 6;

// An order behind so many other matches of its form is not found.
const matchesMax = 1_000;

function matchesOf(reading: ProseReading, form: Form): readonly Match[] {
  if (form instanceof RegExp) return patternMatches(reading.words, form);
  const matches = [...matchesIn(reading, form).take(matchesMax)];
  return [...matches.filter((one) => !one.negated), ...matches.filter((one) => one.negated)];
}

function patternMatches(words: string, pattern: RegExp): readonly Match[] {
  if (!pattern.test(words)) return [];
  const all = words.matchAll(new RegExp(pattern.source, `${pattern.flags}g`)).take(matchesMax);
  return [...all].map(({ 0: { length }, index }) => ({ start: index, end: index + length }));
}

/** Whether a text is read as prose: code blocks without a language are, others are not. */
export function isText({ role, detail }: FactOf<'text'>): boolean {
  return (
    role !== 'fence' ||
    /^(|text|txt|plain|plaintext|none|prompt|markdown|md|output|instructions?|system|user|assistant|developer)$/i.test(
      detail.trim(),
    )
  );
}

function shortRun(facts: readonly FactOf<'text'>[], from: number): FactOf<'text'>[] {
  const run: FactOf<'text'>[] = [];
  for (let at = from; at < from + shortRunMax; at++) {
    const fact = facts[at];
    if (fact === undefined || !isShort(fact)) break;
    const goesOn = isProse(fact) && fact.span.path === run[0]?.span.path;
    if (!goesOn && run.length > 0) break;
    run.push(fact);
  }
  return run;
}

function isShort({ text }: FactOf<'text'>): boolean {
  return text.length < 60 && text.split(' ').length <= shortWordsMax;
}

function isProse({ role }: FactOf<'text'>): boolean {
  return role === 'prose' || role === 'heading' || role === 'list-item' || role === 'table-cell';
}
