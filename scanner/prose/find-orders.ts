/** Finds orders in a skill's texts, in any language, each with its manner. */
import { type Severity, severities } from '../../skills-index/statement/finding.ts';
import type { FactOf } from '../fact/fact.ts';
import { remembered } from '../fact/remembered.ts';
import { atMost } from '../fact/standing.ts';
import type { FindingDraft } from '../rule.ts';
import { type Hints, mayHold, meets, unionOf } from './hints.ts';
import { type Manner, mannerOfOrder, nothingAround, surroundingsOf, weighed } from './manner.ts';
import { matchesIn, needsOf, type Order, type Phrase, type PhraseMatch } from './phrase.ts';
import { type ProseReading, readingOf, readingOfText } from './reading.ts';
import { type ProseText, proseTexts, textsByFile } from './texts.ts';

type Text = FactOf<'text'>;
type Texts = readonly Text[];
type Role = Text['role'];

export interface FoundOrder {
  readonly order: Order;
  readonly fact: Text;
  readonly reading: ProseReading;
  readonly match: Pick<PhraseMatch, 'start' | 'end'>;
  /** The words that matched, shortened. */
  readonly quote: string;
  readonly manner: Manner;
  readonly severity: Severity;
  /** Whether the text keeps it from the user. */
  readonly isHidden: boolean;
}

/** What only one rule knows about an order; undefined where it is none. */
export type Judge = (found: FoundOrder, file: Texts) => FoundOrder | undefined;

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

/** A draft for the worst order in each text; refused ones give none. */
export function ordersIn(
  facts: Texts,
  orders: readonly Order[],
  judge?: Judge,
  roles: ReadonlySet<Role> = proseRoles,
): FindingDraft[] {
  const search = searchFor(orders);
  return textsByFile(facts).flatMap((file) => {
    const texts = proseTexts(file).filter(({ fact }) => roles.has(fact.role) && isText(fact));
    const found = texts.flatMap((text, at): FoundOrder[] => {
      if (!meets(text.hints, search.any)) return [];
      for (const reading of text.readings) {
        const worst = worstIn({ reading, file, index: text.index, texts, at }, search, judge);
        if (worst !== undefined) return [worst];
      }
      return [];
    });
    return found.map(draftOf);
  });
}

/**
 * As `ordersIn`, over consecutive headings, items and lines of a few words each: an order cut in
 * pieces.
 */
export function cutOrdersIn(facts: Texts, orders: readonly Order[]): FindingDraft[] {
  const search = searchFor(orders);
  return textsByFile(facts).flatMap((file) => {
    const texts = proseTexts(file);
    const found: FindingDraft[] = [];
    for (let index = 0; index < texts.length; index++) {
      if (!isShort(texts[index]?.fact)) continue;
      const run = shortRun(texts, index);
      const [first] = run;
      if (first === undefined || run.length < 2) continue;
      index += run.length - 1;
      if (!meets(unionOf(run.map(({ hints }) => hints)), search.any)) continue;
      const reading = readingOfText(first.fact, run.map(({ fact }) => fact.text).join(' '));
      const one = worstIn({ ...alone, reading, file, index: first.index }, search);
      const isInOne = run.some(({ fact }) => orderIn(readingOf(fact), orders) !== undefined);
      if (one !== undefined && !isInOne) found.push(draftOf(one));
    }
    return found;
  });
}

/** The worst order in one reading, of which nothing around is known. */
export function orderIn(reading: ProseReading, orders: readonly Order[]): FoundOrder | undefined {
  return worstIn({ ...alone, reading }, searchFor(orders));
}

/** The draft of what was found. */
export function draftOf({
  order,
  fact,
  quote,
  manner,
  severity,
  isHidden,
}: FoundOrder): FindingDraft {
  return {
    span: fact.span,
    message: `${order.says}${isHidden ? ' without the user’s knowledge' : ''}: "${quote}"`,
    ...weighed(manner, severity),
  };
}

interface Search {
  readonly orders: readonly Order[];
  /** A text without any of these hints has no order. */
  readonly any: Hints;
}

const searchFor = remembered(
  (orders: readonly Order[]): Search => ({
    orders,
    any: unionOf(orders.flatMap((order) => needsOf(order).slice(0, 1))),
  }),
);

/** A reading, and the texts of its file in which an order goes on. */
interface Place {
  readonly reading: ProseReading;
  readonly file: Texts;
  /** Its place in the file; -1 where nothing around it is known. */
  readonly index: number;
  /** The texts that are searched, and its place among them. */
  readonly texts: readonly ProseText[];
  readonly at: number;
}

const alone = { file: [], index: -1, texts: [], at: 0 };

function worstIn(place: Place, { orders, any }: Search, judge?: Judge): FoundOrder | undefined {
  const { reading, file } = place;
  if (!meets(reading.hints, any)) return undefined;
  let worst: FoundOrder | undefined;
  const quoted: FoundOrder[] = [];
  for (const order of orders) {
    if (!mayHold(reading.hints, needsOf(order))) continue;
    for (const match of matchesOf(reading, order)) {
      // A sentence that quotes an order has one manner, whatever else of it matches.
      if (quoted.some((one) => isSameSentence(reading.words, one.match, match))) continue;
      const meant = foundAt(place, order, match);
      if (meant === undefined) continue;
      if (meant.manner !== 'meant') quoted.push(meant);
      const found = judge === undefined ? meant : judge(meant, file);
      if (found === undefined || found.manner === 'refused') continue;
      if (worst === undefined || rankOf(found) > rankOf(worst)) worst = found;
      if (found.manner === 'meant') break;
    }
  }
  return worst;
}

// An order behind so many other matches of its phrase is not found.
const matchesMax = 1_000;

function matchesOf(reading: ProseReading, phrase: Phrase): readonly PhraseMatch[] {
  const matches = [...matchesIn(reading, phrase).take(matchesMax)];
  return [...matches.filter((one) => !one.negated), ...matches.filter((one) => one.negated)];
}

function isSameSentence(words: string, one: FoundOrder['match'], other: PhraseMatch): boolean {
  const [first, second] = one.start <= other.start ? [one, other] : [other, one];
  return !/[.!?。！？]['"’”`)]?\s|\n/.test(words.slice(first.start, second.start));
}

function foundAt(place: Place, order: Order, match: PhraseMatch): FoundOrder | undefined {
  const { reading } = place;
  const { fact } = reading;
  const next = order.next === undefined ? undefined : nextAct(place, match, order.next);
  if (order.next !== undefined && next === undefined) return undefined;
  if (order.imperative === true && !beginsClause(reading, match)) return undefined;
  const isHere = next === undefined || next.reading === reading;
  const start = isHere ? Math.min(match.start, next?.match.start ?? match.start) : match.start;
  const end = isHere ? Math.max(match.end, next?.match.end ?? match.end) : match.end;
  const near = (phrase: Phrase): boolean => isNear(place, { start, end }, phrase);
  if (order.onlyWith !== undefined && !near(phraseOf(order.onlyWith))) return undefined;
  const isHidden = (order.hidden ?? order.onlyHidden) !== undefined && hiding.some(near);
  if (order.onlyHidden === true && !isHidden) return undefined;
  if (order.consent === true && asking.some(near)) return undefined;
  const around = place.index < 0 ? nothingAround : surroundingsOf(place.file, place.index);
  const manners = [
    mannerOfOrder(reading, match, around),
    ...(next === undefined ? [] : [mannerOfOrder(next.reading, next.match, around)]),
  ];
  const text = reading.words.slice(Math.max(0, start - aroundChars), end + aroundChars);
  const signsIn = order.authentication === true && tellsOfAuthentication.test(text);
  const usual = isHidden ? (order.hidden ?? order.severity) : order.severity;
  return {
    order,
    fact,
    reading,
    match: { start, end },
    quote: reading.text.slice(start, end).trim().slice(0, quoteCharsMax),
    manner: signsIn ? 'described' : (mildness.find((one) => manners.includes(one)) ?? 'meant'),
    severity:
      fact.role === 'fence' && order.severity !== 'critical' ? atMost(usual, 'medium') : usual,
    isHidden,
  };
}

/** Characters of a text in a message. */
export const quoteCharsMax = 140;
const aroundChars = 300;
const mildness: readonly Manner[] = ['refused', 'quoted', 'described', 'discussed'];

/**
 * Honest wordings for a key that goes to its own service: it goes into a header, or somebody signs
 * in.
 */
export const tellsOfAuthentication =
  /\b(authori[sz]ation|authenticat\w+|bearer|headers?|x-api-key|oauth|sign(ed)? (in|up)|log ?in)\b/i;

interface NextAct {
  readonly reading: ProseReading;
  readonly match: PhraseMatch;
}

// The second act stands behind the first one, or in one of the next texts of the section.
function nextAct(
  { reading, texts, at }: Place,
  first: PhraseMatch,
  phrase: Phrase,
): NextAct | undefined {
  const [verb] = first.marks;
  if (verb === undefined) return undefined;
  const last = Math.max(...first.marks.map((mark) => mark.sentence)) + sentencesApart;
  const find = (other: ProseReading, from: number, before: number): PhraseMatch | undefined =>
    mayHold(other.hints, needsOf(phrase))
      ? matchesIn(other, phrase).find(
          ({ marks: [act] }) =>
            act !== undefined && act.start >= from && act.sentence + before <= last,
        )
      : undefined;
  const here = find(reading, verb.end, 0);
  if (here !== undefined) return { reading, match: here };
  let sentences = sentencesOf(reading);
  for (const text of texts.slice(at + 1, at + 1 + textsApart)) {
    const [other] = text.readings;
    if (other === undefined || text.fact.role === 'heading') break;
    const match = find(other, 0, sentences);
    if (match !== undefined) return { reading: other, match };
    sentences += sentencesOf(other);
  }
  return undefined;
}

const sentencesApart = 2;
const textsApart = 4;

function sentencesOf({ marks }: ProseReading): number {
  return (marks.at(-1)?.sentence ?? 0) + 1;
}

// Each list of needs is one phrase.
const phraseOf = remembered((needs: Phrase['needs']): Phrase => ({ needs, within: 8 }));

const hiding: readonly Phrase[] = [
  { needs: ['covert'], within: 1 },
  { needs: ['tell', 'not'], within: 3 },
  { needs: ['hide', 'user'], within: 7 },
];

const asking: readonly Phrase[] = [
  { needs: ['ask', 'user'], within: 8, unless: ['not', 'without', 'skip'] },
  { needs: ['approval'], within: 1, unless: ['not', 'without', 'skip'] },
];

// Whether a phrase stands near an order, in its text or in the texts beside it.
function isNear(
  { reading, texts, at }: Place,
  { start, end }: FoundOrder['match'],
  phrase: Phrase,
): boolean {
  const isIn = (other: ProseReading, from: number, to: number): boolean =>
    mayHold(other.hints, needsOf(phrase)) &&
    matchesIn(other, phrase).some((one) => !one.negated && one.start >= from && one.end <= to);
  if (isIn(reading, start - aroundChars, end + aroundChars)) return true;
  let left = aroundChars - (reading.text.length - end);
  for (let index = at + 1; index < texts.length && left > 0; index++) {
    const [behind] = texts[index]?.readings ?? [];
    if (behind === undefined) break;
    if (isIn(behind, 0, left)) return true;
    left -= behind.text.length;
  }
  left = aroundChars - start;
  for (let index = at - 1; index >= 0 && left > 0; index--) {
    const before = texts[index]?.readings.at(-1);
    if (before === undefined) break;
    if (isIn(before, before.text.length - left, before.text.length)) return true;
    left -= before.text.length;
  }
  return false;
}

function beginsClause({ text }: ProseReading, { marks: [verb] }: PhraseMatch): boolean {
  const at = verb?.start ?? 0;
  return clauseStart.test(text.slice(Math.max(0, at - clauseChars), at));
}

const clauseChars = 30;
const clauseStart =
  /(?:^|[.!?:;|,>–—-]\s*|\b(?:and|then|now|must|always|please|also|first|immediately|silently|und|et|puis|y|luego|e|depois|и|затем)\s+|[。！？、，])["'`*([]{0,3}$/i;

function rankOf({ manner, severity }: FoundOrder): number {
  const { kind, severity: weight = 'info' } = weighed(manner, severity);
  return (kind === 'malice' ? 10 : 0) + severities.indexOf(weight);
}

/** Whether a text is read as prose: code blocks without a language are, others are not. */
export function isText({ role, detail }: Text): boolean {
  return (
    role !== 'fence' ||
    /^(|text|txt|plain|plaintext|none|prompt|markdown|md|output|instructions?|system|user|assistant|developer)$/i.test(
      detail.trim(),
    )
  );
}

const shortWordsMax = 4;
const shortRunMax = 6;

function shortRun(texts: readonly ProseText[], from: number): readonly ProseText[] {
  const run: ProseText[] = [];
  for (const text of texts.slice(from, from + shortRunMax)) {
    if (!isShort(text.fact) || (run.length > 0 && !isLine(text.fact))) break;
    run.push(text);
  }
  return run;
}

function isShort(fact: Text | undefined): boolean {
  return (
    fact !== undefined && fact.text.length < 60 && fact.text.split(' ').length <= shortWordsMax
  );
}

function isLine({ role }: Text): boolean {
  return role === 'prose' || role === 'heading' || role === 'list-item' || role === 'table-cell';
}
