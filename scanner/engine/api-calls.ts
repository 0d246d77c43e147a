/**
 * Calls of the library's functions, and what it does with the functions and objects it is given.
 */

import { present } from '../fact/remembered.ts';
import { type Row, through } from '../knowledge/row.ts';
import { besideOf } from '../programs/beside.ts';
import { type CallSite, callValue, type Given, givenArgs, nothingGiven } from './calls.ts';
import { ownMethod } from './classes.ts';
import { serversOf } from './effects/clients.ts';
import {
  type ApiCall,
  allGiven,
  applyRow,
  rowFor,
  siteOf,
  sourcesOf,
  wholeEnvironment,
} from './effects/effects.ts';
import { startProgram } from './effects/programs.ts';
import { openOn, sendOver } from './effects/requests.ts';
import type { Engine, Invocation } from './interpret.ts';
import { invoke } from './invoke.ts';
import { holdUnknown } from './methods.ts';
import { isEnvironment } from './names.ts';
import { askProtocols } from './protocols.ts';
import {
  absorb,
  allNodesOf,
  contentsOf,
  dataOf,
  either,
  instancesIn,
  instanceValue,
  itemsOf,
  newObject,
  objectsOf,
  objectValue,
  orOther,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';

// Named arguments at their positions, up to the first that is missing, or the other way round.
function placed({ knowledge }: Engine, api: string, given: Given): Given {
  const byName = given.args.length > 1 ? knowledge.namedParameters?.get(api) : undefined;
  if (byName !== undefined) {
    const entries = given.args.slice(1).flatMap((value, at) => {
      const name = byName[at + 1];
      return name === undefined ? [] : [[name, value] as const];
    });
    return { ...given, args: given.args.slice(0, 1), named: new Map([...entries, ...given.named]) };
  }
  const names = given.named.size === 0 ? undefined : knowledge.parameters?.get(api);
  if (names === undefined) return given;
  const named = new Map(given.named);
  const args = [...given.args];
  for (const name of names.slice(args.length)) {
    const value = named.get(name);
    if (value === undefined) break;
    args.push(value);
    named.delete(name);
  }
  return { ...given, args, named };
}

function startsApart(engine: Engine, api: string): boolean {
  const effects = rowFor(engine, api)?.effects ?? [];
  return effects.some(({ does }) => does === 'program' || does === 'load');
}

// The environment that was found by a text is handed on as a whole, but to what takes an item of
// it.
function withEnvironment(
  engine: Engine,
  { node, frame }: CallSite,
  api: string,
  given: Given,
): Given {
  const isRead = (value: Value): boolean =>
    engine.knowledge.callsBack
      ? sourcesOf(engine, value, 'whole-env').length > 0
      : value.nodes.length > 0;
  const isWhole = (value: Value): boolean =>
    value.things.some((one) => isEnvironment(engine, one)) && !isRead(value);
  const isNamed =
    /(getitem|getter|format\w*|(get|del)attr|deleteProperty)$/.test(api) ||
    rowFor(engine, api)?.gives === 'member';
  if (engine.knowledge.callsBack && !startsApart(engine, api))
    for (const value of given.args)
      for (const object of objectsOf(value))
        for (const [name, one] of object.fields)
          if (isWhole(one)) {
            const [thing] = one.things;
            const at = engine.at(frame, node, thing?.is === 'instance' ? thing.of : api);
            const nodes = wholeEnvironment(engine, at).nodes;
            engine.heap.set(object, name, withNodes(one, nodes));
          }
  if (isNamed || ![...given.args, ...given.named.values()].some(isWhole)) return given;
  const whole = (value: Value): Value => {
    const thing = value.things.find((one) => isEnvironment(engine, one));
    if (!isWhole(value) || thing?.is !== 'instance') return value;
    const at = engine.at(frame, node, thing.of);
    // What its entries are, nobody knows.
    const entries = engine.knowledge.callsBack === true;
    return {
      ...withNodes(value, wholeEnvironment(engine, at).nodes),
      isOpen: value.isOpen || entries,
    };
  };
  const named = new Map([...given.named].map(([name, value]) => [name, whole(value)]));
  return { ...given, args: given.args.map(whole), named };
}

/** Calls a function of the library. */
export function callApi(
  engine: Engine,
  site: CallSite,
  api: string,
  written: Given,
  self: Value | undefined,
): Value {
  const { node, frame } = site;
  const template = node.kind === 'call' ? node.template : undefined;
  const whole = template && givenArgs(engine.evaluate(template, frame));
  const given = withEnvironment(engine, site, api, placed(engine, api, whole ?? written));
  const row = rowFor(engine, api);
  const program = row === undefined ? engine.knowledge.programIn?.(api) : undefined;
  if (program !== undefined) {
    const at = engine.at(frame, node, engine.knowledge.shown?.(api) ?? api);
    const args = [textValue(program), ...given.args];
    const effect = { does: 'program', words: { rest: 0 }, shell: false } as const;
    return startProgram(engine, { ...given, args, at, frame }, effect);
  }
  if (row === undefined && engine.knowledge.isOpen)
    return ownObject(engine, site, api, given, self);
  if (row === undefined) {
    holdUnknown(engine, site, api.replace(/[#.][^#.]*$/, ''), api);
    return passThrough(engine, site, present(self), given);
  }
  const shown = engine.knowledge.shown?.(api) ?? api;
  const at = engine.at(frame, node, shown, site.isByText ? 'folded' : 'exact');
  noteHidden(engine, site, shown, row);
  askProtocols(engine, site, given);
  if (takesApart.test(api)) noteHandedOn(engine, site, api, given);
  const call: ApiCall = {
    ...(engine.knowledge.isOpen ? askHooks(engine, { ...given, at, frame }, row) : given),
    at,
    frame,
    ...(self !== undefined && { self }),
  };
  const isParse =
    typeof row.gives === 'object' && 'compute' in row.gives && row.gives.compute === 'json-parse';
  const hooked = engine.knowledge.isOpen && isParse ? allNodesOf([...call.named.values()]) : [];
  const made = withNodes(applyRow(engine, call, row), hooked);
  if (engine.knowledge.callsBack && !asksItself(row)) callBackWith(engine, site, given, made);
  noteChannels(engine, call, shown, made);
  return made;
}

// Functions that give all that is in an object, so that nobody sees which of it is used.
const takesApart = /^Object\.(values|entries)$/;

/** `send.call(null, address)`, where functions of all kinds have the methods of functions. */
export function ofFunction(
  engine: Engine,
  site: CallSite,
  name: string,
  given: Given,
  self: Value,
): Value | undefined {
  const api = `Function#${name}`;
  return engine.knowledge.isOpen && rowFor(engine, api) !== undefined
    ? callApi(engine, site, api, given, self)
    : undefined;
}

// Rows that say themselves what becomes of the functions that they are given.
function asksItself({ effects, gives }: Row): boolean {
  const isOwn = effects.some(({ does }) => /^(call|receive|listen|code|fill|change)$/.test(does));
  return isOwn || gives === 'through' || (typeof gives === 'string' && gives !== 'content');
}

// `fs.readFile(path, (error, data) => …)`, `https.get(address, (answer) => …)`
function callBackWith(engine: Engine, site: CallSite, given: Given, made: Value): void {
  const held = orOther(made);
  for (const value of given.args)
    for (const thing of value.things) {
      if (thing.is !== 'function' && thing.is !== 'bound') continue;
      const isPair = thing.is === 'function' && thing.func.params.length > 1;
      const args = isPair ? [unknown, held, held] : [held];
      const run = (): Value => callValue(engine, site, thingValue(thing), givenArgs(...args));
      engine.perhaps(site.frame, run);
      // What the call gives has its name by then: `const s = connect(…, () => s.write(…))`
      engine.callLater(site.frame, run);
    }
}

function noteHidden(
  engine: Engine,
  { node, frame, isByText }: CallSite,
  shown: string,
  row: Row,
): void {
  if (!isByText || shown.includes('*')) return;
  const { text } = frame.program.source;
  engine.context.steps.take(1 + (text.length >> 6));
  // `header.trim()` does nothing outside, whatever it is called on, and hides nothing. What
  // `original.call()` calls has a name of its own.
  const doesNothing = row === through || row.effects.every(({ does }) => does === 'call');
  if (doesNothing && isPlainIn(text, shown.slice(shown.lastIndexOf('.') + 1))) return;
  if (engine.knowledge.modules && !isHiddenName(engine, frame, shown, row)) return;
  const callee = node.kind === 'call' ? text.slice(node.callee.start, node.callee.end) : '';
  const at = engine.at(frame, node, shown, 'folded');
  engine.notes.trait(at, 'folded-name', callee === '' ? shown : `${callee} is ${shown}`);
}

// What a function that no table knows gives: an object that has the data of all that it is given.
export function ownObject(
  engine: Engine,
  site: CallSite,
  api: string,
  given: Given,
  self: Value | undefined,
): Value {
  const shown = engine.knowledge.shown?.(api) ?? api;
  const at = engine.at(site.frame, site.node, shown);
  noteHidden(engine, site, shown, through);
  const data = passThrough(engine, site, present(self), given);
  noteHandedOn(engine, site, api, given);
  askProtocols(engine, site, given);
  noteBeside(engine, site, api, given);
  const object = newObject('object');
  const put = allNodesOf(allGiven(given));
  const made = instancesIn([...present(self), ...given.args, ...given.named.values()]);
  const hooked = given.args.some(({ things }) => things.some(({ is }) => is === 'function'));
  for (const one of instancesIn(present(self))) absorb(one, hooked ? [...put, ...data.nodes] : put);
  object.holds = made;
  const servers = serversOf(engine, api, given);
  const open = [...openOn(self), ...servers];
  const method = api.replace('[]', '()').replace('#', '().');
  const isOfClient = open.length > 0 && engine.knowledge.isClient?.(method) === true;
  if (isOfClient && !engine.knowledge.sendsNothing?.test(method) && self !== undefined) {
    sendOver(engine, { ...given, at, frame: site.frame, self }, either(allGiven(given)), 'body');
  }
  if (self === undefined && servers.length > 0) {
    const opened = newObject('object');
    opened.openOn = servers;
    sendOver(
      engine,
      {
        ...given,
        at,
        frame: site.frame,
        self: instanceValue(api, opened),
      },
      either(allGiven(given)),
      'body',
    );
  }
  object.openOn = [
    ...(isOfClient || self === undefined ? open : []),
    ...instancesIn([...given.args, ...given.named.values()]).flatMap(({ openOn }) => openOn),
  ];
  if (data.nodes.length > 0) object.rest = dataOf(data.nodes);
  const isOpener =
    /[#.](decrypt|decrypt_\w+|decompress|b64decode|unseal|deobfuscate)$/.test(api) &&
    given.args.length > 0;
  if (isOpener) {
    const source = { what: 'decoded', name: shown } as const;
    const node = engine.notes.source(at, source, `${shown} decodes it`);
    return { ...dataOf([...data.nodes, node]), isDecoded: true };
  }
  const value = instanceValue(api.replace('#', '().'), object);
  noteChannels(engine, { ...given, at, frame: site.frame }, shown, value);
  if (!engine.knowledge.callsBack) return value;
  // A function that it was given, or one that calls it: `memoize(f)`.
  const functions = given.args.flatMap(({ things }) =>
    things.filter(({ is }) => /^(function|bound|api)$/.test(is)),
  );
  return functions.length === 0 ? value : { ...value, things: [...value.things, ...functions] };
}

// Logging with a handler that sends, reports of errors, traces of requests.
function noteChannels(engine: Engine, call: ApiCall, api: string, made: Value): void {
  for (const { name, tells, opens, adds, handlers } of engine.knowledge.channels ?? []) {
    const [first] = engine.programs.values();
    if (first === undefined) return;
    const place = { ...call.at, program: first, place: { start: 0, end: 0 } };
    const node = (): string => engine.notes.sharedNode(place, `told ${name}`, `told to ${name}`);
    const given = [...call.args, ...call.named.values()];
    if (tells.test(api))
      for (const from of allNodesOf([...given, ...call.spread])) engine.notes.edge(from, node());
    if (handlers?.test(api) === true) tellHandlers(engine, call, api, dataOf([node()]));
    if (!opens.test(api)) continue;
    const added = [...call.named]
      .filter(([key]) => adds.test(key))
      .map(([, value]) => withNodes(value, hookNodes(engine, call, value)));
    for (const from of allNodesOf(added)) engine.notes.edge(from, node());
    for (const { openOn } of objectsOf(made))
      for (const { capability } of openOn)
        engine.notes.sink(call.at, [node()], { what: 'network', capability, api, part: 'body' });
  }
}

// Handlers are functions or objects that get each message; a configuration names their classes.
function tellHandlers(engine: Engine, call: ApiCall, api: string, message: Value): void {
  const given = [...call.args, ...call.named.values()];
  for (const value of given.flatMap((one) => [one, ...(itemsOf(one) ?? [])]))
    for (const thing of value.things) {
      const method = thing.is === 'function' ? thingValue(thing) : ownMethod(thing, 'emit');
      if (method !== undefined) callValue(engine, siteOf(call), method, givenArgs(message));
    }
  if (api === 'logging.config.dictConfig')
    for (const handlers of given.flatMap((one) =>
      objectsOf(one).flatMap(({ fields }) => fields.get('handlers') ?? []),
    ))
      for (const one of objectsOf(handlers).flatMap(({ fields }) => [...fields.values()]))
        for (const { fields } of objectsOf(one))
          for (const { whole } of textsOf(fields.get('class') ?? unknown))
            callApi(engine, siteOf(call), whole, { ...nothingGiven, named: fields }, undefined);
}

// A name that is looked up by a text is hidden when the text was put together: not where all parts
// of the name stand in the program, and not the name of a reader of tables, chosen by a format.
function isHiddenName(
  engine: Engine,
  { program }: Invocation,
  shown: string,
  { effects }: Row,
): boolean {
  const parts = shown.replaceAll('()', '').split('.');
  const isPowerful = engine.knowledge.powerful?.test(parts[0] ?? '') === true;
  const [effect, ...more] = effects;
  const readsPath = effect?.does === 'read' && effect.path !== 'self';
  if (readsPath && more.length === 0 && !isPowerful) return false;
  const { text } = program.source;
  engine.context.steps.take(1 + (text.length >> 6));
  if (effects.length === 0 && !isPowerful) return false;
  const whole = new RegExp(`(["'])${parts.slice(0, -1).map(plainOf).join('\\.')}\\1`);
  const isChosen =
    !isPowerful &&
    parts.length > 1 &&
    parts[0] !== 'builtins' &&
    isPlainIn(text, parts.at(-1) ?? '') &&
    [...engine.programs.values()].some(({ source }) => {
      engine.context.steps.take(1 + (source.text.length >> 6));
      return whole.test(source.text);
    });
  return !isChosen && !parts.every((part) => isPlainIn(text, part));
}

// Whether a name stands in a program as it is.
function isPlainIn(text: string, part: string): boolean {
  const name = plainOf(part);
  return new RegExp(`(["'.]|import )${name}\\b|\\b${name}\\(`).test(text);
}

function plainOf(part: string): string {
  return part.replace(/\W/g, '').slice(0, 80);
}

// A library calls the functions that it is given: what these give and set goes with the call.
function askHooks(engine: Engine, call: ApiCall, { effects, gives }: Row): Given {
  const isParser =
    typeof gives === 'object' &&
    ('instance' in gives || ('compute' in gives && gives.compute === 'json-parse'));
  if (effects.length === 0 && !isParser) return call;
  const calls = effects.some(
    ({ does }) => does === 'call' || does === 'receive' || does === 'listen',
  );
  if (calls) return call;
  const hooked = (value: Value): Value => withNodes(value, hookNodes(engine, call, value));
  const named = new Map([...call.named].map(([name, value]) => [name, hooked(value)]));
  const isRecord = (value: Value): boolean =>
    engine.knowledge.callsBack === true && objectsOf(value).some(({ kind }) => kind === 'record');
  return { ...call, named, args: call.args.map((one) => (isRecord(one) ? hooked(one) : one)) };
}

function hookNodes(engine: Engine, call: ApiCall, value: Value, depth = 0): readonly string[] {
  const inner =
    depth > 2 ? [] : objectsOf(value).flatMap(({ fields }) => [...fields.values()].slice(0, 16));
  const own = value.things.flatMap((thing) => {
    if (thing.is !== 'function') return [];
    const object = newObject('object');
    const arg = instanceValue('object', object);
    const site = { node: { kind: 'self', ...call.at.place } as const, frame: call.frame };
    const made = invoke(engine, thing, givenArgs(arg, arg, arg), site, thing.self);
    return allNodesOf([made, arg]);
  });
  return [...own, ...inner.flatMap((one) => hookNodes(engine, call, one, depth + 1))];
}

// A library in no table is given an address: nobody knows whether it sends there what else it is
// given.
function noteBeside(engine: Engine, { node, frame }: CallSite, api: string, given: Given): void {
  const shown = engine.knowledge.shown?.(api) ?? api;
  if (engine.knowledge.isOwnLibrary?.(shown) !== false) return;
  const all = [...given.args, ...given.named.values()];
  const texts = [
    ...[
      ...given.args,
      ...all.flatMap((one) => [
        ...(itemsOf(one) ?? []),
        ...objectsOf(one).flatMap(({ fields }) => [...fields.values()]),
      ]),
    ].flatMap((one) => textsOf(one).map(({ whole }) => whole)),
    ...[...given.named].flatMap(([name, value]) =>
      textsOf(value).map(({ whole }) => `${name}=${whole}`),
    ),
  ];
  engine.left -= texts.length >> 1;
  const { beside } = besideOf(texts);
  if (beside === undefined) return;
  const at = engine.at(frame, node, shown);
  engine.notes.sink(at, allNodesOf([...all, ...given.spread]), {
    what: 'exec',
    api: shown,
    part: 'argument',
    beside,
  });
}

/** How Python shows a function of its own. */
export function shownApi(name: string): Value | undefined {
  if (/^(copyright|credits|license)$/.test(name))
    return {
      ...textValue(name === 'copyright' ? 'Copyright (c) 2001' : `Type ${name}() to see`),
      isFolded: true,
    };
  return /^[a-z_]+$/.test(name)
    ? { ...textValue(`<built-in function ${name}>`), isFolded: true }
    : undefined;
}

/** Tells that something nobody knows is given a function or module that starts or runs things. */
export function noteHandedOn(
  engine: Engine,
  { node, frame }: CallSite,
  to: string,
  given: Given,
): void {
  const { knowledge, notes } = engine;
  const all = [...given.args, ...given.named.values()];
  const inside = knowledge.callsBack ? all.flatMap(objectsOf).flatMap(contentsOf) : [];
  for (const value of [...all, ...inside])
    for (const thing of value.things) {
      if (thing.is !== 'api') continue;
      const isPowerful =
        knowledge.powerful?.test(thing.name) === true && knowledge.looking?.test(to) !== true;
      const effect = rowFor(engine, thing.name)?.effects.find(
        ({ does }) => does === 'program' || does === 'code' || does === 'load',
      );
      if (effect === undefined && !isPowerful) continue;
      const shown = knowledge.shown?.(thing.name) ?? thing.name;
      const at = engine.at(frame, node, shown);
      const detail = `${shown} is handed on`;
      if (effect?.does === 'code') notes.trait(at, 'code-from-string', detail);
      if (isPowerful || effect?.does !== 'code' || knowledge.callsBack)
        notes.trait(at, 'escape', detail);
      if (effect?.does === 'program')
        notes.capability(at, { kind: 'exec', program: '*' }, ['dynamic-name']);
    }
}

/** What a function that nobody knows gives: data of all that it is given, which it may hand on. */
export function passThrough(
  engine: Engine,
  site: CallSite,
  of: readonly Value[],
  given: Given,
): Value {
  const all = [...of, ...given.args, ...given.named.values(), ...given.spread];
  const nodes = allNodesOf(all);
  const data = dataOf(nodes);
  const made: Value[] = [];
  for (const value of all)
    for (const thing of value.things) {
      if (of.includes(value)) continue;
      if (thing.is === 'function') {
        const handed = newObject('object');
        if (nodes.length > 0) handed.rest = data;
        const arg = engine.knowledge.isOpen
          ? {
              ...instanceValue('object', handed),
              nodes,
              isOpen: true,
            }
          : data;
        const any: Given = {
          ...nothingGiven,
          args: [arg, arg, arg],
          ...(engine.knowledge.isOpen && { isAnything: true as const }),
        };
        const run = (): Value => invoke(engine, thing, any, site, thing.self);
        made.push(engine.perhaps(site.frame, run) ?? unknown);
        if (engine.knowledge.isOpen && handed.rest !== undefined) made.push(handed.rest);
      }
      if (thing.is === 'bound' && engine.knowledge.isOpen) {
        if (engine.handed.has(thing)) continue;
        engine.handed.add(thing);
        made.push(
          callValue(engine, site, thingValue(thing), { ...nothingGiven, isAnything: true }),
        );
      }
      if (thing.is === 'class' && engine.knowledge.isOpen) {
        const object = newObject('object', thing.class);
        askProtocols(engine, site, {
          ...nothingGiven,
          args: [objectValue(object)],
        });
        if (object.rest !== undefined) made.push(object.rest);
      }
    }
  const result = engine.knowledge.isOpen ? withNodes(data, allNodesOf(made)) : data;
  return { ...result, isDecoded: all.some(({ isDecoded }) => isDecoded) };
}
