/** Between computed values and the values of the front end. */
import type { Steps } from '../../../fact/steps.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { nothingGiven, pythonItemsMax, unknownPy } from '../assignments/alternatives.ts';
import { fewItems } from '../assignments/lists.ts';
import { givenAfter } from '../names/name-calls.ts';
import type { CallGiven, Folded, MaybeFolded, PyNode, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { isDict, isList, listOf, printFolded } from './value.ts';

const folds =
  /^(Call|Binary|Member|Conditional|Unary|ArrayComprehension|Comprehension|DictionaryComprehension|SetComprehension)Expression$|^FormatString$/;

/** The value of an expression, made exact where it can be computed whole. */
export function withFolded(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  value: PyValue,
): PyValue {
  if (!folds.test(node.name) && !(node.name === 'VariableName' && isOpen(value))) return value;
  run.fold.decodes = false;
  run.fold.guesses = false;
  const found = run.foldNode(run, module, node);
  const isGuess = run.fold.guesses;
  run.fold.guesses = false;
  if (found === undefined || found === null) return value;
  const exact = merged(run.context.steps, value, found, run.fold.decodes);
  if (isGuess) return guessed(value, exact);
  return isWhole(found)
    ? { ...exact, whole: found, otherTexts: [], otherItems: [], grown: false }
    : exact;
}

// One of several results: the others are what the front end knows of them.
function guessed(value: PyValue, exact: PyValue): PyValue {
  const known = [...value.texts, ...value.otherTexts].filter((text) => !exact.texts.includes(text));
  const isKnown =
    value.texts.length > 0 ||
    value.items !== undefined ||
    value.own !== undefined ||
    value.qual !== undefined;
  return { ...exact, otherTexts: isKnown ? known : [unknownPart] };
}

// A list of which some items are not known may hold what the front end says of them besides.
function isWhole(found: MaybeFolded): boolean {
  if (isList(found)) return found.items.every(isWhole);
  if (isDict(found)) return [...found.entries.values()].every(({ value }) => isWhole(value));
  return found !== undefined;
}

// A variable that has one known text or name needs no second look.
function isOpen(value: PyValue): boolean {
  if (value.otherTexts.length > 0 || value.otherItems.length > 0 || value.grown) return true;
  if (value.qual !== undefined || value.own !== undefined) return value.others.length > 0;
  return (
    value.texts.length !== 1 ||
    value.texts[0]?.includes(unknownPart) === true ||
    value.texts[0] === ''
  );
}

function merged(steps: Steps, value: PyValue, found: MaybeFolded, decodes: boolean): PyValue {
  const given = pyOf(found);
  const decoded = value.decoded || decodes;
  if (given.qual !== undefined || given.own !== undefined) {
    const isSame = given.qual === value.qual && given.own === value.own;
    const rest =
      isSame || (value.qual === undefined && value.own === undefined)
        ? value.others
        : [...value.others, { ...value, others: [] }];
    return {
      ...value,
      qual: given.qual ?? (given.own === undefined ? value.qual : undefined),
      own: given.own,
      bound: isSame ? value.bound : given.bound,
      byText: value.byText || given.byText,
      others: rest,
    };
  }
  const computed = given.items;
  if (computed !== undefined) {
    // What each `return` gives keeps the flows of its items apart.
    const lists = value.items === undefined ? [] : [value.items, ...value.otherItems];
    const same = lists.find((list) => isSameText(list, computed));
    const otherItems = lists.filter((list) => list !== same);
    if (same !== undefined) return { ...value, texts: [], items: same, otherItems, decoded };
    const isPlaced =
      !value.grown &&
      value.otherTexts.length === 0 &&
      lists.length > 0 &&
      lists.every((list) => isAlike(list, computed));
    const items = computed.map((item, at) => {
      const nodes = isPlaced ? lists.flatMap((list) => list[at]?.nodes ?? []) : value.nodes;
      return carrying(steps, item, nodes, decoded);
    });
    return { ...value, texts: [], items, decoded };
  }
  if (given.entries !== undefined) {
    const { nodes } = value;
    const entries = [...given.entries].map(
      ([key, entry]) => [key, carrying(steps, entry, nodes, decoded)] as const,
    );
    return value.entries === undefined || isWhole(found)
      ? { ...value, entries: new Map(entries) }
      : value;
  }
  const [text] = given.texts;
  if (text === undefined) return value;
  const isKept = value.texts.length === 1 && value.texts[0] === text;
  return {
    ...value,
    texts: [text],
    folded: value.folded || !isKept,
    decoded,
    raw: isKept ? value.raw : undefined,
  };
}

/** Data of which each part carries the same flows. */
export function carrying(
  steps: Steps,
  value: PyValue,
  nodes: readonly string[],
  decoded = false,
): PyValue {
  steps.take();
  const { items, entries } = value;
  const inner = (one: PyValue): PyValue => carrying(steps, one, nodes, decoded);
  return {
    ...value,
    nodes,
    decoded,
    items: items?.map(inner),
    entries: entries && new Map([...entries].map(([key, one]) => [key, inner(one)])),
  };
}

// Of `a if b else c`, the front end may have the other text. A text in the place of an unknown
// value is something else: the two may have changed places.
function isAlike(items: readonly PyValue[], computed: readonly PyValue[]): boolean {
  const kind = ({ texts, entries }: PyValue): string =>
    `${texts.length > 0} ${entries !== undefined}`;
  return (
    items.length === computed.length &&
    computed.every((one, at) => kind(one) === kind(items[at] ?? unknownPy))
  );
}

// The computed items say what a list holds at this place; those of the front end say more of each,
// where they are the same.
function isSameText(items: readonly PyValue[], computed: readonly PyValue[]): boolean {
  const isSame = (item: PyValue, at: number): boolean => {
    const [text] = computed[at]?.texts ?? [];
    return text === undefined || item.texts.length === 0 || item.texts.includes(text);
  };
  return items.length === computed.length && items.every(isSame);
}

/** A computed value as one of the front end. */
export function pyOf(found: MaybeFolded): PyValue {
  if (found === undefined || found === null) return unknownPy;
  if (typeof found === 'string') return { ...unknownPy, texts: [found], folded: true };
  if (typeof found !== 'object')
    return { ...unknownPy, texts: [printFolded(found) ?? ''], folded: true };
  if (found instanceof Uint8Array) return { ...unknownPy, texts: [bytesText(found)], folded: true };
  if (isList(found))
    return { ...unknownPy, items: fewItems(found.items.slice(0, pythonItemsMax + 1).map(pyOf)) };
  if (isDict(found)) {
    const entries = [...found.entries.values()].flatMap(
      ({ key, value }): (readonly [string, PyValue])[] =>
        typeof key === 'string' ? [[key, pyOf(value)]] : [],
    );
    return { ...unknownPy, entries: new Map(entries) };
  }
  if (found.kind === 'name') return { ...unknownPy, qual: found.qual, byText: found.hidden };
  if (found.kind === 'own') return { ...unknownPy, own: found.definition };
  if (found.method !== '') return unknownPy;
  const callee = pyOf(found.callee);
  return { ...callee, bound: givenAfter(callee.bound, mapGiven(found, pyOf)) };
}

// Bytes are kept one per character where they are no text, so that a second decoder gets them
// whole.
function bytesText(bytes: Uint8Array): string {
  const utf8 = Buffer.from(bytes).toString('utf8');
  return utf8.includes('\ufffd') ? Buffer.from(bytes).toString('latin1') : utf8;
}

/** What is known of a value of the front end, computed; undefined where it is not one value. */
export function foldedOf(value: PyValue): MaybeFolded {
  if (value.whole !== undefined) return value.whole;
  if (value.otherTexts.length > 0 || value.otherItems.length > 0 || value.grown) return undefined;
  const { own, qual, byText, bound } = value;
  if (own !== undefined || qual !== undefined) {
    const callee: Folded =
      own === undefined
        ? { kind: 'name', qual: qual ?? '', hidden: byText }
        : { kind: 'own', module: own.module, definition: own, frame: undefined };
    return bound === nothingGiven
      ? callee
      : { kind: 'bound', callee, method: '', ...mapGiven(bound, foldedOf) };
  }
  if (value.items !== undefined) return listOf(value.items.map(foldedOf));
  const [text] = value.texts;
  return value.texts.length === 1 && text !== undefined && !text.includes(unknownPart)
    ? text
    : undefined;
}

/** What a call is given, in another kind of value. */
export function mapGiven<From, To>(
  { args, keywords }: CallGiven<From>,
  map: (value: From) => To,
): CallGiven<To> {
  return {
    args: args.map(map),
    keywords: new Map([...keywords].map(([name, value]) => [name, map(value)] as const)),
  };
}

/** One of the values that a value may be; `foldedOf` gives only what it must be. */
export function oneOf(value: PyValue | undefined): MaybeFolded {
  return value?.whole ?? value?.texts[0];
}
