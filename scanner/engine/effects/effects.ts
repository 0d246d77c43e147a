/** Applies the rows of the tables to calls: what a function of the library does and gives. */

import type { FlowSource } from '../../fact/fact.ts';
import { present } from '../../fact/remembered.ts';
import type { ArgCondition, ArgOf, EffectOf, Row, RowEffect } from '../../knowledge/row.ts';
import { own } from '../../lookup-tables/api.ts';
import { imageEgressOf, unknownPart } from '../../lookup-tables/egress-of.ts';
import { type ObservedThing, recordings } from '../../lookup-tables/observations.ts';
import { shellVariables, steeringVariables } from '../../lookup-tables/shell.ts';
import { setMember } from '../assigned.ts';
import { type CallSite, callValue, type Given, nothingGiven } from '../calls.ts';
import { boundTo } from '../classes.ts';
import type { Engine, Invocation } from '../interpret.ts';
import { withReceiver } from '../methods.ts';
import type { At } from '../notes.ts';
import {
  absorb,
  allNodesOf,
  concat,
  dataOf,
  either,
  type HeapObject,
  itemsOf,
  knownText,
  listValue,
  newObject,
  type OwnClass,
  objectsOf,
  objectValue,
  orOther,
  partOf,
  recordValue,
  shownTexts,
  type Thing,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { callBack } from './callbacks.ts';
import { change, fill } from './changes.ts';
import { handOn, handTo, heardOn, tell } from './channels.ts';
import { applyFile, loadPath, searchFolder, startAt, storedPaths, temporaryFile } from './files.ts';
import { runCode, startProgram } from './programs.ts';
import { applyConnect, applyRequest, openOn, send, sendOver, setOption } from './requests.ts';
import { givenBy } from './results.ts';

/** A call of a function of the library. */
export interface ApiCall extends Given {
  readonly at: At;
  readonly frame: Invocation;
  /** The object of a method. */
  readonly self?: Value;
}

/** The row of a function of the library; undefined for names that the tables do not have. */
export function rowFor({ knowledge, rows }: Engine, api: string): Row | undefined {
  const known = rows.get(api);
  if (known !== undefined || rows.has(api)) return known;
  const name = knowledge.ignoresCase ? api.toLowerCase() : api;
  const row = own(knowledge.rows, name) ?? knowledge.familyRow?.(api);
  rows.set(api, row);
  return row;
}

/** What a call is given for an argument of a row. */
export function argOf(call: ApiCall, of: ArgOf): Value | undefined {
  if (of === 'self') return call.self;
  if (of === 'block') return call.named.get('&');
  if (typeof of === 'number') return call.args[of] ?? spreadIn(call);
  if (typeof of === 'string') return namedIn(call, of);
  if (of.rest !== undefined) return listOf(call, of.rest);
  const byName = of.name === undefined ? undefined : namedIn(call, of.name);
  const given =
    byName ?? (of.at === undefined ? undefined : (call.args.at(of.at) ?? spreadIn(call)));
  const other = of.or === undefined ? undefined : argOf(call, of.or);
  return given ?? other ?? (of.text === undefined ? undefined : textValue(of.text));
}

// A list that is given item by item, and whose items are not known.
function spreadIn({ spread }: ApiCall): Value | undefined {
  return spread.length === 0 ? undefined : either(spread.map(partOf));
}

// A keyword, or a key of the record that stands last; a function that is called back may follow.
function namedIn({ named, args }: ApiCall, name: string): Value | undefined {
  const given = named.get(name);
  if (given !== undefined) return given;
  const last = args.findLast(({ things }) => things.every(({ is }) => is !== 'function'));
  for (const object of objectsOf(last ?? unknown)) {
    const field = object.kind === 'record' ? object.fields.get(name) : undefined;
    if (field !== undefined) return field;
  }
  return undefined;
}

function listOf({ args, spread }: ApiCall, from: number): Value {
  return withNodes(listValue(args.slice(from), spread.map(partOf)), allNodesOf(spread));
}

/** All that a call is given, with its object. */
export function allGiven({
  args,
  named,
  spread,
  self,
}: Pick<ApiCall, 'args' | 'named' | 'spread' | 'self'>): readonly Value[] {
  return [...present(self), ...args, ...named.values(), ...spread];
}

/** Notes what a call does, and gives what it gives. */
export function applyRow(engine: Engine, call: ApiCall, row: Row): Value {
  const made = row.effects.map((effect) =>
    isMeant(call, effect) ? applyEffect(engine, call, effect) : undefined,
  );
  if (engine.knowledge.isOpen && call.self !== undefined)
    for (const thing of call.self.things)
      if (
        thing.is === 'instance' &&
        thing.object.openOn.length === 0 &&
        row.effects.some(({ does }) => does === 'request' || does === 'connect')
      )
        thing.object.openOn = openIn(made);
  const given = givenBy(engine, call, row, made);
  const isPlain = row.effects.length > 0 && row.gives === undefined;
  const values = made.filter((value) => value !== undefined);
  if (isPlain) return values.length === 0 ? unknown : either(values);
  // What an effect fetches or reads is in what the call gives.
  const nodes = allNodesOf(values);
  return nodes.length === 0 || row.gives === 'nothing' ? given : withNodes(given, nodes);
}

// What a client was connected to by a call.
function openIn(made: readonly (Value | undefined)[]): HeapObject['openOn'] {
  return made.flatMap(openOn).filter(({ capability }) => capability.kind === 'egress');
}

function isMeant(call: ApiCall, { when, unless }: RowEffect): boolean {
  const holds = ({ of, form }: ArgCondition): boolean => {
    const value = argOf(call, of);
    if (value === undefined) return false;
    const names = value.things.flatMap((one) => (one.is === 'api' ? [one.name] : []));
    return [...names, ...textsOf(value).map(({ whole }) => whole)].some((one) => form.test(one));
  };
  return (when === undefined || holds(when)) && (unless === undefined || !holds(unless));
}

function raise(engine: Engine, call: ApiCall, of: ArgOf): void {
  const thrown = argOf(call, of) ?? unknown;
  call.frame.thrown.push(thrown);
  engine.raised = thrown;
}

// A server calls methods of an object of the class, whose fields are what came in.
function receiveIn(engine: Engine, call: ApiCall, of: OwnClass, data: Value): void {
  const object = newObject('object', of);
  object.rest = data;
  const self = objectValue(object);
  const given = { args: [data, data], named: new Map(), spread: [data] };
  for (const [name, method] of of.methods.fields)
    if (!name.startsWith('__')) callValue(engine, siteOf(call), boundTo(method, self), given);
}

function variablesHere({ env }: Invocation): Value {
  const named = [...env.all].filter(([name]) => !name.startsWith('%'));
  return orOther(recordValue(named));
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
    case 'send':
      return send(engine, call, effect);
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
      if (isLeftOut(call, effect.path)) return undefined;
      return applyFile(engine, call, effect);
    case 'temporary':
      return temporaryFile(engine, call, effect);
    case 'search':
      return searchFolder(engine, call, effect);
    case 'program':
      return startProgram(engine, call, effect);
    case 'code':
      return runCode(engine, call, argOf(call, effect.code) ?? unknown, effect.language);
    case 'load':
      if (isLeftOut(call, effect.path)) return undefined;
      return load(engine, call, effect);
    case 'raise':
      raise(engine, call, effect.value);
      return undefined;
    case 'deserialize':
      return deserialize(engine, call, effect);
    case 'env':
      return readVariable(engine, call, argOf(call, effect.name) ?? unknown, effect.fallback);
    case 'set-env':
      return setVariable(engine, call, effect);
    case 'whole-env':
      return wholeEnvironment(engine, at);
    case 'variables':
      if (engine.knowledge.isOpen) return variablesHere(call.frame);
      return variablesFor(engine, call.frame);
    case 'input':
      return dataOf([notes.source(at, { what: 'input', name: at.api }, `${at.api} reads it`)]);
    case 'incoming':
      return incoming(engine, call);
    case 'receive':
      return receive(engine, call, effect);
    case 'listen':
      notes.trait(at, 'listen', at.api);
      return engine.knowledge.isOpen ? applyEffect(engine, call, { does: 'receive' }) : undefined;
    case 'output':
      return print(engine, call, argOf(call, effect.content) ?? unknown);
    case 'observe':
      return observe(engine, call, effect);
    case 'native':
      return loadNative(engine, call, argOf(call, effect.what) ?? unknown);
    case 'trait':
      return noteTrait(engine, call, effect);
    default:
      return applyToObjects(engine, call, effect);
  }
}

// What is done with functions and objects, and nothing outside of the program.
function applyToObjects(engine: Engine, call: ApiCall, effect: RowEffect): Value | undefined {
  switch (effect.does) {
    case 'call':
      return callBack(engine, call, effect);
    case 'fill':
      fill(engine, call, effect);
      if (effect.into === 'self') handOn(engine, siteOf(call), call.self, call.args[0]);
      return undefined;
    case 'put':
      return put(engine, call, effect);
    case 'set-member':
      defineMembers(engine, call, effect);
      return undefined;
    case 'change':
      return change(engine, call, effect);
    case 'view':
      return argOf(call, effect.of);
    case 'tell':
      return tell(engine, call, effect);
    case 'hear':
      return heardOn(engine, call.at, effect.channel);
    default:
      return undefined;
  }
}

function defineMembers(engine: Engine, call: ApiCall, effect: EffectOf<'set-member'>): void {
  const { each, ...one } = effect;
  const of = argOf(call, effect.of) ?? unknown;
  if (each !== undefined) {
    for (const { fields } of objectsOf(argOf(call, each) ?? unknown))
      for (const [name, given] of fields)
        defineMembers(engine, { ...call, args: [of, textValue(name), given] }, one);
    return;
  }
  const name = knownText(argOf(call, effect.name));
  const { node } = siteOf(call);
  const setter = effect.setter === undefined ? undefined : argOf(call, effect.setter);
  setMember(engine, node, of, name, valueGiven(engine, call, effect), call.frame);
  if (setter !== undefined && name !== undefined)
    setMember(engine, node, of, `${name}=`, setter, call.frame);
}

function valueGiven(
  engine: Engine,
  call: ApiCall,
  { of, value, getter }: EffectOf<'set-member'>,
): Value {
  const given = argOf(call, value);
  const get = given === undefined && getter !== undefined ? argOf(call, getter) : undefined;
  const self = argOf(call, of) ?? unknown;
  if (get === undefined) return given ?? unknown;
  // It is called whenever the field is read.
  const later = { is: 'finder', how: 'get', names: [get], given: nothingGiven } as const;
  const now = callValue(engine, siteOf(call), withReceiver(get, self), nothingGiven);
  return either([now, thingValue(later)]);
}

function observe(engine: Engine, call: ApiCall, effect: EffectOf<'observe'>): Value {
  const { notes } = engine;
  const { at } = call;
  const trait = effect.what === 'keys' ? 'keylogging' : 'surveillance';
  if (recordings.has(effect.what)) notes.trait(at, trait, at.api);
  return observed(engine, call, effect.what);
}

/** What the program, or the machine, tells of itself. */
export function observed({ notes }: Engine, { at }: ApiCall, what: ObservedThing): Value {
  return dataOf([notes.source(at, { what: 'observed', name: what }, `${at.api} tells it`)]);
}

function incoming({ notes }: Engine, { at }: ApiCall): Value {
  const source = { what: 'network', name: 'https://*/*' } as const;
  return dataOf([notes.source(at, source, `${at.api} hands on what comes in`)]);
}

// What comes in gets to the functions and objects that a server is given.
function receive(engine: Engine, call: ApiCall, { of }: EffectOf<'receive'>): undefined {
  const data =
    of === undefined ? incoming(engine, call) : dataOf(allNodesOf([argOf(call, of) ?? unknown]));
  const all = { args: [data, data, data], named: new Map(), spread: [data] };
  for (const value of [...call.args, ...call.named.values()]) {
    for (const thing of [...value.things, ...handlersIn(engine, value)]) {
      if (thing.is === 'function' || thing.is === 'bound')
        callValue(engine, siteOf(call), thingValue(thing), all);
      if (thing.is === 'class') receiveIn(engine, call, thing.class, data);
      if (thing.is === 'bound')
        for (const one of thing.callee.things)
          if (one.is === 'class') receiveIn(engine, call, one.class, data);
    }
  }
  return undefined;
}

// `serve({ fetch(request) { … } })`
function handlersIn({ knowledge }: Engine, value: Value): readonly Thing[] {
  const fieldsIn = (one: Value): readonly Value[] =>
    objectsOf(one).flatMap(({ kind, fields }) => (kind === 'record' ? [...fields.values()] : []));
  const fields = knowledge.callsBack ? fieldsIn(value) : [];
  const inner = fields.flatMap(fieldsIn);
  return [...fields, ...inner].flatMap(({ things }) =>
    things.filter(({ is }) => is === 'function'),
  );
}

function noteTrait(engine: Engine, call: ApiCall, effect: EffectOf<'trait'>): undefined {
  const { at } = call;
  if (effect.only !== undefined && argOf(call, effect.only) === undefined) return undefined;
  const detail = effect.detail === undefined ? undefined : argOf(call, effect.detail);
  engine.notes.trait(
    at,
    effect.trait,
    detail === undefined ? at.api : (textsOf(detail)[0]?.whole ?? at.api),
  );
  return undefined;
}

// Puts a value into a file, a program, an object or bytes.
function put(engine: Engine, call: ApiCall, effect: EffectOf<'put'>): undefined {
  const into = argOf(call, effect.into);
  const content = argOf(call, effect.content) ?? unknown;
  if (into === undefined) return undefined;
  for (const object of objectsOf(into)) absorb(object, allNodesOf([content]));
  for (const text of into.texts) text.overwrite(allNodesOf([content]));
  sendOver(engine, { ...call, self: into }, content, 'body');
  handTo(engine, siteOf(call), into, content);
  return undefined;
}

function load(
  engine: Engine,
  call: ApiCall,
  { path, isRelative, isFolder, isApart }: EffectOf<'load'>,
): Value | undefined {
  const given = argOf(call, path) ?? unknown;
  if (isApart) {
    const isKnown = textsOf(given).every((text) => text.isKnown);
    engine.notes.capability(call.at, { kind: 'exec', program: isKnown ? 'node' : '*' });
  }
  if (
    engine.knowledge.isOpen &&
    given.things.some(({ is }) => is === 'object' || is === 'instance')
  )
    engine.notes.sink(call.at, allNodesOf([given]), {
      what: 'exec',
      api: call.at.api,
      part: 'code',
    });
  if (!isFolder) return loadPath(engine, call.at, given, call.frame, isRelative);
  const folders = storedPaths(engine, given).map((one) => `${one.replace(/\/$/, '')}/`);
  startAt(engine, call.at, [
    ...folders,
    ...(engine.knowledge.isOpen ? storedPaths(engine, given) : []),
  ]);
  return undefined;
}

function deserialize(
  engine: Engine,
  call: ApiCall,
  { data, byPath }: EffectOf<'deserialize'>,
): Value {
  const { at } = call;
  const given = argOf(call, data) ?? unknown;
  const isFile = engine.knowledge.isOpen && byPath !== undefined && given.texts.length > 0;
  const content = isFile ? applyFile(engine, call, { does: 'read', path: data }) : undefined;
  const nodes = allNodesOf([content ?? given]);
  engine.notes.trait(at, 'deserialize', at.api);
  if (byPath === undefined || engine.knowledge.isOpen)
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

export function readVariable(
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
    const whole = one === '*' ? sourcesOf(engine, name, 'whole-env') : [];
    if (whole.length > 0) return dataOf(whole);
    const source: FlowSource = {
      what: 'env',
      name: one,
      ...(other !== undefined && { hasDefault: true as const }),
    };
    return dataOf([engine.notes.source(call.at, source, `reads ${one}`)]);
  });
  return either([...values, ...present(other)]);
}

/** The nodes from which the data of a value comes that are sources of a kind. */
export function sourcesOf(
  { notes }: Engine,
  value: Value,
  what: FlowSource['what'],
): readonly string[] {
  const origins = value.nodes.length === 0 ? [] : notes.originsOf(allNodesOf([value]));
  return origins.filter((node) => notes.sourceAt(node)?.what === what);
}

function setVariable(
  engine: Engine,
  call: ApiCall,
  { name, value }: EffectOf<'set-env'>,
): undefined {
  // A copy of the environment is a list of variables for another program.
  if (objectsOf(call.self ?? unknown).some(({ rest }) => rest !== undefined)) return undefined;
  const given = argOf(call, value) ?? unknown;
  for (const { whole } of textsOf(argOf(call, name) ?? unknown)) {
    // `putenv` takes the name and the value in one text.
    const one = whole.replace(/=.*/s, '');
    const is = engine.knowledge.isOpen ? (textsOf(given)[0]?.whole ?? '') : whole;
    if (steeringVariables.test(one)) engine.notes.trait({ ...call.at, api: one }, 'env-write', is);
    for (const node of allNodesOf([given]))
      engine.notes.exports.push({ by: call.at.program.source.path, name: one, node });
  }
  return undefined;
}

// Where a function is called that the library calls.
export function siteOf({ at, frame }: ApiCall): CallSite {
  return { node: { ...at.place, kind: 'self' }, frame };
}
