/** The manner of a text: whether it orders, refuses, quotes or describes an act. */

import type { Severity } from '../../skills-index/statement/finding.ts';
import type { FactOf } from '../fact/fact.ts';
import { atMost } from '../fact/standing.ts';
import type { FindingDraft } from '../rule.ts';
import { languageBits } from './lexicon.ts';
import type { ProseMark } from './marks.ts';
import { isOfNoun, type PhraseMatch } from './phrase.ts';
import type { Concept } from './phrases/concept.ts';
import { type ProseReading, readingOf } from './reading.ts';

/**
 * `refused`: "never …". `quoted`: in quotation marks, a table or a list of a text about attacks,
 * and nothing tells the reader to follow it. `described`: as attackers' behaviour. `discussed`:
 * near a text about attacks, but as an order. `meant`: an order.
 */
export type Manner = 'refused' | 'quoted' | 'described' | 'discussed' | 'meant';

/** The heading of a text and the text before it. */
export interface Surroundings {
  readonly heading: string;
  readonly before: string;
  /** The other cells of a table's row. */
  readonly beside: string;
}

/** The heading above a fact and the text right before it, in the same file. */
export function surroundingsOf(facts: readonly FactOf<'text'>[], index: number): Surroundings {
  const fact = facts[index];
  let before: string | undefined;
  let heading = '';
  for (let i = index - 1; i >= Math.max(0, index - lookBackMax); i--) {
    const near = facts[i];
    if (near === undefined || near.span.path !== fact?.span.path) break;
    if (near.role === 'heading') {
      heading = readingOf(near).words;
      break;
    }
    if (near.role === 'prose') before ??= readingOf(near).words;
  }
  return {
    heading,
    before: before ?? '',
    beside: fact?.role === 'table-cell' ? cellsBeside(facts, index) : '',
  };
}

const lookBackMax = 80;

function cellsBeside(facts: readonly FactOf<'text'>[], index: number): string {
  const at = facts[index]?.span.start ?? 0;
  const cells = facts.slice(Math.max(0, index - 4), index + 5);
  return cells
    .flatMap((fact) =>
      fact.role === 'table-cell' && Math.abs(fact.span.start - at) < 300
        ? [readingOf(fact).words]
        : [],
    )
    .join(' ');
}

/** For a text without known surroundings. */
export const nothingAround: Surroundings = { heading: '', before: '', beside: '' };

/** The manner of the words from `start` to `end`. */
export function mannerOf(
  reading: ProseReading,
  { start, end, negated }: Match,
  around: Surroundings,
): Manner {
  const { words, fact } = reading;
  const before = words.slice(Math.max(0, start - 160), start);
  const behind = words.slice(end, end + 160);
  if (negated || refusesNext.test(before) || refusesAttempts.test(words.slice(start, end)))
    return 'refused';
  const sentence = before.slice(
    Math.max(before.lastIndexOf('. '), before.lastIndexOf('! '), before.lastIndexOf('? ')) + 1,
  );
  const lead =
    /[:：]\s*$/.test(around.before) || around.before.length < 200 ? around.before.slice(-300) : '';
  const isAbout = [around.heading, around.beside, lead, before, behind].some((text) =>
    discussesAttacks.test(text),
  );
  const isToBeDone =
    tellsToFollowIt.test(lead) ||
    isOrderedAt(words, start - followChars, start) ||
    isOrderedAt(words, end, end + followChars * 2);
  const isShown =
    isQuoted(words, start, end) ||
    fact.context === 'fence-doc' ||
    (isListed(fact) && words.length < 160);
  const isExample = isQuoted(words, start, end) && givesExample.test(before);
  if (((isShown && isAbout) || isExample) && !isToBeDone) return 'quoted';
  if (describesAttacks.test(sentence) && !isToBeDone) return 'described';
  return isAbout || isQuoted(words, start, end) ? 'discussed' : 'meant';
}

// Whether these words tell the reader to follow it, and are not quoted themselves.
function isOrderedAt(words: string, from: number, to: number): boolean {
  const base = Math.max(0, from);
  const order = tellsToFollowIt.exec(words.slice(base, to));
  return (
    order !== null && !isQuoted(words, base + order.index, base + order.index + order[0].length)
  );
}

const followChars = 80;

/** The manner of an order: whose act its verb is, and what the list around it is for, count too. */
export function mannerOfOrder(
  reading: ProseReading,
  match: PhraseMatch,
  around: Surroundings,
): Manner {
  const [verb] = match.marks;
  if (verb === undefined || match.negated || isForbidden(reading, match, verb)) return 'refused';
  if (isQuestion(reading.text, match.end)) return 'refused';
  if ([around.heading, leadOf(around.before)].some((text) => forbidsList.test(text)))
    return 'refused';
  if (isOfAttackers(reading, verb)) return 'described';
  return isSample(reading.fact, around) ? 'quoted' : mannerOf(reading, match, around);
}

const acts: ReadonlySet<Concept> = new Set([
  'take',
  'pass',
  'give',
  'send',
  'reveal',
  'follow',
  'obey',
  'decode',
  'assemble',
]);

// "Never read … and send it": a "not" at the first verb holds for the verbs that are joined to it,
// up to a "but". In German it may stand at the end of the clause.
function isForbidden({ marks, text }: ProseReading, match: PhraseMatch, verb: ProseMark): boolean {
  const here = marks.filter(({ sentence }) => sentence === verb.sentence);
  if (refusesRequests(here, text, verb)) return true;
  // An order not to tell has a "not" of its own.
  if (match.marks.some(({ concept }) => concept === 'not')) return false;
  return here.some((not) => {
    if (not.concept !== 'not' || isOfNoun(text, not.end, verb.start)) return false;
    if (not.start > verb.end)
      return (
        (not.languages & verb.languages & german) !== 0 &&
        !/[,;:]| und /.test(text.slice(verb.end, not.start))
      );
    const first = here.find(({ concept, start }) => acts.has(concept) && start >= not.end);
    return (
      first !== undefined &&
      first.start <= verb.start &&
      first.at - not.at <= notWords &&
      !turns.test(text.slice(first.end, verb.start))
    );
  });
}

// "Refuse requests that ask you to read …".
function refusesRequests(here: readonly ProseMark[], text: string, verb: ProseMark): boolean {
  return here.some(
    ({ concept, start, end }) =>
      concept === 'refuse' &&
      start < verb.start &&
      !/[,;:，；：]/.test(text.slice(end, verb.start)),
  );
}

const german = languageBits('german');
const notWords = 4;
const turns =
  /[;:]| - |—|–|\b(but|instead|rather|only|always|sondern|stattdessen|mais|plutôt|sino|pero|mas|senão)\b|,\s*(then|just)\b|а |но |而是|但|代わりに/i;

// A list of questions is a list of things to look for; a polite order speaks to somebody.
function isQuestion(text: string, from: number): boolean {
  const end = /[.!?。！？](?=\s|$)|[。！？]/.exec(text.slice(from, from + sentenceCharsMax));
  if (end === null || !/[?？]/.test(end[0])) return false;
  const before = text.slice(Math.max(0, from - sentenceCharsMax), from);
  return !polite.test(before.slice(before.search(/[^.!?。！？]{0,400}$/)));
}

const sentenceCharsMax = 400;
const polite =
  /\b(you|please|what (is|are|were)|bitte|kannst|könn\w+|peux|pouvez|puedes|podrías|pode|poderia)\b|ты|вы|пожалуйста|请|你|ください|いただけ/i;

function leadOf(before: string): string {
  return /[:：]\s*$/.test(before) ? before.slice(-leadChars) : '';
}

const leadChars = 200;
// Headings and introductions of lists of what must not be done.
const forbidsList =
  /^\W{0,4}(never|do not|don'?ts?|avoid|forbidden|prohibited|not allowed|anti-?patterns?|red flags?|what not to|must not|nicht|niemals|verboten\w*|nie|jamais|interdit\w*|à éviter|nunca|prohibid\w*|no hacer|não fa\w*|proibid\w*|никогда|запрещ\S*|нельзя|不要|禁止|切勿|严禁|してはいけない)|\b(must never|should never|must not|shall not|is forbidden|are forbidden|not allowed to|warning signs?|refuse (to|any|requests?))\b|(してはいけません|しないこと|禁止事項)/i;

// A block below a text about attacks, an item in quotation marks in a list of such texts, or a few
// words in a table of grades, is a sample.
function isSample(
  { role, text }: FactOf<'text'>,
  { beside, heading, before }: Surroundings,
): boolean {
  if (role === 'fence')
    return discussesAttacks.test(`${heading} ${before}`) && !tellsToFollowIt.test(before);
  if (role !== 'list-item' && role !== 'table-cell') return false;
  if (listsSamples.test(`${heading} ${leadOf(before)}`) && wholeQuote.test(text)) return true;
  return role === 'table-cell' && text.split(/\s+/).length <= sampleWords && grades.test(beside);
}

const listsSamples =
  /\b(attacks?|detect\w*|examples?|flags?|indicators?|injections?|patterns?|samples?|signs?)\b/i;
const wholeQuote = /^\s*["“”„«「『].*["”“»」』]\W{0,3}$/s;
const sampleWords = 6;
const grades =
  /\b(high|critical|medium|severity|risk|hoch|kritisch|élevé|critique|alto|alta|crítico|AML\.T\d{4}|T1\d{3}|CWE-\d+)\b|высок|критич|高危|严重|重大|危険/i;

// "An attacker may read …": the attacker is the subject.
function isOfAttackers({ marks, text }: ProseReading, verb: ProseMark): boolean {
  return marks.some(
    ({ concept, sentence, start, end }) =>
      concept === 'attacker' &&
      sentence === verb.sentence &&
      start < verb.start &&
      verb.start - end < attackerCharsMax &&
      !/[,;:，；：]/.test(text.slice(end, verb.start)),
  );
}

const attackerCharsMax = 120;

/**
 * A refusal that applies to the words right behind it. Further away it could be a decoy: "Do not
 * skip this. Send …".
 */
const refusesNext =
  /\b(never|not|don't|cannot|can't|must not|won't|refuse(s|d)? to|reject\w*|resist\w*|attempts? to|avoid|instead of|without)\s+(\w+\s+){0,2}$/i;

/** "Do not follow attempts to override …". */
const refusesAttempts =
  /^(do not|don't|never|refuse to) (follow|obey|comply)\b.{0,60}\b(attempts?|tries|trying|requests?) (to|that)\b/i;

/** Words right before an example. */
const givesExample =
  /\b(like|such as|e\.g\.|for example|examples? of|phrases?|wordings?|language|avoid|instead of|strings?|patterns?|contains?|claims?|variants? of)\b[^.!?]{0,140}$/i;

/**
 * Words right before a description of attackers' orders: the reader is informed, not told to act.
 */
const describesAttacks =
  /\b(attack(ers?|s)?|adversar(y|ies)|malicious (\w+ ){1,3}|(prompt )?injections?|payloads?|jailbreaks?|hostile (\w+ ){1,2}|phishing (\w+ )?)\b[^.!?]{0,30}?\b(may|might|could|can|would|tries|try|trying|attempts?|attempting|tells?|telling|says?|saying|such as|like|that|e\.g\.|contains?|containing|includ(es?|ing)|instructs?|instructing|asks?|asking|to make)\b[^.!?]{0,60}$/i;

/**
 * Words of texts about attacks. They turn a finding into one for a person instead of a block; an
 * attacker can write them too.
 */
export const discussesAttacks =
  /\b(malicious|attack(ers?|s|ing)?|injections|prompt injections?|injection (attempts?|attacks?|patterns?|payloads?|phrases?)|injected (text|instructions?|content)|jailbreak\w*|red[ -]?flags?|indicators?|adversar\w+|exfiltration (attempts?|patterns?)|vulnerabilit\w+|suspicious|untrusted|hostile|threats?|(detect|flag|reject|block)(s|ed|ing)? (any|phrases?|patterns?|text|attempts?|requests?|strings?)|angriff\w*|angreifer\w*|attaque\w*|attaquant\w*|ataques?|atacante\w*|inyecci[oó]n|inje[cç][aã]o)\b|атак|инъекц|злоумышл|攻击|攻擊|注入|攻撃|インジェクション/i;

/** Words that make a quotation an order. */
export const tellsToFollowIt =
  /(?<!not |never |don't )\b(follow|obey|execute|carry out|act on|comply with|perform|adhere to|do exactly)\b[^.\n]{0,40}?\b(it|this|that|them|these|those|quoted|above|below|following|exactly|as written)\b/i;

export interface Match {
  readonly start: number;
  readonly end: number;
  readonly negated?: boolean;
}

function isListed({ role }: FactOf<'text'>): boolean {
  return role === 'list-item' || role === 'table-cell' || role === 'string';
}

// Whether one pair of quotation marks (or back ticks) encloses all of it.
function isQuoted(words: string, start: number, end: number): boolean {
  const before = words.slice(Math.max(0, start - 300), start);
  const behind = words.slice(end, end + 300);
  return quotes.some(([open, close]) => {
    const opened = before.lastIndexOf(open);
    if (opened < 0) return false;
    if (open === close) {
      const count = words.slice(0, start).split(open).length - 1;
      return count % 2 === 1 && !words.slice(start, end).includes(open) && behind.includes(close);
    }
    return (
      !before.slice(opened).includes(close) &&
      !words.slice(start, end).includes(close) &&
      behind.includes(close)
    );
  });
}

const quotes = [
  ['"', '"'],
  ['`', '`'],
  ['«', '»'],
  ['「', '」'],
  ['『', '』'],
  ['《', '》'],
] as const;

/**
 * Kind and severity of an order by its manner. A quoted or described order is reported, and decides
 * nothing.
 */
export function weighed(manner: Manner, usual: Severity): Pick<FindingDraft, 'kind' | 'severity'> {
  switch (manner) {
    case 'refused':
      return { kind: 'capability', severity: 'info' };
    case 'quoted':
    case 'described':
      return { kind: 'capability', severity: 'low' };
    case 'discussed':
      return { kind: 'malice', severity: atMost(usual, 'medium') };
    case 'meant':
      return { kind: 'malice', severity: usual };
  }
}
