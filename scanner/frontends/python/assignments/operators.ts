/** What operators of Python make of values that may be several things. */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { PyValue } from '../program.ts';
import { percentOf } from '../values/format.ts';
import { foldedOf, oneOf } from '../values/given.ts';
import { dictOf, listOf } from '../values/value.ts';
import { combinations, either, join, nodesOf, unknownPy } from './alternatives.ts';
import { display, joinedLists } from './lists.ts';
import { joined } from './paths.ts';

// `text % value`, with what stands for a value or for each of a list.
function formatted(text: string, b: PyValue): string {
  const named = [...(b.entries ?? [])].map(([key, value]) => [key, foldedOf(value)] as const);
  const given =
    b.entries === undefined ? listOf((b.items ?? [b]).map(oneOf), 'tuple') : dictOf(named);
  return percentOf(text, given, unknownPart) ?? unknownPart;
}

// `["git"] + words`: a list with that head, unless an operator of `words` makes something else.
function withUnknownTail(head: PyValue, tail: PyValue): PyValue {
  const parts = [head, tail].map((value) => ({ value, isStarred: true }));
  return { ...display(parts), otherTexts: [unknownPart], grown: true };
}

// Each text with each of what it is given.
function percent(a: PyValue, b: PyValue): PyValue {
  const keys = b.entries === undefined ? undefined : [...b.entries.keys()];
  const parts = [...(b.entries?.values() ?? b.items ?? [b])];
  const texts = combinations([{ ...a, items: undefined }, ...parts]).map(([text, ...given]) => {
    const value = b.entries === undefined && b.items === undefined ? (given[0] ?? b) : b;
    const entries = keys && new Map(keys.map((key, at) => [key, given[at] ?? unknownPy]));
    const items = b.items === undefined ? undefined : given;
    return formatted(text?.texts[0] ?? unknownPart, { ...value, items, entries });
  });
  return {
    ...a,
    texts: [...new Set(texts)],
    otherTexts: parts.every(({ otherTexts }) => otherTexts.length === 0)
      ? a.otherTexts
      : [...a.otherTexts, ...a.texts.map((text) => formatted(text, unknownPy))],
    nodes: nodesOf([a, b]),
    folded: true,
    raw: undefined,
  };
}

/** What an operator gives for two values. */
export function operated(symbol: string, a: PyValue, b: PyValue): PyValue {
  const isText = a.texts.length > 0 || b.texts.length > 0;
  if (symbol === '+' && a.items !== undefined && b.items === undefined && !isText)
    return withUnknownTail(a, b);
  if (symbol === '+')
    return a.items !== undefined && b.items !== undefined
      ? joinedLists(a, b, a.items, b.items)
      : isText
        ? join([a, b])
        : { ...unknownPy, nodes: nodesOf([a, b]) };
  if (symbol === '/' && (a.qual === 'pathlib.Path()' || b.qual === 'pathlib.Path()'))
    return { ...joined([a, b]), qual: 'pathlib.Path()' };
  if (symbol === '%' && a.texts.length > 0) return percent(a, b);
  if (symbol === '*' && a.texts.length === 1 && /^\d{1,3}$/.test(b.texts[0] ?? ''))
    return {
      ...a,
      texts: [(a.texts[0] ?? '').repeat(Number(b.texts[0])).slice(0, 4_096)],
      otherTexts: a.otherTexts.length > 0 ? [unknownPart] : [],
      folded: true,
    };
  if (symbol === 'or' || symbol === 'and') return either([a, b]);
  if (/^(==|!=|<|>|<=|>=|in|is|not)/.test(symbol)) return unknownPy;
  return { ...unknownPy, nodes: nodesOf([a, b]), decoded: symbol === '^' };
}
