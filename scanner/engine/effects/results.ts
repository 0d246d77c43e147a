import { present } from '../../fact/remembered.ts';
import type { Computation } from '../../knowledge/computation.ts';
import type { ArgOf, Gives, Row } from '../../knowledge/row.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { passThrough, shownApi } from '../api-calls.ts';
import { boundCall, callValue, finderOf, givenArgs, nothingGiven } from '../calls.ts';
import { classFrom } from '../classes.ts';
import type { Engine } from '../interpret.ts';
import { itemAt } from '../items.ts';
import { compute, isCodec } from '../library/library.ts';
import { putPairs } from '../library/scripting.ts';
import { sortedList } from '../library/sorting.ts';
import { memberByText } from '../names.ts';
import { inWords, isListed, iterated, shownBy } from '../protocols.ts';
import {
  absent,
  absorb,
  allNodesOf,
  apiValue,
  classValue,
  concat,
  dataOf,
  either,
  instancesIn,
  instanceValue,
  itemsOf,
  knownText,
  listValue,
  newObject,
  nil,
  objectsOf,
  objectValue,
  orOther,
  partOf,
  scalarValue,
  textsOf,
  textValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { methodOn, parametersOf } from './callbacks.ts';
import { sortInPlace } from './changes.ts';
import { receiversIn } from './channels.ts';
import { type ApiCall, allGiven, argOf, siteOf } from './effects.ts';
import { filtered, flatMapped, found, mapped, promised, resolvers } from './item-results.ts';
import { namedLine } from './named-line.ts';
import { bracesIn, evaluated, expanded, moduleBy, requiredBy } from './named-results.ts';
import { matched, patternOf, pieces, replaced } from './patterns.ts';
import { proxied, revocable } from './proxied.ts';
import { openOn } from './requests.ts';
import { taken } from './taken.ts';

/** What the effects of a row gave. */
export type Made = readonly (Value | undefined)[];

type Give = (engine: Engine, call: ApiCall, made: Made) => Value;

/** What a call gives, after all that it does. */
export function givenBy(
  engine: Engine,
  call: ApiCall,
  { gives = 'nothing' }: Row,
  made: Made,
): Value {
  if (gives === 'object') return objectOf(engine, call, made, call.at.api, false);
  if (typeof gives === 'string') return own(results, gives)?.(engine, call, made) ?? unknown;
  if ('text' in gives) return textValue(gives.text);
  if ('api' in gives) return apiValue(gives.api);
  if ('compute' in gives) return computedBy(engine, call, gives);
  const object = objectOf(engine, call, made, gives.instance, gives.bare === true);
  if (gives.carries) for (const one of objectsOf(object)) absorb(one, allNodesOf(allGiven(call)));
  return object;
}

function dataIn(call: ApiCall): Value {
  return dataOf(allNodesOf(allGiven(call)));
}

function madeIn(made: Made): readonly Value[] {
  return made.filter((value) => value !== undefined);
}

function selfIn({ self }: ApiCall): readonly Value[] {
  return present(self);
}

const results: Readonly<Partial<Record<Extract<Gives, string>, Give>>> = {
  nothing: () => unknown,
  called: (_, __, made) => either(madeIn(made)),
  class: (engine, call) =>
    call.args.length === 3
      ? classFrom(engine, siteOf(call), call.args)
      : classOfValue(call.self ?? (engine.knowledge.isOpen ? call.args[0] : undefined)),
  self: (_, call) => call.self ?? call.args[0] ?? unknown,
  through: (engine, call) => passThrough(engine, siteOf(call), selfIn(call), call),
  encoded,
  decoded: ({ notes }, call) => {
    const source = { what: 'decoded', name: call.at.api } as const;
    const node = notes.source(call.at, source, `${call.at.api} decodes it`);
    return { ...withNodes(dataIn(call), [node]), isDecoded: true };
  },
  option: (_, call, made) => optionOf(call, made),
  property: (_, call) => propertyOf(call),
  'default-record': defaultRecord,
  buffer: (_, call) => bufferOf(call),
  listed: listedBy,
  'buffer-listed': (engine, call, made) =>
    bufferOf({ ...call, args: [listedBy(engine, call, made)] }),
  raised: (engine) => engine.raised,
  path: (_, call) => either(objectsOf(call.self ?? unknown).flatMap(({ path }) => path ?? [])),
  declared: declareOption,
  parsed: parsedOptions,
  environment: (_, __, made) => environmentOf(made),
  sorted: sortedBy,
  iterator: (engine, call) => taken(engine, call, 'iterator'),
  next: (engine, call) => taken(engine, call, 'next'),
  packages: packageFolders,
  settings: readSettings,
  setting: settingOf,
  decoder: (_, call) =>
    boundCall(apiValue('codecs.getdecoder()'), {
      ...nothingGiven,
      named: new Map([['encoding', call.args[0] ?? unknown]]),
    }),
  'decoded-pair': (_, call) =>
    listValue([
      compute('codec-decode', [call.args[0] ?? unknown, call.named.get('encoding') ?? absent]),
      unknown,
    ]),
  expanded,
  'content-lines': linesOf,
  entry: entryOf,
  copy: (_, call) => copyOf(call),
  module: (engine, call) => moduleBy(engine, call, false),
  'top-module': (engine, call) => moduleBy(engine, call, true),
  item: (engine, call) => {
    const [of = unknown, key] = call.args;
    return itemAt(engine, siteOf(call).node, of, key, call.frame);
  },
  evaluated,
  sent: (_, call) => sentBack(call),
  member: memberGiven,
  braces: bracesIn,
  symbol: (_, { args: [name = textValue('')], at }) => ({
    ...concat([name, textValue(`@@${at.place.start}`)]),
    isFolded: false,
  }),
  heir: (_, { args: [first = unknown] }) => heirOf(first),
  map: (_, { args: [first = unknown] }) => mapOf(first),
  getter: (_, { args }) => finderOf('member', args),
  'item-getter': (_, { args }) => finderOf('item', args),
  caller: (_, { args: [name = unknown, ...args], named, spread }) =>
    finderOf('call', [name], { args, named, spread }),
  bound: (_, call) => boundOf(call),
  woven: (_, call) => woven(call),
  shown: shownText,
  fields: (_, call) => fieldsOf(call),
  record: (_, call) => recordOf(call),
  reduced: reducedBy,
  content: contentOf,
  mapped,
  'flat-mapped': flatMapped,
  filtered,
  found,
  required: requiredBy,
  promised,
  resolvers,
  proxied,
  revocable,
  pattern: (_, call) => patternOf(call),
  replaced: (engine, call) => replaced(engine, call, false),
  'replaced-all': (engine, call) => replaced(engine, call, true),
  matched: (_, call) => matched(call, false),
  matches: (_, call) => matched(call, true),
  pieces: (_, call) => pieces(call),
};

// `f.bind(self, …)`: a function of the skill gets the object that it is bound to.
function boundOf({ self, args: [first = unknown, ...args], named, spread }: ApiCall): Value {
  if (self === undefined) return boundCall(first, { args, named, spread });
  const callee = methodOn(self, first);
  return args.length + spread.length === 0 ? callee : boundCall(callee, { args, named, spread });
}

// ``String.raw`a${b}` ``, `String.raw({ raw: ['a', ''] }, b)`
function woven({ args: [first = unknown, ...others] }: ApiCall): Value {
  const pieces = objectsOf(first).flatMap(
    ({ fields }) => itemsOf(fields.get('raw') ?? first) ?? [],
  );
  if (first.texts.length > 0 || pieces.length === 0) return first;
  return concat(
    pieces.flatMap((piece, at) => {
      const next = others[at];
      return next === undefined || at === pieces.length - 1 ? [piece] : [piece, next];
    }),
  );
}

function heirOf(base: Value): Value {
  const classes = base.things.flatMap((one) => (one.is === 'class' ? [one.class] : []));
  const objects = classes.length === 0 ? [newObject('record')] : [];
  for (const object of objects) object.base = base;
  objects.push(...classes.map((one) => newObject('object', one)));
  return either(objects.map((object) => objectValue(object)));
}

function mapOf(entries: Value): Value {
  const [made = newObject('record')] = objectsOf(compute('from-entries', [entries]));
  made.isMap = true;
  const nodes = allNodesOf([entries]);
  if (itemsOf(entries) === undefined && nodes.length > 0) made.rest = dataOf(nodes);
  return objectValue(made);
}

// What gives a function one of its parameters.
function optionOf(call: ApiCall, made: Made): Value {
  const declared = dataOf(allNodesOf([...call.named.values(), ...madeIn(made)]));
  const names = call.args.flatMap((one) =>
    textsOf(one).map(({ whole }) => textValue(whole.replace(/^-+/, '').replaceAll('-', '_'))),
  );
  return finderOf('option', names, givenArgs(declared));
}

function propertyOf(call: ApiCall): Value {
  const names = call.args.slice(0, 1);
  return withNodes(finderOf('get', names), allNodesOf(names));
}

function defaultRecord(engine: Engine, call: ApiCall): Value {
  const object = newObject('record');
  const [make] = call.args;
  if (make !== undefined && make !== unknown)
    object.rest = orOther(callValue(engine, siteOf(call), make, nothingGiven));
  return objectValue(object);
}

// `Array.from(items, change)`
function listedBy(engine: Engine, call: ApiCall, made: Made): Value {
  if (call.args[1] !== undefined) return mapped(engine, call, made);
  return computedBy(engine, call, { compute: 'list', of: [0] });
}

function bufferOf(call: ApiCall): Value {
  const bytes = call.args[0] === undefined ? unknown : compute('from-bytes', call.args.slice(0, 1));
  if (bytes.texts.length > 0) return { ...bytes, texts: bytes.texts.map((one) => one.buffer()) };
  const object = newObject('object');
  const nodes = allNodesOf(call.args);
  if (nodes.length > 0) object.rest = dataOf(nodes);
  object.holds = instancesIn(call.args);
  return instanceValue('bytearray', object);
}

function parsedOptions(engine: Engine, call: ApiCall, made: Made): Value {
  const parsed = passThrough(engine, siteOf(call), present(call.self), call);
  const nodes = [
    ...objectsOf(call.self ?? unknown).flatMap(({ rest }) => rest?.nodes ?? []),
    ...allNodesOf([...call.args, ...madeIn(made)]),
  ];
  const object = newObject('record');
  for (const { fields } of objectsOf(call.self ?? unknown))
    for (const [name, value] of fields) object.put(name, orOther(withNodes(value, nodes)));
  if (object.fields.size === 0) return parsed;
  object.rest = dataOf(nodes);
  const space = objectValue(object);
  return /known/.test(call.at.api) ? listValue([space, dataOf(nodes)]) : space;
}

function environmentOf(made: Made): Value {
  const nodes = allNodesOf(madeIn(made));
  const object = newObject('record');
  object.rest = dataOf(nodes);
  return { ...dataOf(nodes), things: [{ is: 'instance', of: 'os.environ', object }] };
}

function sortedBy(engine: Engine, call: ApiCall, made: Made): Value {
  const order = { keys: made[0], isReversed: call.named.get('reverse') };
  if (call.self === undefined) return sortedList(call.args[0] ?? unknown, order);
  for (const object of objectsOf(call.self)) sortInPlace(engine, object, order);
  return nil;
}

function packageFolders(): Value {
  const object = newObject('list');
  const folder = textValue(`${unknownPart}/site-packages`);
  for (const key of ['0', '1', 'purelib', 'platlib']) object.put(key, folder);
  object.length = 1;
  return objectValue(object);
}

function readSettings(engine: Engine, call: ApiCall, made: Made): Value {
  const read = contentOf(engine, call, made);
  const parsed = compute('ini-parse', [read.texts.length > 0 ? read : (call.args[0] ?? unknown)]);
  for (const object of objectsOf(call.self ?? unknown))
    for (const one of objectsOf(parsed))
      for (const [key, value] of one.fields)
        engine.heap.set(object, key, withNodes(value, allNodesOf([read])));
  return unknown;
}

function settingOf(engine: Engine, call: ApiCall): Value {
  const [section, name, usual] = call.args;
  const { node } = siteOf(call);
  const part = itemAt(engine, node, call.self ?? unknown, section ?? unknown, call.frame);
  const found = itemAt(engine, node, part, name ?? unknown, call.frame);
  return usual === undefined ? found : either([found, usual]);
}

function linesOf(engine: Engine, call: ApiCall, made: Made): Value {
  const whole = contentOf(engine, call, made);
  const lines = whole.texts.flatMap(({ whole: text }) => text.split(/(?<=\n)/).slice(0, eachMax));
  if (lines.length === 0) return whole;
  const list = listValue(lines.map((line) => withNodes(textValue(line), whole.nodes)));
  return withNodes(list, whole.nodes);
}

function entryOf(engine: Engine, call: ApiCall): Value {
  const [key, usual] = call.args;
  const found = itemAt(engine, siteOf(call).node, call.self ?? unknown, key ?? unknown, call.frame);
  return usual === undefined ? found : either([found, usual]);
}

function copyOf(call: ApiCall): Value {
  const objects = objectsOf(call.args[0] ?? call.self ?? unknown);
  const copies = objects.map((one) => {
    const copy = one.copy();
    for (const [name, value] of call.named) copy.put(name, value);
    return objectValue(copy);
  });
  return copies.length === 0 ? (call.args[0] ?? dataIn(call)) : either(copies);
}

function sentBack(call: ApiCall): Value {
  const sent = objectsOf(call.self ?? unknown).flatMap(
    ({ resume }) => resume?.(call.args[0] ?? unknown) ?? [],
  );
  return sent.length === 0 ? dataIn(call) : partOf(either(sent));
}

function memberGiven(engine: Engine, call: ApiCall): Value {
  const [of = unknown, name = unknown, other] = call.args;
  const found = memberByText(engine, siteOf(call).node, of, name, call.frame);
  return other === undefined ? found : found === unknown ? other : either([found, other]);
}

function shownText(engine: Engine, call: ApiCall): Value {
  const [first = call.self ?? unknown] = call.args;
  const [api] = first.things;
  const written = api?.is === 'api' ? shownApi(api.name) : undefined;
  if (written !== undefined && engine.knowledge.modules) return written;
  const shown = shownBy(engine, siteOf(call), first);
  const inside = (itemsOf(first) ?? []).flatMap((one) => shownBy(engine, siteOf(call), one) ?? []);
  return withNodes(shown ?? compute('text', [inWords(engine, first)]), allNodesOf(inside));
}

function fieldsOf(call: ApiCall): Value {
  const of = call.args[0] ?? call.self ?? unknown;
  if (of.things.some(({ is }) => is === 'api' || is === 'module')) return of;
  const objects = objectsOf(of);
  if (objects.length === 0) return dataIn(call);
  return either(objects.map((one) => objectValue(one.asRecord())));
}

function reducedBy(engine: Engine, call: ApiCall): Value {
  const { self } = call;
  const [callee, list, start] = self === undefined ? call.args : [call.args[0], self, call.args[1]];
  const items = list === undefined ? undefined : itemsOf(compute('list', [list]));
  if (callee === undefined || items === undefined || items.length > eachMax) {
    if (list === undefined || callee === undefined) return dataIn(call);
    const args = [withNodes(start ?? unknown, allNodesOf([list])), partOf(list)];
    return callValue(engine, siteOf(call), callee, givenArgs(...args));
  }
  const first = start === undefined ? 1 : 0;
  const takes = self === undefined ? 2 : Math.max(...callee.things.map(parametersOf));
  const ordered = call.at.api.endsWith('reduceRight') ? items.toReversed() : items;
  const [value = unknown, ...others] = start === undefined ? ordered : [start, ...ordered];
  return others.reduce((before, item, at) => {
    const args = [before, item, scalarValue(at + first), self ?? unknown].slice(0, takes);
    return callValue(engine, siteOf(call), callee, givenArgs(...args));
  }, value);
}

// A value that is computed of what the call is given.
function computedBy(
  engine: Engine,
  call: ApiCall,
  gives: { readonly compute: Computation; readonly of: readonly ArgOf[] },
): Value {
  if (engine.isExhausted) return dataIn(call);
  if (gives.compute === 'list' && engine.knowledge.isOpen && allGiven(call).length === 0)
    return listValue([]);
  const given = gives.of.map((one) => {
    const value = argOf(call, one);
    if (gives.compute !== 'list' || value === undefined) return value;
    const isAsked = value.things.some((of) => isListed(engine, of));
    return isAsked ? iterated(engine, siteOf(call).node, value, call.frame) : value;
  });
  const all = variadic.has(gives.compute) ? given.filter((one) => one !== undefined) : given;
  const made = compute(
    gives.compute,
    all.map((one) => one ?? absent),
  );
  if (engine.knowledge.callsBack && made.things.length === 0) {
    if (gives.compute === 'list') return collection('list', made, allGiven(call));
    if (gives.compute === 'from-entries') return collection('record', made, allGiven(call));
  }
  if (gives.compute === 'match-regex' && given[0] !== undefined && given[1] !== undefined)
    return namedLine(engine, call, given[1], given[0]) ?? made;
  return engine.knowledge.isOpen ? decodedIn(engine, call, gives.compute, made) : made;
}

// A list or record that is filled later; what is in it from the start is not known.
function collection(kind: 'list' | 'record', made: Value, given: readonly Value[]): Value {
  const object = newObject(kind);
  if (given.some((one) => one !== nil)) object.rest = orOther(made);
  return withNodes(objectValue(object), made.nodes);
}

// An object of a class, which is open on what the call opened and has the data of what it was
// given.
function objectOf(engine: Engine, call: ApiCall, made: Made, of: string, isBare: boolean): Value {
  const opened = made.flatMap((value) =>
    (value?.things ?? []).filter((one) => one.is === 'instance'),
  );
  if (opened.length > 0 && engine.knowledge.isOpen) {
    const whole = either(madeIn(made));
    const things = opened.map((one) => ({ ...one, of }));
    return { ...whole, things };
  }
  const object = newObject('object');
  const isView = made.some((value) => value !== undefined && call.args.includes(value));
  object.holds = [...call.args, ...call.named.values()].flatMap(({ things }) =>
    things.flatMap((one) =>
      one.is === 'instance' || (isView && one.is === 'object') ? [one.object] : [],
    ),
  );
  object.openOn = made.flatMap(openOn);
  if (engine.knowledge.isClient?.(call.at.api) === true)
    object.openOn = [...object.openOn, ...openOn(call.self)].slice(0, 16);
  const all = allGiven(call);
  const held = [...all, ...madeIn(made)];
  if (held.length > 0 && !isBare) object.rest = dataOf(allNodesOf(held));
  for (const [name, receiver] of receiversIn(engine, call.args)) object.put(name, receiver);
  return instanceValue(of, object);
}

// `dict(other, key=value)`
function recordOf({ args, named, spread }: ApiCall): Value {
  const object = newObject('record');
  const loose: Value[] = [...spread];
  for (const value of args) {
    const pairs = itemsOf(value);
    const [one, ...others] = objectsOf(value);
    if (pairs !== undefined) loose.push(...putPairs(object, pairs));
    else if (one?.kind === 'record' && others.length === 0) {
      for (const [key, field] of one.fields) object.put(key, field);
      if (one.rest !== undefined) loose.push(one.rest);
    } else loose.push(value);
  }
  for (const [key, value] of named) object.put(key, value);
  if (loose.length > 0) object.rest = orOther(dataOf(allNodesOf(loose)));
  return objectValue(object);
}

function encoded({ notes }: Engine, call: ApiCall): Value {
  const nodes = allNodesOf(allGiven(call));
  if (nodes.length === 0) return unknown;
  const node = notes.node(call.at, `encoded@${call.at.place.start}`, `${call.at.api} encodes it`);
  for (const from of nodes) notes.edge(from, node, { encodes: true });
  return dataOf([node]);
}

// What a decoder makes of a text that is not known is data that somebody hid.
function decodedIn(engine: Engine, call: ApiCall, computation: Computation, made: Value): Value {
  const encodes =
    (computation === 'codec-encode' && call.self === undefined) ||
    /^(base64|hex)-encode$/.test(computation) ||
    (computation === 'bytes-text' && isCodec(call.args[0]));
  if (encodes && made.texts.length === 0) return encoded(engine, call);
  // A text of the program, or data.
  if (encodes && made.isOpen && made.nodes.length > 0)
    return either([{ ...made, nodes: [] }, encoded(engine, call)]);
  const isLetter = /^(chr|from-(bytes|codes))$/.test(computation);
  if (
    computation === 'codec-decode' &&
    made.texts.length === 0 &&
    knownText(call.args[1] ?? call.named.get('encoding')) === undefined &&
    call.args.length > 1
  )
    return { ...made, isDecoded: true };
  const isUnknown =
    made.texts.length === 0 && made.things.length === 0 && made.scalars.length === 0;
  const isDecoder =
    /^(?!url|codec).*-decode$|^(inflate|rot13)$/.test(computation) ||
    (computation === 'bytes-from' && isCodec(call.args[1])) ||
    (computation === 'codec-decode' && /^(rot|hex|ba|z|bz)/.test(knownText(call.args[1]) ?? ''));
  if (!isUnknown || !(isLetter || isDecoder)) return made;
  const source = {
    what: 'decoded',
    name: call.at.api,
    ...(isLetter && { ofNumbers: true as const }),
  } as const;
  const note = isLetter ? `${call.at.api} makes it of numbers` : `${call.at.api} decodes it`;
  // Several numbers are a text that nobody can read; one may be any letter.
  const isMany = objectsOf(call.args[0] ?? unknown).some(({ kind }) => kind === 'list');
  const isOneLetter = isLetter && call.spread.length === 0 && !isMany;
  const data = isOneLetter ? { ...made, isDecoded: false } : made;
  return withNodes(data, [engine.notes.source(call.at, source, note)]);
}

// What the files hold that an effect read, or that the object is.
function contentOf(
  { isExhausted }: Engine,
  call: ApiCall,
  made: readonly (Value | undefined)[],
): Value {
  const values = made.filter((value) => value !== undefined);
  const of = values.length === 0 && call.self !== undefined ? [call.self] : values;
  const contents = of.flatMap((value) => objectsOf(value).flatMap(({ content }) => content ?? []));
  const data = { ...unknown, nodes: allNodesOf(of) };
  return contents.length === 0 || isExhausted ? data : orOther(either([...contents, data]));
}

// `add_argument("--host", default=…)`: what the parser gives has the field.
function declareOption(engine: Engine, call: ApiCall): Value {
  const names = call.args.flatMap((one) => textsOf(one).map(({ whole }) => whole));
  const [name] = [
    ...(call.named.has('dest') ? [knownText(call.named.get('dest')) ?? ''] : []),
    ...names.filter((one) => one.startsWith('--')),
    ...names,
  ];
  const usual = call.named.get('default');
  const type = dataOf(allNodesOf([call.named.get('type') ?? unknown]));
  for (const object of objectsOf(call.self ?? unknown)) {
    const key = name?.replace(/^-+/, '').replaceAll('-', '_') ?? '';
    if (key === '') absorb(object, allNodesOf([...call.args, ...call.named.values()]));
    else engine.heap.set(object, key, either([...(usual === nil ? [] : [usual ?? type]), type]));
  }
  return unknown;
}

// The classes of the objects that a value may be.
function classOfValue(of: Value | undefined): Value {
  const functions = (of ?? unknown).things.some(({ is }) => is === 'function');
  if (functions) return apiValue('types.FunctionType');
  const classes = objectsOf(of ?? unknown).flatMap((object) =>
    object.class === undefined ? [] : classValue(object.class),
  );
  return classes.length === 0 ? unknown : either(classes);
}

const variadic: ReadonlySet<Computation> = new Set([
  'path-join',
  'path-resolve',
  'concat',
  'sum',
  'range',
]);

/** Items for each of which a function is called. */
export const eachMax = 1_024;
