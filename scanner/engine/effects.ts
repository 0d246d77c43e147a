/** Applies the rows of the tables to calls: what a function of the library does and gives. */
import type { FlowSource } from '../fact/fact.ts';
import type {
  ArgCondition,
  ArgOf,
  Computation,
  EffectOf,
  Row,
  RowEffect,
} from '../knowledge/row.ts';
import { own } from '../lookup-tables/api.ts';
import { imageEgressOf, unknownPart } from '../lookup-tables/egress-of.ts';
import { recordings } from '../lookup-tables/observations.ts';
import { shellVariables, steeringVariables } from '../lookup-tables/shell.ts';
import { type CallSite, callValue, type Given, nothingGiven, passThrough } from './calls.ts';
import { applyFile, loadPath, startAt, storedPaths } from './files.ts';
import type { Engine, Invocation } from './interpret.ts';
import { compute } from './library.ts';
import { append } from './names.ts';
import type { At } from './notes.ts';
import { runCode, startProgram } from './programs.ts';
import { applyConnect, applyRequest, sendOver, setOption } from './requests.ts';
import {
  allNodesOf,
  concat,
  dataOf,
  either,
  itemsOf,
  listValue,
  newObject,
  objectsOf,
  partOf,
  shownTexts,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';

/** A call of a function of the library. */
export interface ApiCall extends Given {
  readonly at: At;
  readonly frame: Invocation;
  /** The object of a method. */
  readonly self?: Value;
}

/** The row of a function of the library; undefined for names that the tables do not have. */
export function rowFor({ knowledge }: Engine, api: string): Row | undefined {
  return own(knowledge.rows, knowledge.ignoresCase ? api.toLowerCase() : api);
}

/** What a call is given for an argument of a row. */
export function argOf(call: ApiCall, of: ArgOf): Value | undefined {
  if (of === 'self') return call.self;
  if (of === 'block') return call.named.get('&');
  if (typeof of === 'number') return call.args[of] ?? spreadIn(call);
  if (typeof of === 'string') return namedIn(call, of);
  if (of.rest !== undefined) return listOf(call, of.rest);
  const byName = of.name === undefined ? undefined : namedIn(call, of.name);
  const given = byName ?? (of.at === undefined ? undefined : (call.args[of.at] ?? spreadIn(call)));
  const other = of.or === undefined ? undefined : argOf(call, of.or);
  return given ?? other ?? (of.text === undefined ? undefined : textValue(of.text));
}

// A list that is given item by item, and whose items are not known.
function spreadIn({ spread }: ApiCall): Value | undefined {
  return spread.length === 0 ? undefined : either(spread.map(partOf));
}

// A keyword, or a key of the record that stands last.
function namedIn({ named, args }: ApiCall, name: string): Value | undefined {
  const given = named.get(name);
  if (given !== undefined) return given;
  for (const object of objectsOf(args.at(-1) ?? unknown)) {
    const field = object.kind === 'record' ? object.fields.get(name) : undefined;
    if (field !== undefined) return field;
  }
  return undefined;
}

function listOf({ args, spread }: ApiCall, from: number): Value {
  return withNodes(listValue(args.slice(from), spread.length > 0), allNodesOf(spread));
}

/** All that a call is given, with its object. */
export function allGiven({ args, named, spread, self }: ApiCall): readonly Value[] {
  return [...(self === undefined ? [] : [self]), ...args, ...named.values(), ...spread];
}

/** Notes what a call does, and gives what it gives. */
export function applyRow(engine: Engine, call: ApiCall, row: Row): Value {
  const made = row.effects.map((effect) =>
    isMeant(call, effect) ? applyEffect(engine, call, effect) : undefined,
  );
  const given = givenBy(engine, call, row, made);
  const isPlain = row.effects.length > 0 && row.gives === undefined;
  const values = made.filter((value) => value !== undefined);
  if (isPlain) return values.length === 0 ? unknown : either(values);
  // What an effect fetches or reads is in what the call gives.
  const nodes = allNodesOf(values);
  return nodes.length === 0 || row.gives === 'nothing' ? given : withNodes(given, nodes);
}

function isMeant(call: ApiCall, { when, unless }: RowEffect): boolean {
  const holds = ({ of, form }: ArgCondition): boolean => {
    const value = argOf(call, of);
    return value !== undefined && textsOf(value).some(({ whole }) => form.test(whole));
  };
  return (when === undefined || holds(when)) && (unless === undefined || !holds(unless));
}

function givenBy(
  engine: Engine,
  call: ApiCall,
  { gives = 'nothing' }: Row,
  made: readonly (Value | undefined)[],
): Value {
  const data = (): Value => dataOf(allNodesOf(allGiven(call)));
  if (gives === 'nothing') return unknown;
  if (gives === 'called') return either(made.filter((value) => value !== undefined));
  if (gives === 'class') return classOfValue(call.self);
  if (gives === 'self') return call.self ?? call.args[0] ?? unknown;
  if (gives === 'through')
    return passThrough(engine, siteOf(call), call.self === undefined ? [] : [call.self], call);
  if (gives === 'encoded') {
    const nodes = allNodesOf(allGiven(call));
    if (nodes.length === 0) return unknown;
    const node = engine.notes.node(
      call.at,
      `encoded@${call.at.place.start}`,
      `${call.at.api} encodes it`,
    );
    for (const from of nodes) engine.notes.edge(from, node, { encodes: true });
    return dataOf([node]);
  }
  if (gives === 'decoded') return { ...data(), isDecoded: true };
  const result = gives === 'object' ? { instance: call.at.api } : gives;
  if ('text' in result) return textValue(result.text);
  if ('compute' in result) {
    if (engine.isExhausted) return data();
    const given = result.of.map((one) => argOf(call, one));
    const all = variadic.has(result.compute) ? given.filter((one) => one !== undefined) : given;
    return compute(
      result.compute,
      all.map((one) => one ?? unknown),
    );
  }
  const object = newObject('object');
  object.openOn = made.flatMap((value) =>
    objectsOf(value ?? unknown).flatMap(({ openOn }) => openOn),
  );
  const all = allGiven(call);
  const held = [...all, ...made.filter((value) => value !== undefined)];
  if (held.length > 0) object.rest = dataOf(allNodesOf(held));
  return thingValue({ is: 'instance', of: result.instance, object });
}

// What a template can see: of the templates of the skill, only what they name.
function variablesFor({ context, programs }: Engine, { env, self }: Invocation): Value {
  const fields = objectsOf(self ?? unknown).flatMap((object) => [...object.fields]);
  const templates = [...(context.texts?.values() ?? [])].filter(
    ({ path, text }) => !programs.has(path) && text.includes('<%'),
  );
  const isNamed = (name: string): boolean =>
    templates.length === 0 || templates.some(({ text }) => text.includes(name));
  const seen = [...env.all, ...fields].filter(([name]) => isNamed(name));
  return dataOf(allNodesOf(seen.map(([, value]) => value)));
}

// The classes of the objects that a value may be.
function classOfValue(of: Value | undefined): Value {
  const classes = objectsOf(of ?? unknown).flatMap((object) =>
    object.class === undefined ? [] : thingValue({ is: 'class', class: object.class }),
  );
  return classes.length === 0 ? unknown : either(classes);
}

const variadic: ReadonlySet<Computation> = new Set(['path-join', 'concat', 'sum']);

function applyEffect(engine: Engine, call: ApiCall, effect: RowEffect): Value | undefined {
  const { notes } = engine;
  const { at } = call;
  switch (effect.does) {
    case 'request':
      return applyRequest(engine, call, effect);
    case 'connect':
      return applyConnect(engine, call, effect);
    case 'option':
      return setOption(engine, call, effect);
    case 'send': {
      const { content, part = 'body' } = effect;
      sendOver(engine, call, argOf(call, content) ?? unknown, part === 'input' ? 'body' : part);
      return undefined;
    }
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
      if (isLeftOut(call, effect.path)) return undefined;
      return applyFile(engine, call, effect);
    case 'program':
      return startProgram(engine, call, effect);
    case 'code':
      return runCode(engine, call, argOf(call, effect.code) ?? unknown, effect.language);
    case 'load':
      if (isLeftOut(call, effect.path)) return undefined;
      return load(engine, call, effect);
    case 'deserialize':
      return deserialize(engine, call, effect);
    case 'env':
      return readVariable(engine, call, argOf(call, effect.name) ?? unknown, effect.fallback);
    case 'set-env':
      return setVariable(engine, call, effect);
    case 'whole-env':
      return wholeEnvironment(engine, at);
    case 'variables':
      return variablesFor(engine, call.frame);
    case 'input':
      return dataOf([notes.source(at, { what: 'input', name: at.api }, `${at.api} reads it`)]);
    case 'incoming': {
      const source = { what: 'network', name: 'https://*/*' } as const;
      return dataOf([notes.source(at, source, `${at.api} hands on what comes in`)]);
    }
    case 'listen':
      notes.trait(at, 'listen', at.api);
      return undefined;
    case 'output':
      return print(engine, call, argOf(call, effect.content) ?? unknown);
    case 'observe': {
      const trait = effect.what === 'keys' ? 'keylogging' : 'surveillance';
      if (recordings.has(effect.what)) notes.trait(at, trait, at.api);
      return dataOf([
        notes.source(at, { what: 'observed', name: effect.what }, `${at.api} tells it`),
      ]);
    }
    case 'native':
      return loadNative(engine, call, argOf(call, effect.what) ?? unknown);
    case 'trait': {
      if (effect.only !== undefined && argOf(call, effect.only) === undefined) return undefined;
      const detail = effect.detail === undefined ? undefined : argOf(call, effect.detail);
      notes.trait(
        at,
        effect.trait,
        detail === undefined ? at.api : (textsOf(detail)[0]?.whole ?? at.api),
      );
      return undefined;
    }
    case 'call':
      return callBack(engine, call, effect);
    case 'fill':
      fill(call, effect);
      return undefined;
    case 'view':
      return argOf(call, effect.of);
  }
}

function load(
  engine: Engine,
  call: ApiCall,
  { path, isRelative, isFolder }: EffectOf<'load'>,
): Value | undefined {
  const given = argOf(call, path) ?? unknown;
  if (!isFolder) return loadPath(engine, call.at, given, call.frame, isRelative);
  const folders = storedPaths(engine, given).map((one) => `${one.replace(/\/$/, '')}/`);
  startAt(engine, call.at, folders);
  return undefined;
}

function deserialize(
  engine: Engine,
  call: ApiCall,
  { data, byPath }: EffectOf<'deserialize'>,
): Value {
  const { at } = call;
  const given = argOf(call, data) ?? unknown;
  const nodes = allNodesOf([given]);
  engine.notes.trait(at, 'deserialize', at.api);
  if (byPath === undefined)
    engine.notes.sink(at, nodes, { what: 'exec', api: at.api, part: 'code' });
  if (byPath === 'runs') startAt(engine, at, storedPaths(engine, given));
  return { ...dataOf(nodes), isDecoded: true };
}

// An argument that a call may leave out has a name only.
function isLeftOut(call: ApiCall, path: ArgOf): boolean {
  return typeof path === 'string' && path !== 'self' && argOf(call, path) === undefined;
}

function loadNative(engine: Engine, call: ApiCall, what: Value): undefined {
  const { at } = call;
  engine.notes.trait(at, 'native', textsOf(what)[0]?.whole ?? '');
  engine.notes.sink(at, allNodesOf([what]), { what: 'exec', api: at.api, part: 'code' });
  startAt(engine, at, storedPaths(engine, what));
  return undefined;
}

function print(engine: Engine, call: ApiCall, content: Value): undefined {
  const { at } = call;
  const nodes = allNodesOf([content]);
  engine.notes.sink(at, nodes, { what: 'output', api: at.api, part: 'content' });
  for (const { whole } of shownTexts(concat(itemsOf(content) ?? [content])))
    for (const egress of imageEgressOf(whole)) {
      const capability = { kind: 'egress', ...egress } as const;
      engine.notes.sink(at, nodes, { what: 'network', capability, api: at.api, part: 'url' });
    }
  return undefined;
}

/** All variables at once. */
export function wholeEnvironment({ notes }: Engine, at: At): Value {
  notes.capability(at, { kind: 'env', name: '*' }, ['whole-env']);
  const source = { what: 'whole-env', name: '*' } as const;
  return dataOf([notes.source(at, source, 'reads the whole environment')]);
}

const homes: ReadonlySet<string> = new Set(['HOME', 'USERPROFILE']);

function readVariable(
  engine: Engine,
  call: ApiCall,
  name: Value,
  fallback: ArgOf | undefined,
): Value {
  const listed = itemsOf(name);
  if (listed !== undefined)
    return listValue(listed.map((one) => readVariable(engine, call, one, fallback)));
  const names = new Set(
    textsOf(name).map(({ whole }) => (whole.includes(unknownPart) ? '*' : whole)),
  );
  const other = fallback === undefined ? undefined : argOf(call, fallback);
  const values = [...names].map((one): Value => {
    const certainty = name.isFolded && one !== '*' ? 'folded' : call.at.certainty;
    if (!shellVariables.has(one) && engine.knowledge.variable?.(one) === undefined)
      engine.notes.capability({ ...call.at, certainty }, { kind: 'env', name: one });
    if (homes.has(one)) return textValue('~');
    const usual = engine.knowledge.variable?.(one);
    if (usual !== undefined) return textValue(usual);
    const source: FlowSource = {
      what: 'env',
      name: one,
      ...(other !== undefined && { hasDefault: true as const }),
    };
    return dataOf([engine.notes.source(call.at, source, `reads ${one}`)]);
  });
  return either([...values, ...(other === undefined ? [] : [other])]);
}

function setVariable(
  engine: Engine,
  call: ApiCall,
  { name, value }: EffectOf<'set-env'>,
): undefined {
  const given = argOf(call, value) ?? unknown;
  for (const { whole } of textsOf(argOf(call, name) ?? unknown)) {
    // `putenv` takes the name and the value in one text.
    const one = whole.replace(/=.*/s, '');
    if (steeringVariables.test(one))
      engine.notes.trait({ ...call.at, api: one }, 'env-write', whole);
    for (const node of allNodesOf([given]))
      engine.notes.exports.push({ by: call.at.program.source.path, name: one, node });
  }
  return undefined;
}

// Where a function is called that the library calls.
function siteOf({ at, frame }: ApiCall): CallSite {
  return { node: { ...at.place, kind: 'self' }, frame, isByText: false };
}

// A function that the library calls with what it has.
function callBack(
  engine: Engine,
  call: ApiCall,
  { callee, given = [], each, spread, pairs }: EffectOf<'call'>,
): Value | undefined {
  const target = argOf(call, callee);
  if (target === undefined) return undefined;
  const site = siteOf(call);
  const args = given.flatMap((one) => {
    const value = argOf(call, one) ?? unknown;
    const isList = spread || (typeof one === 'object' && one.rest !== undefined);
    return (isList ? itemsOf(value) : undefined) ?? [value];
  });
  const over = each === undefined ? undefined : argOf(call, each);
  if (over === undefined)
    return callValue(engine, site, target, { ...nothingGiven, args, spread: call.spread });
  const items = entriesOf(over);
  if (items === undefined || items.length > eachMax)
    return callValue(engine, site, target, { ...nothingGiven, args: [partOf(over), ...args] });
  const results = items.map((item) => {
    const first = spread ? item.flatMap((one) => itemsOf(one) ?? [one]) : item;
    const own = pairs ? [...first, ...first] : first;
    return callValue(engine, site, target, { ...nothingGiven, args: [...own, ...args] });
  });
  return listValue(results);
}

/** Items for each of which a function is called. */
const eachMax = 1_024;

function entriesOf(value: Value): readonly (readonly Value[])[] | undefined {
  const items = itemsOf(value);
  if (items !== undefined) return items.map((item) => [item]);
  const [object] = objectsOf(value);
  if (object?.kind !== 'record' || object.rest !== undefined || value.isOpen) return undefined;
  return [...object.fields].map(([key, item]) => [textValue(key), item]);
}

function fill(call: ApiCall, { into, with: from }: EffectOf<'fill'>): void {
  const target = argOf(call, into);
  const given = argOf(call, from) ?? unknown;
  for (const object of objectsOf(target ?? unknown)) {
    if (object.kind === 'list') append(object, given);
    else object.rest = object.rest === undefined ? given : either([object.rest, given]);
  }
}
