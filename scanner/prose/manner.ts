/** The manner of a text: whether it orders, refuses, quotes or describes an act. */

import type { Severity } from '../../skills-index/statement/finding.ts';
import type { FactOf } from '../fact/fact.ts';
import { atMost } from '../fact/standing.ts';
import type { FindingDraft } from '../rule.ts';
import {
  describesAttacks,
  discussesAttacks,
  givesExample,
  refusesAttempts,
  refusesNext,
  tellsToFollowIt,
} from './lures.ts';
import type { ProseReading } from './reading.ts';
import { readingOf } from './reading.ts';

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
