/** What calls give that match texts with a text or a regular expression. */
import { present } from '../../fact/remembered.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { boundedPattern, filesBeside } from '../../programs/bounded-pattern.ts';
import { type CallSite, callValue, givenArgs } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import { compute } from '../library/library.ts';
import type { Text } from '../text.ts';
import {
  allNodesOf,
  concat,
  dataOf,
  either,
  instanceValue,
  knownText,
  listValue,
  newObject,
  objectsOf,
  recordValue,
  scalarValue,
  textsOf,
  textValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { type ApiCall, siteOf } from './effects.ts';

const matchesMax = 4_096;

/** A regular expression: an object of its source and flags. */
export function patternOf({ args: [source = unknown, flags] }: ApiCall): Value {
  const [known] = source.things;
  if (known?.is === 'instance' && known.of === 'RegExp') return source;
  const object = newObject('object');
  object.put('source', source);
  object.put('flags', flags ?? textValue(''));
  return instanceValue('RegExp', object);
}

interface Pattern {
  readonly source: Value;
  readonly flags: string;
}

function patternIn(value: Value | undefined): Pattern | undefined {
  const [thing] = value?.things ?? [];
  if (thing?.is !== 'instance' || thing.of !== 'RegExp') return undefined;
  const { fields } = thing.object;
  return { source: fields.get('source') ?? unknown, flags: knownText(fields.get('flags')) ?? '' };
}

// Only where matching cannot be slow.
function expressionFor({ source, flags }: Pattern, text: string, more = ''): RegExp | undefined {
  const written = knownText(source);
  const all = [...new Set(`${flags.replace(/[y]/g, '')}${more}`)].join('');
  const bounded = written === undefined ? undefined : boundedPattern(written, all);
  return bounded !== undefined && text.length <= bounded.lineMax ? bounded.expression : undefined;
}

function dataIn({ self, args }: ApiCall): Value {
  const data = dataOf(allNodesOf([...present(self), ...args]));
  return { ...data, isDecoded: self?.isDecoded === true };
}

// What is made of a path in a way that nobody knows may be a file beside it.
function besideIn(call: ApiCall): Value {
  const files = textsOf(call.self ?? unknown).flatMap(({ whole }) => filesBeside(whole) ?? []);
  const data = dataIn(call);
  return files.length === 0 ? data : either([...files.map((one) => textValue(one)), data]);
}

/** `text.replace(what, by)` */
export function replaced(engine: Engine, call: ApiCall, isAll: boolean): Value {
  const site = siteOf(call);
  const { self = unknown, args } = call;
  const [from = unknown, to = unknown] = args;
  const pattern = patternIn(from);
  const isFunction = to.things.some(({ is }) => is === 'function' || is === 'bound');
  if (pattern === undefined && !isFunction) {
    const given = isAll ? [self, from, to] : [self, from, to, scalarValue(1)];
    const made = compute('replace', given);
    if (made.texts.length > 0) return made;
    const put = textsOf(self).map((text) => putText(text, knownText(from), to, isAll));
    const isPut = put.every((one) => one !== undefined);
    return isPut ? either(put) : withNodes(besideIn(call), allNodesOf(args));
  }
  const results = textsOf(self).map((text): Value | undefined => {
    if (!text.isKnown) return undefined;
    const { whole } = text;
    const isGlobal = isAll || pattern?.flags.includes('g') === true;
    const expression =
      pattern === undefined ? undefined : expressionFor(pattern, whole, isGlobal ? 'g' : '');
    if (pattern !== undefined && expression === undefined) return undefined;
    const by = knownText(to);
    if (expression !== undefined && by !== undefined)
      return folded(textValue(whole.replace(expression, by)), text.nodes);
    if (!isFunction) return putText(text, expression, to, isGlobal);
    const matches = matchesOf(whole, expression ?? knownText(from), isGlobal);
    return matches && putIn(engine, site, { whole, matches, to });
  });
  const known = results.filter((one) => one !== undefined);
  if (known.length === 0 || known.length < results.length) {
    const handed = isFunction ? [callValue(engine, site, to, givenArgs(dataIn(call)))] : [];
    return withNodes(besideIn(call), allNodesOf(handed));
  }
  const made = either(known);
  return withNodes({ ...made, isDecoded: made.isDecoded || self.isDecoded }, allNodesOf([self]));
}

function folded(value: Value, nodes: readonly string[]): Value {
  return withNodes({ ...value, isFolded: true }, nodes);
}

function matchesOf(
  whole: string,
  what: RegExp | string | undefined,
  isAll: boolean,
): readonly RegExpExecArray[] | undefined {
  if (what === undefined) return undefined;
  const source = typeof what === 'string' ? new RegExp(RegExp.escape(what), 'g') : what;
  const all = new RegExp(
    source.source,
    source.flags.includes('g') ? source.flags : `${source.flags}g`,
  );
  const found = [...whole.matchAll(all)].slice(0, isAll ? matchesMax : 1);
  return found as RegExpExecArray[];
}

// Something that is not known in the place of each match.
function putText(
  { whole, isKnown, nodes }: Text,
  what: RegExp | string | undefined,
  to: Value,
  isAll: boolean,
): Value | undefined {
  const matches = isKnown ? matchesOf(whole, what, isAll) : undefined;
  if (matches === undefined) return undefined;
  const parts: Value[] = [];
  let at = 0;
  for (const match of matches) {
    parts.push(textValue(whole.slice(at, match.index)), to);
    at = match.index + match[0].length;
  }
  return withNodes(concat([...parts, textValue(whole.slice(at))]), nodes);
}

// A function gives what stands in the place of each match.
function putIn(
  engine: Engine,
  site: CallSite,
  of: {
    readonly whole: string;
    readonly matches: readonly RegExpExecArray[];
    readonly to: Value;
  },
): Value {
  const parts: Value[] = [];
  let at = 0;
  for (const match of of.matches) {
    parts.push(textValue(of.whole.slice(at, match.index)));
    at = match.index + match[0].length;
    const args = [...[...match].map((one) => textValue(one ?? '')), scalarValue(match.index)];
    parts.push(callValue(engine, site, of.to, givenArgs(...args)));
  }
  return concat([...parts, textValue(of.whole.slice(at))]);
}

/** `text.match(pattern)`, `pattern.exec(text)` */
export function matched(call: ApiCall, isEach: boolean): Value {
  const { self = unknown, args } = call;
  const [given = unknown] = args;
  const own = patternIn(self);
  const pattern = own ?? patternIn(given) ?? { source: given, flags: '' };
  const text = own === undefined ? self : given;
  const whole = knownText(text);
  const expression = whole === undefined ? undefined : expressionFor(pattern, whole);
  const isAll = own === undefined && pattern.flags.includes('g');
  if (whole === undefined || expression === undefined) {
    const data = besideIn({ ...call, self: text });
    return data.texts.length === 0 ? data : listValue(Array.from({ length: 10 }, () => data));
  }
  const matches = matchesOf(whole, expression, isAll || isEach) ?? [];
  const nodes = allNodesOf([text]);
  if (matches.length === 0) return isEach ? listValue([]) : dataOf(nodes);
  if (isAll && !isEach) return withNodes(listValue(matches.map(([one]) => textValue(one))), nodes);
  const lists = matches.map((match) => groupsIn(match, text));
  return withNodes(isEach ? listValue(lists) : (lists[0] ?? unknown), nodes);
}

function groupsIn(match: RegExpExecArray, text: Value): Value {
  const list = listValue([...match].map((one) => textValue(one ?? '')));
  const named = Object.entries(match.groups ?? {});
  const groups = recordValue(named.map(([name, one]) => [name, textValue(one ?? '')]));
  for (const object of objectsOf(list)) {
    object.put('groups', groups);
    object.put('index', scalarValue(match.index));
    object.put('input', text);
  }
  return list;
}

/** `text.split(by)` */
export function pieces(call: ApiCall): Value {
  const { self = unknown, args } = call;
  const [by] = args;
  const pattern = patternIn(by);
  if (by === undefined) return listValue([self]);
  if (pattern === undefined) return compute('split', [self, by]);
  const whole = knownText(self);
  const expression = whole === undefined ? undefined : expressionFor(pattern, whole);
  const files = besideIn(call);
  if (whole === undefined || expression === undefined || whole.includes(unknownPart))
    return files.texts.length === 0 ? files : listValue(Array.from({ length: 10 }, () => files));
  const parts = whole.split(expression).slice(0, matchesMax);
  const list = listValue(parts.map((one) => textValue(one ?? '')));
  return withNodes({ ...list, isFolded: true }, allNodesOf([self]));
}
