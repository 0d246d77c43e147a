import { alternativesMax, foldedCharsMax } from '../limits.ts';
import { unknownPart } from '../models/egress-of.ts';
import { type PyValue, unknownPy } from './python-run.ts';

/** Text one after the other; every combination of alternatives, up to a few. */
export function join(values: readonly PyValue[]): PyValue {
  let texts: string[] = [''];
  for (const value of values) {
    const next = value.texts.length === 0 ? [unknownPart] : value.texts;
    texts = texts.flatMap((text) => next.map((one) => (text.length + one.length > foldedCharsMax ? unknownPart : text + one)));
    texts = texts.slice(0, alternativesMax);
  }
  return {
    ...unknownPy,
    texts,
    nodes: nodesOf(values),
    folded: values.length > 1 || values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    raw: values[0]?.raw,
  };
}

/** One of several values. */
export function either(values: readonly PyValue[]): PyValue {
  const [first] = values;
  if (first === undefined) return unknownPy;
  if (values.length === 1) return first;
  const texts = [...new Set(values.flatMap((value) => value.texts))].slice(0, alternativesMax);
  const quals = [...new Set(values.flatMap((value) => (value.qual === undefined ? [] : [value.qual])))];
  return {
    ...first,
    texts,
    qual: quals[0],
    nodes: nodesOf(values),
    folded: values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    target: values.find((value) => value.target !== undefined)?.target,
    own: values.find((value) => value.own !== undefined)?.own,
    items: first.items ?? values.find((value) => value.items !== undefined)?.items,
    entries: first.entries ?? values.find((value) => value.entries !== undefined)?.entries,
    others: othersOf(values, quals[0]),
    byText: values.some((value) => value.byText),
    whole: undefined,
  };
}

// The first name and the first function stand for the value; a name that is given to something else is called as well.
function othersOf(values: readonly PyValue[], qual: string | undefined): readonly PyValue[] {
  const own = values.find((value) => value.own !== undefined)?.own;
  const all = values.flatMap((value) => [value, ...value.others]);
  const others = all.filter(
    (value) => (value.qual !== undefined && value.qual !== qual) || (value.own !== undefined && value.own !== own),
  );
  return others.slice(0, alternativesMax).map((value) => ({ ...value, others: [] }));
}

export function nodesOf(values: readonly PyValue[]): readonly string[] {
  return values.length === 1 ? (values[0]?.nodes ?? []) : [...new Set(values.flatMap((value) => value.nodes))];
}
