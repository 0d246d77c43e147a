/** Names: what the program, the skill or the library gives for them; fields and items. */
import { dirname } from 'node:path/posix';
import type { Node, NodeOf } from '../ir/ir.ts';
import type { NamedValue } from '../knowledge/row.ts';
import { own } from '../lookup-tables/api.ts';
import { invoke, nothingGiven } from './calls.ts';
import { methodOf, staticOf } from './classes.ts';
import { applyRow, rowFor } from './effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import type { At } from './notes.ts';
import type { Text } from './text.ts';
import {
  allNodesOf,
  dataOf,
  either,
  fieldOf,
  type HeapObject,
  itemsOf,
  keyOf,
  listValue,
  newObject,
  type OwnClass,
  partOf,
  type Thing,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';

/** What a name stands for in the skill or in the library; undefined for a name of neither. */
export function namedValue(
  engine: Engine,
  node: NodeOf<'global' | 'var'>,
  frame: Invocation,
): Value | undefined {
  const { knowledge } = engine;
  const name = knowledge.ignoresCase && node.kind === 'global' ? fold(node.name) : node.name;
  const held = engine.globals.get(node.name);
  if (held !== undefined) return held;
  const given = own(knowledge.names, name);
  if (given !== undefined) return valueOfName(engine, given, engine.at(frame, node, node.name));
  if (node.kind === 'var') return undefined;
  const found = classOf(engine, name);
  if (found !== undefined) return thingValue({ is: 'class', class: found });
  const functions = functionsOf(engine, name, frame);
  if (functions.length > 0) return { ...unknown, isOpen: false, things: functions };
  const last = /[^:\\.]+$/.exec(node.name)?.[0] ?? '';
  return engine.globals.get(last) ?? thingValue({ is: 'api', name });
}

// Names of variables keep their case.
function fold(name: string): string {
  return name.startsWith('$') ? name : name.toLowerCase();
}

/** What a name of the language stands for by itself. */
export function valueOfName(engine: Engine, given: NamedValue, at: At): Value {
  const file = `/skills/@self/${at.program.source.file}`;
  if ('text' in given) return textValue(given.text);
  if ('thisFile' in given) return textValue(file);
  if ('thisFolder' in given) return textValue(dirname(file));
  if ('input' in given) {
    const source = { what: 'input', name: given.input } as const;
    return dataOf([engine.notes.source(at, source, 'reads its arguments')]);
  }
  if ('incoming' in given) {
    const source = { what: 'network', name: 'https://*/*' } as const;
    return dataOf([engine.notes.source(at, source, 'a request that came in')]);
  }
  const of = 'wholeEnv' in given ? at.api : given.instance;
  return thingValue({ is: 'instance', of, object: newObject('record') });
}

/** A class of the skill, by its name or the end of it. */
export function classOf(engine: Engine, name: string): OwnClass | undefined {
  const found = engine.classes.get(name);
  if (found !== undefined) return found;
  const last = /[^:\\.]+$/.exec(name)?.[0] ?? name;
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
  const found = of.things.flatMap((thing): Value[] => {
    switch (thing.is) {
      case 'object': {
        const { object } = thing;
        const usual = name === undefined ? undefined : object.class && staticOf(object.class, name);
        return [fieldOf(object, name) ?? usual ?? unknown];
      }
      case 'class':
        return [(name === undefined ? undefined : staticOf(thing.class, name)) ?? unknown];
      case 'api':
        return [thingValue({ is: 'api', name: `${thing.name}.${name ?? '*'}` })];
      case 'instance': {
        const given = applied(engine, node, frame, `${thing.of}#${name ?? '*'}`, thing, []);
        return [given ?? fieldOf(thing.object, name) ?? unknown];
      }
      default:
        return [];
    }
  });
  const data = allNodesOf([{ ...of, things: of.things.filter((thing) => thing.is !== 'object') }]);
  return withNodes(found.length === 0 ? unknown : either(found), data);
}

// What a row of the library says of a use that is no call.
function applied(
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
  const at = engine.at(frame, node, api.replace(/[#.]\[\]=?$/, ''));
  return applyRow(engine, { ...nothingGiven, args, at, frame, self: thingValue(thing) }, row);
}

/** `a[key]` */
export function itemAt(
  engine: Engine,
  node: Node,
  of: Value,
  key: Value | undefined,
  frame: Invocation,
): Value {
  const places = key === undefined ? undefined : itemsOf(key);
  if (places !== undefined && places.length > 0)
    return listValue(places.map((place) => itemAt(engine, node, of, place, frame)));
  const name = key === undefined ? undefined : keyOf(key);
  const found = of.things.flatMap((thing): Value[] => {
    if (thing.is === 'instance' || thing.is === 'api' || thing.is === 'function') {
      const owner =
        thing.is === 'instance'
          ? `${thing.of}#`
          : thing.is === 'api'
            ? `${thing.name}.`
            : 'Function#';
      const args = key === undefined ? [] : [key];
      const given = applied(engine, node, frame, `${owner}[]`, thing, args);
      if (given !== undefined) return [given];
    }
    if (thing.is === 'object' || thing.is === 'instance')
      return [fieldOf(thing.object, indexIn(thing.object, name)) ?? unknown];
    return [];
  });
  const texts = of.texts.flatMap((text) => letterAt(text, name));
  const parts = [...found, ...texts.map((text) => textValue(text))];
  const data = { ...of, things: of.things.filter((thing) => thing.is !== 'object') };
  return withNodes(parts.length === 0 ? partOf(of) : either(parts), allNodesOf([data]));
}

// `-1` is the last item of a list.
function indexIn({ kind, length }: HeapObject, name: string | undefined): string | undefined {
  const at = Number(name);
  return kind === 'list' && at < 0 ? String(length + at) : name;
}

function letterAt(text: Text, name: string | undefined): readonly Text[] {
  const at = Number(name);
  if (name === undefined || !Number.isInteger(at) || !text.isKnown) return [];
  const from = at < 0 ? text.whole.length + at : at;
  return [text.slice(from, from + 1)];
}

/** `a.b = value` */
export function setMember(
  engine: Engine,
  place: Node,
  of: Value,
  name: string | undefined,
  given: Value,
  frame: Invocation,
): void {
  for (const thing of of.things) {
    if (thing.is === 'class') setField(engine, thing.class.fields, name ?? '*', given);
    if (thing.is === 'object') {
      const setter = thing.object.class && methodOf(thing.object.class, `${name ?? ''}=`);
      const site = { node: place, frame };
      const isInside = frame.func?.func === setter?.func;
      if (setter === undefined || isInside) setKey(engine, thing.object, name, given);
      else invoke(engine, setter, { ...nothingGiven, args: [given] }, site, thingValue(thing));
    }
    if (thing.is === 'instance') {
      const api = `${thing.of}#${name ?? '*'}=`;
      if (applied(engine, place, frame, api, thing, [given]) === undefined)
        setKey(engine, thing.object, name, given);
    }
  }
}

/** `a[key] = value`; without a key, behind the last item. */
export function setItem(
  engine: Engine,
  place: Node,
  of: Value,
  key: Value | undefined,
  given: Value,
  frame: Invocation,
): void {
  for (const thing of of.things) {
    const api =
      thing.is === 'instance' ? `${thing.of}#[]=` : thing.is === 'api' ? `${thing.name}.[]=` : '';
    const args = key === undefined ? [given] : [key, given];
    const isApplied = applied(engine, place, frame, api, thing, args) !== undefined;
    if (!isApplied && (thing.is === 'object' || thing.is === 'instance')) {
      const { object } = thing;
      if (key === undefined) append(object, given);
      else setKey(engine, object, indexIn(object, keyOf(key)), given);
    }
  }
}

/** Puts a value behind the last item of a list. */
export function append(object: HeapObject, given: Value): void {
  object.fields.set(String(object.length), given);
  object.length += 1;
}

function setKey(engine: Engine, object: HeapObject, name: string | undefined, given: Value): void {
  if (name === undefined) {
    object.rest = object.rest === undefined ? given : either([object.rest, given]);
    return;
  }
  setField(engine, object.fields, name, given);
  const at = Number(name);
  if (object.kind === 'list' && at >= object.length && Number.isInteger(at)) object.length = at + 1;
}

function setField(engine: Engine, fields: Map<string, Value>, name: string, given: Value): void {
  const before = fields.get(name);
  fields.set(
    name,
    before === undefined || engine.uncertain === 0 ? given : either([before, given]),
  );
}
