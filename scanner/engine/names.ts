/** Names and members: what the program, the skill or the library gives for them. */

import { keep, present } from '../fact/remembered.ts';
import type { Node, NodeOf } from '../ir/ir.ts';
import { own } from '../lookup-tables/api.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { boundCall, callValue, finderOf, givenArgs, nothingGiven } from './calls.ts';
import { boundTo, methodOf, staticMethodOf, staticOf } from './classes.ts';
import { applyRow, rowFor } from './effects/effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { mayBeOther } from './items.ts';
import { withReceiver } from './methods.ts';
import { valueOfName } from './named-values.ts';
import type { At } from './notes.ts';
import { called } from './operators.ts';
import { Fields } from './store.ts';
import type { Text } from './text.ts';
import {
  allNodesOf,
  apiValue,
  classValue,
  either,
  fieldOf,
  type HeapObject,
  isWritten,
  type OwnClass,
  type OwnFunction,
  type OwnProgram,
  orOther,
  type Thing,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';

/**
 * Functions of an object, class or module of which one is looked up by a name that is not known.
 */
const membersMax = 8;

/** What a name stands for in the skill or in the library; undefined for a name of neither. */
export function namedValue(
  engine: Engine,
  node: NodeOf<'global' | 'var'>,
  frame: Invocation,
): Value | undefined {
  const { knowledge } = engine;
  const plain = knowledge.ignoresCase && node.kind === 'global' ? fold(node.name) : node.name;
  const name = node.kind === 'global' ? engine.canonical(plain) : plain;
  const held = engine.globals.fields.get(node.name);
  if (held !== undefined) return held;
  const given = own(knowledge.names, name);
  if (given !== undefined) return valueOfName(engine, given, engine.at(frame, node, name));
  if (node.kind === 'var') return undefined;
  const found = classOf(engine, name);
  if (found !== undefined) return classValue(found);
  const functions = functionsOf(engine, name, frame);
  if (functions.length > 0) return { ...unknown, isOpen: false, things: functions };
  const last = lastOf(node.name);
  return engine.globals.fields.get(last) ?? apiValue(name);
}

/** What the library has by a name that the tables know. */
export function libraryValue(engine: Engine, at: At): Value | undefined {
  const given = own(engine.knowledge.names, at.api);
  if (given !== undefined) return valueOfName(engine, given, at);
  const isKnown = rowFor(engine, at.api) !== undefined || hasMembers(engine, at.api);
  return isKnown ? apiValue(at.api) : undefined;
}

// What stands behind the last mark of a qualified name.
function lastOf(name: string): string {
  const mark = Math.max(name.lastIndexOf(':'), name.lastIndexOf('\\'), name.lastIndexOf('.'));
  return name.slice(mark + 1);
}

// Names of variables keep their case.
function fold(name: string): string {
  return name.startsWith('$') ? name : name.toLowerCase();
}

/** A class of the skill, by its name or the end of it. */
export function classOf(engine: Engine, name: string): OwnClass | undefined {
  const found = engine.classes.get(name);
  if (found !== undefined) return found;
  const last = lastOf(name);
  return engine.classes.get(last);
}

/** The functions of the skill with this name: those of the same file, if it has any. */
export function functionsOf(engine: Engine, name: string, frame: Invocation): readonly Thing[] {
  const all = engine.functions.get(name) ?? [];
  const here = all.filter(({ program }) => program === frame.program);
  return here.length > 0 ? here.slice(-1) : all.slice(0, 8);
}

/** `a.b`: a field of the skill's object, or a name of the library's module. */
export function memberOf(
  engine: Engine,
  node: NodeOf<'member'>,
  of: Value,
  name: string | undefined,
  frame: Invocation,
): Value {
  const found = engine.each(of, frame, (one) => memberIn(engine, node, one, name, frame)).flat();
  const { classMember } = engine.knowledge;
  const ofTexts = name === classMember?.name ? classMember?.of.text : undefined;
  if (of.texts.length > 0 && ofTexts !== undefined) found.push(apiValue(ofTexts));
  const ofNumbers = name === classMember?.name ? classMember?.of.number : undefined;
  if (of.scalars.some((one) => typeof one === 'number') && ofNumbers !== undefined)
    found.push(apiValue(ofNumbers));
  if (of.texts.length > 0 && name !== undefined) {
    const api = `Text#${name}`;
    const { properties, rows } = engine.knowledge;
    const row = properties?.test(api) === false ? undefined : own(rows, api);
    const self = { ...of, things: [] };
    if (row?.effects.length === 0 && typeof row.gives === 'object') {
      const at = engine.at(frame, node, name);
      found.push(applyRow(engine, { ...nothingGiven, at, frame, self }, row));
    }
  }
  found.push(...patchedMembers(engine, name));
  // What a row computes of a text has its data.
  const isComputed = found.length > 0 && of.things.length === 0 && !of.isOpen;
  const others = of.things.filter((thing) => thing.is !== 'object');
  const data = isComputed ? [] : allNodesOf([{ ...of, things: others }]);
  noteReaching(engine, node, of, name, frame);
  const all = found.length === 0 || mayBeOther(engine, of) ? [...found, unknown] : found;
  const member = withNodes(either(all), data);
  // What was found by a name that was put together.
  const isByText = of.isFolded && member.things.some(({ is }) => is === 'api');
  return name !== undefined && (isByText || engine.isHidden(node, frame))
    ? { ...member, isFolded: true }
    : member;
}

/** What a program gives to all objects of a class of the library, by the name of the member. */
export function patchedMembers(
  { knowledge, globals, patched }: Engine,
  name: string | undefined,
): readonly Value[] {
  if (name === undefined || !patched.has(name)) return [];
  const owners = new Set([
    ...Object.values(knowledge.classMember?.of ?? {}),
    ...Object.keys(knowledge.collections ?? {}),
  ]);
  return [...owners].flatMap((owner) => globals.fields.get(`${owner}.prototype.${name}`) ?? []);
}

/** What one of the things that a value may be has under a name. */
export function memberIn(
  engine: Engine,
  node: NodeOf<'member'>,
  thing: Thing,
  name: string | undefined,
  frame: Invocation,
): Value[] {
  const told = classTold(engine, thing, name);
  if (told !== undefined) return [told];
  switch (thing.is) {
    case 'object':
      return memberOfObject(engine, node, thing, name, frame);
    case 'class':
      return [classMember(engine, node, thing.class, name, frame) ?? unknown];
    case 'function': {
      const field = fieldsOf(engine, thing).fields.get(name ?? '*');
      if (field !== undefined) return [field];
      return engine.knowledge.isOpen && name === '__globals__'
        ? [thingValue({ is: 'module', program: thing.program })]
        : [];
    }
    case 'module':
      return [
        name === undefined ? unknown : (moduleMember(engine, thing.program, name) ?? unknown),
      ];
    case 'api':
      return [memberOfApi(engine, node, thing, name, frame)];
    case 'instance':
      return [memberOfInstance(engine, node, thing, name, frame)];
    default:
      return [];
  }
}

/** The class of a thing, where this is the member that tells it. */
export function classTold(
  engine: Engine,
  thing: Thing,
  name: string | undefined,
): Value | undefined {
  const { classMember } = engine.knowledge;
  if (
    name === undefined ||
    classMember === undefined ||
    name !== classMember.name ||
    thing.is === 'module'
  )
    return undefined;
  const written = thing.is === 'api' ? `${thing.name}.${name}` : '';
  if (engine.canonical(written) !== written) return undefined;
  if (thing.is === 'object' && thing.object.class !== undefined)
    return thing.object.fields.has(name) ? undefined : classValue(thing.object.class);
  const kind =
    thing.is === 'object'
      ? thing.object.kind === 'list'
        ? 'list'
        : 'record'
      : thing.is === 'bound' || thing.is === 'finder'
        ? 'function'
        : thing.is;
  const of = kind === 'instance' ? undefined : classMember.of[kind];
  return of === undefined ? undefined : apiValue(of);
}

/** What a program gave a function as its own members. */
export function fieldsOf(engine: Engine, { func }: OwnFunction): Fields {
  return keep(engine.functionFields, func, () => new Fields(0));
}

function memberOfObject(
  engine: Engine,
  node: NodeOf<'member'>,
  thing: ThingOf<'object'>,
  name: string | undefined,
  frame: Invocation,
): Value[] {
  const { object } = thing;
  const { isOpen, itemsAreMembers } = engine.knowledge;
  const isPlain = name !== undefined && !(itemsAreMembers && object.held.has(name));
  const field = isPlain ? object.field(name) : fieldOf(object, name);
  const api = `${object.kind === 'list' ? 'List' : 'Record'}#${name ?? ''}`;
  if (field === undefined && engine.knowledge.properties?.test(api)) {
    const found = applied(engine, node, frame, api, thing, []);
    if (found !== undefined) return [found];
  }
  const given = itemsAreMembers ? givenByGetter(engine, node, field, thing, frame) : undefined;
  if (given !== undefined) return [given];
  if (field === undefined && name !== undefined && object.base !== undefined)
    return [memberOf(engine, node, object.base, name, frame), ...present(object.rest)];
  const isMethod = !itemsAreMembers || rowFor(engine, api) !== undefined;
  if (isOpen && field === undefined && name !== undefined && object.class === undefined && isMethod)
    return [
      boundCall(finderOf('call', [textValue(name)]), givenArgs(thingValue(thing))),
      ...present(object.rest),
    ];
  if (name === undefined || object.class === undefined)
    return [field ?? fieldOf(object, name) ?? unknown];
  // Where it is not sure that the object has one of its own, it may be that of the class.
  if (field !== undefined && !(isOpen && object.isPartial)) return [field];
  return [...present(field), memberOfClass(engine, node, thing, object.class, name, frame)];
}

// A member that an object has by its class.
function memberOfClass(
  engine: Engine,
  node: NodeOf<'member'>,
  thing: ThingOf<'object'>,
  of: OwnClass,
  name: string,
  frame: Invocation,
): Value {
  const { object } = thing;
  const { isOpen } = engine.knowledge;
  const self = thingValue(thing);
  const method = methodOf(of, name, self);
  const site = { node, frame };
  const call = (one: Value, ...args: readonly Value[]): Value =>
    callValue(engine, site, one, givenArgs(...args));
  const all = isOpen ? methodOf(of, '__getattribute__', self) : undefined;
  if (all !== undefined && !isInside(all, frame)) return call(all, textValue(name));
  if (method !== undefined) return isGetting(method) ? call(method) : method;
  const ofClass = staticMethodOf(of, name, classValue(of));
  if (ofClass !== undefined && isOpen) return ofClass;
  const usual = staticOf(of, name);
  if (usual === undefined) {
    const hook = isOpen ? methodOf(of, engine.knowledge.missingName, self) : undefined;
    return hook === undefined ? (fieldOf(object, name) ?? unknown) : call(hook, textValue(name));
  }
  const getter = usual.things.find(isGetter);
  if (getter?.is === 'finder') return call(getter.names[0] ?? unknown, self);
  return described(engine, node, usual, '__get__', [self], frame) ?? usual;
}

// What a function gives that stands in place of a field.
function givenByGetter(
  engine: Engine,
  node: Node,
  field: Value | undefined,
  thing: Thing,
  frame: Invocation,
): Value | undefined {
  const getter = field?.things.find(isGetter);
  const [read = unknown] = getter?.is === 'finder' ? getter.names : [];
  const site = { node, frame };
  return getter && callValue(engine, site, withReceiver(read, thingValue(thing)), nothingGiven);
}

/** Whether it is what runs here that would be called. */
export function isInside(callee: Value, { func }: Invocation): boolean {
  return callee.things.some((one) => one.is === 'function' && one.func === func?.func);
}

/** Whether a method is called by naming it. */
export function isGetting({ things }: Value): boolean {
  return things.some((one) => one.is === 'function' && one.func.isGetter);
}

export function isGetter(thing: Thing): boolean {
  return thing.is === 'finder' && thing.how === 'get';
}

function memberOfApi(
  engine: Engine,
  node: NodeOf<'member'>,
  thing: ThingOf<'api'>,
  name: string | undefined,
  frame: Invocation,
): Value {
  const written = `${thing.name}.${name ?? '*'}`;
  const full = engine.canonical(written);
  if (engine.knowledge.isOpen && /^__(dict|call)__$/.test(name ?? '')) return thingValue(thing);
  const replaced = engine.knowledge.isOpen ? engine.globals.fields.get(full) : undefined;
  if (replaced !== undefined) return replaced;
  return libraryValue(engine, engine.at(frame, node, full)) ?? apiValue(full);
}

function memberOfInstance(
  engine: Engine,
  node: NodeOf<'member'>,
  thing: ThingOf<'instance'>,
  name: string | undefined,
  frame: Invocation,
): Value {
  const { isOpen } = engine.knowledge;
  const api = methodName(thing.of, name ?? '*');
  const isCall =
    isOpen &&
    rowFor(engine, api)?.effects.some(
      ({ does }) => !/^(env|whole-env|input|observe|hear)$/.test(does),
    );
  const any = `${thing.of}#*`;
  const given = isCall
    ? undefined
    : (applied(engine, node, frame, api, thing, []) ??
      (isOpen && name !== undefined
        ? applied(engine, node, frame, any, thing, [textValue(name)])
        : undefined));
  if (given !== undefined || !isOpen) return given ?? fieldOf(thing.object, name) ?? unknown;
  const field = name === undefined ? undefined : thing.object.fields.get(name);
  const part = { ...thingValue({ ...thing, of: api }), nodes: nodesIn(thing.object) };
  return field === undefined ? part : either([field, part]);
}

/** A thing of one kind. */
export type ThingOf<Is extends Thing['is']> = Extract<Thing, { readonly is: Is }>;

const ownersOfRows = new WeakMap<object, ReadonlySet<string>>();

/** Whether the tables have members of a class or module. */
export function hasMembers({ knowledge }: Engine, of: string): boolean {
  const known = keep(ownersOfRows, knowledge.rows, () => {
    const names = Object.keys(knowledge.rows);
    return new Set(names.flatMap((name) => /^[^#]+(?=#)|^[^.#]+(?=\.)/.exec(name) ?? []));
  });
  return known.has(of);
}

// What a descriptor of the skill does when its member is read or set.
export function described(
  engine: Engine,
  node: Node,
  of: Value,
  name: string,
  args: readonly Value[],
  frame: Invocation,
): Value | undefined {
  return engine.knowledge.isOpen ? called(engine, node, name, of, args, frame) : undefined;
}

/**
 * Notes attributes from which every module can be reached; the own class's subclasses are an honest
 * registry.
 */
export function noteReaching(
  engine: Engine,
  node: Node,
  of: Value,
  name: string | undefined,
  frame: Invocation,
): void {
  const { reaching } = engine.knowledge;
  if (reaching === undefined || name === undefined) return;
  engine.context.steps.take(name.length >> 6);
  if (!name.split('.').some((one) => reaching.has(one))) return;
  if (
    name === '__subclasses__' &&
    of.things.length > 0 &&
    of.things.every(({ is }) => is === 'class' || is === 'object')
  )
    return;
  engine.notes.trait(engine.at(frame, node, name), 'escape', `${name} leads to every module`);
}

export function nodesIn({ rest }: HeapObject): readonly string[] {
  return rest?.nodes ?? [];
}

/**
 * A method of what is made by a call, or of a part of it: `node.next.next` is what `node.next` is.
 */
export function methodName(of: string, name: string): string {
  const at = of.indexOf('#');
  if (at === -1) return `${of}#${name}`;
  const parts = of.slice(at + 1).split('.');
  const again = parts.indexOf(name);
  if (again === -1) return `${of}.${name}`;
  return `${of.slice(0, at + 1)}${parts.slice(0, again + 1).join('.')}`;
}

function classMember(
  engine: Engine,
  node: Node,
  of: OwnClass,
  name: string | undefined,
  frame: Invocation,
): Value | undefined {
  if (name === undefined) return undefined;
  if (name === 'prototype') return classValue(of);
  const method = staticMethodOf(of, name, classValue(of));
  if (method !== undefined && isGetting(method))
    return callValue(engine, { node, frame }, method, nothingGiven);
  if (method !== undefined) return method;
  const field = staticOf(of, name);
  if (field !== undefined) return field;
  // `A.prototype.method`
  return engine.knowledge.itemsAreMembers ? methodOf(of, name, undefined) : undefined;
}

/** `getattr(of, name)`; a name may have dots. */
export function memberByText(
  engine: Engine,
  node: Node,
  of: Value,
  name: Value,
  frame: Invocation,
): Value {
  const texts = textsOf(name);
  const known = texts.flatMap((text) => (text.isKnown ? [text.whole] : []));
  const isAny = known.length < texts.length || known.length === 0 || name.isOpen;
  if (isAny)
    for (const thing of of.things)
      if (thing.is === 'api') noteUnnamed(engine, node, thing.name, name, frame, 'getattr');
  const any = withNodes(anyMember(of, texts), allNodesOf([of, name]));
  if (known.length === 0) return any;
  if (!isWritten(name)) noteSpelled(engine, node, of, known, frame);
  const runs = known.map(
    (whole) => () =>
      whole
        .split('.')
        .reduce((one, part) => memberOf(engine, memberNode(node, part), one, part, frame), of),
  );
  const found = either([...engine.branches(runs, frame, !isAny), ...(isAny ? [any] : [])]);
  const isApi = engine.knowledge.isOpen && found.things.some(({ is }) => is === 'api');
  return isWritten(name) && !isApi ? found : { ...found, isFolded: true };
}

// A function of the language that is looked up by a text, where its name stands nowhere in the
// code.
function noteSpelled(
  engine: Engine,
  node: Node,
  of: Value,
  names: readonly string[],
  frame: Invocation,
): void {
  const isBuiltin = of.things.some(
    (one) => one.is === 'api' && /^(builtins|__builtins__)$/.test(one.name),
  );
  if (!isBuiltin || !engine.knowledge.isOpen) return;
  const { text } = frame.program.source;
  engine.context.steps.take(1 + (text.length >> 6));
  for (const name of names.slice(0, 8))
    if (/^[a-z]{2,20}$/.test(name) && !new RegExp(`\\b${name}\\b`).test(text))
      engine.notes.trait(
        engine.at(frame, node, 'getattr', 'folded'),
        'folded-name',
        `a name put together is ${name}`,
      );
}

// Any function of an object, class or module whose name may be one of these.
function anyMember(of: Value, names: readonly Text[]): Value {
  const fits = (name: string): boolean => names.some((one) => mayBe(one, name));
  const found = of.things.flatMap((thing): Value[] => {
    if (thing.is === 'module') return [partOfModule(thing.program, fits)];
    const self = thingValue(thing);
    const own =
      thing.is === 'object'
        ? thing.object.class?.methods
        : thing.is === 'class'
          ? thing.class.statics
          : undefined;
    return [...(own?.fields ?? [])]
      .filter(([name]) => fits(name))
      .slice(0, membersMax)
      .map(([, one]) => boundTo(one, self));
  });
  return found.length === 0 ? unknown : orOther(either([unknown, ...found]));
}

// Whether a text with unknown parts may be this one.
function mayBe({ whole }: Text, text: string): boolean {
  const parts = whole.split(unknownPart);
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  return parts.length === 1 ? whole === text : text.startsWith(first) && text.endsWith(last);
}

/** A member of a module of the library by a name that is not known. */
export function noteUnnamed(
  engine: Engine,
  node: Node,
  of: string,
  name: Value,
  frame: Invocation,
  api = `vars ${of}`,
): void {
  if (engine.knowledge.powerful?.test(of) !== true) return;
  const at = engine.at(frame, node, api, 'widened');
  engine.notes.trait(at, 'escape', `a member of ${of} whose name is computed`);
  engine.notes.sink(at, allNodesOf([name]), { what: 'exec', api, part: 'code' });
}

/** Any function of a module. */
export function partOfModule(
  { env }: OwnProgram,
  fits: (name: string) => boolean = () => true,
): Value {
  const functions = [...(env?.all ?? [])].flatMap(([name, value]) =>
    fits(name) && value.things.some(({ is }) => is === 'function') ? [value] : [],
  );
  return orOther(either([unknown, ...functions.slice(0, membersMax)]));
}

/** A variable of a module. */
export function moduleMember(
  engine: Engine,
  { env, source }: OwnProgram,
  name: string,
): Value | undefined {
  return env?.get(name) ?? engine.globals.fields.get(`${source.path}#${name}`);
}

// What a row of the library says of a use that is no call.
export function applied(
  engine: Engine,
  node: Node,
  frame: Invocation,
  api: string,
  thing: Thing,
  args: readonly Value[],
): Value | undefined {
  const row = rowFor(engine, api);
  if (row === undefined) return undefined;
  // `ENV['X']` is shown as `ENV`.
  const isOpen = engine.knowledge.isOpen === true;
  const at = engine.at(
    frame,
    node,
    api.replace(isOpen ? /[#.](?:\[\]|\*)=?$|=$/ : /[#.]\[\]=?$/, ''),
  );
  return applyRow(engine, { ...nothingGiven, args, at, frame, self: thingValue(thing) }, row);
}

/** The member of something by a name that does not stand there. */
export function memberNode(of: Node, name: string): NodeOf<'member'> {
  return { kind: 'member', of, name, start: of.start, end: of.end };
}

/** The environment: whoever takes one variable has nothing of the others. */
export function isEnvironment(engine: Engine, thing: Thing): boolean {
  if (thing.is !== 'instance') return false;
  return keep(engine.environments, thing.of, () => {
    const effects = rowFor(engine, `${thing.of}#[]`)?.effects ?? [];
    return effects.some(({ does }) => does === 'env');
  });
}
