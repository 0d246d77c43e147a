/** The value of a member: of an API, an object, a module of the skill, a class. */
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { aliases, assignedRows, globalObjects } from '../../../knowledge/javascript.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { isModuleChanged, isTouched, writtenMembers } from '../flow/changes.ts';
import { apis, knownModules, memberPaths } from '../library.ts';
import type { Program } from '../program.ts';
import { memberOfClass, nameOfProperty, writtenName } from './classes.ts';
import type { Evaluator } from './evaluator.ts';
import { jsonText, memberOfData, membersOfData, partOfPath, partOfUrl } from './fold.ts';
import {
  concatenated,
  type Frame,
  isAbsent,
  isWhole,
  type JsValue,
  text,
  textOr,
  unionOf,
  unknown,
} from './values.ts';
import { valueOfSymbol } from './variables.ts';

/** The member of one value by one key. */
export function memberOfValue(
  self: Evaluator,
  object: JsValue,
  key: JsValue,
  node: ts.Node,
): JsValue {
  // A member name with this ending is the constructor, whatever is before the ending.
  const isConstructor = key.kind === 'text' && key.text.endsWith('constructor');
  const name = isConstructor
    ? 'constructor'
    : isWhole(key)
      ? key.text
      : key.kind === 'number'
        ? String(key.number)
        : undefined;
  const built = key.kind === 'text' && key.built;
  if (name === undefined) return anyItem(self, object, key);
  if (
    name === 'constructor' &&
    !(object.kind === 'api' && own(aliases, `${object.name}.constructor`) !== undefined)
  ) {
    const callable =
      object.kind === 'function' ||
      object.kind === 'method' ||
      object.kind === 'constructor' ||
      (object.kind === 'class' && !object.made) ||
      isCallableApi(object);
    if (object.kind === 'class' && object.made) return { ...object, made: false };
    return callable ? { kind: 'api', name: 'Function', built } : { kind: 'constructor' };
  }
  switch (object.kind) {
    case 'api':
      return memberOfApi(self, object, name, built, node);
    case 'instance':
      return !isMemberOf(object.of, name)
        ? { kind: 'method', of: object, name, built }
        : { kind: 'api', name: `${object.of}#${name}`, built };
    case 'object':
      return self.once(object.frame?.question(object.node) ?? object.node, `.${name}`, () =>
        unionOf([
          memberOfObject(self, object.node, object.frame, name, built),
          ...writtenMembers(self, object.node, name),
        ]),
      );
    case 'array':
      return /^\d+$/.test(name)
        ? (object.items[Number(name)] ?? unknown)
        : name === 'length'
          ? { kind: 'number', number: object.items.length }
          : name === 'raw'
            ? object
            : { kind: 'method', of: object, name, built };
    case 'growing': {
      if (name === 'length') return unknown;
      return /^\d+$/.test(name)
        ? (object.items[Number(name)] ?? unknown)
        : { kind: 'method', of: object, name, built };
    }
    case 'text':
      if (name === 'href') return object;
      if (/^(origin|host|hostname|protocol|pathname)$/.test(name))
        return partOfUrl(object.text, name);
      if (/^(base|dir|ext|name)$/.test(name)) return partOfPath(object.text, name);
      if (name === 'length')
        return isWhole(object) ? { kind: 'number', number: object.text.length } : unknown;
      return /^\d+$/.test(name) && isWhole(object)
        ? letterAt(object.text, Number(name))
        : { kind: 'method', of: object, name, built };
    case 'data':
      return memberOfData(object.data, name) ?? { kind: 'method', of: object, name, built };
    case 'module':
      return isModuleChanged(self, object.file, name)
        ? unknown
        : memberOfModule(self, object.file, name, node);
    case 'class':
      return self.once(object.node, `.${name}`, () => memberOfClass(self, object.node, name));
    default:
      return { kind: 'method', of: object, name, built };
  }
}

// A number gives an item; another key may also give a method. `{ linux: …, darwin: … }[platform]`
// may be each member of a small table.
function anyItem(self: Evaluator, object: JsValue, key: JsValue): JsValue {
  const members = membersOf(self, object, 'values');
  if (members?.kind === 'array' && members.items.length <= tableMembersMax)
    return unionOf([...members.items, unknown]);
  if (object.kind !== 'array' && object.kind !== 'growing') return unknown;
  const isExact = object.kind === 'array' && key.kind === 'count';
  return unionOf([...object.items, ...(isExact ? [] : [unknown])]);
}

const tableMembersMax = 24;

function letterAt(value: string, at: number): JsValue {
  return at < value.length ? text(value[at] ?? '', true) : unknown;
}

function isMemberOf(of: string, name: string): boolean {
  const full = `${of}#${name}`;
  return (
    own(apis, full) !== undefined || own(assignedRows, full) !== undefined || memberPaths.has(full)
  );
}

function isCallableApi(value: JsValue): boolean {
  return (
    value.kind === 'api' &&
    (own(apis, value.name) !== undefined ||
      /^(Object|Array|String|Function|Date|RegExp|Promise)\b/.test(value.name))
  );
}

function memberOfApi(
  self: Evaluator,
  { name: owner, built: before }: { name: string; built: boolean },
  name: string,
  built: boolean,
  node: ts.Node,
): JsValue {
  const folded = built || before;
  if (name === 'default' && knownModules.has(owner))
    return { kind: 'api', name: owner, built: folded };
  if (owner === 'globalThis')
    return { kind: 'api', name: globalObjects.has(name) ? 'globalThis' : name, built: folded };
  if (owner === 'process' && name === 'default')
    return { kind: 'api', name: 'process', built: folded };
  if (owner === 'import.meta') {
    if (name === 'dirname') return text(posix.dirname(ownPath(self, node)));
    if (name === 'filename' || name === 'url') return text(ownPath(self, node));
    return { kind: 'api', name: `import.meta.${name}`, built: folded };
  }
  const full = `${owner}.${name}`;
  // The promise of `import()`.
  if (promiseMethods.has(name) && own(apis, full) === undefined)
    return { kind: 'method', of: { kind: 'api', name: owner, built: before }, name, built };
  return { kind: 'api', name: own(aliases, full) ?? full, built: folded };
}

const promiseMethods = new Set(['then', 'catch', 'finally']);

function memberOfObject(
  self: Evaluator,
  node: ts.ObjectLiteralExpression,
  frame: Frame,
  name: string,
  built: boolean,
): JsValue {
  const found: JsValue[] = [];
  const properties = propertiesNamed(node, name);
  self.steps.take(1 + (properties.length >> 2));
  for (const property of properties) {
    if (self.writes !== undefined && isComputed(self, property, frame)) found.push(unknown);
    else if (ts.isSpreadAssignment(property))
      found.push(self.memberOf(self.valueOf(property.expression, frame), text(name), property));
    else if (property.name !== undefined && nameOfProperty(self, property.name, frame) === name) {
      if (ts.isPropertyAssignment(property))
        found.splice(0, found.length, self.valueOf(property.initializer, frame));
      else if (ts.isShorthandPropertyAssignment(property))
        found.splice(0, found.length, self.valueOf(property.name, frame));
      else if (ts.isMethodDeclaration(property))
        found.splice(0, found.length, { kind: 'function', node: property, frame });
      else if (ts.isGetAccessorDeclaration(property))
        found.push(...self.returnsOf(property).map((value) => self.valueOf(value, frame)));
    }
  }
  const useful = found.filter((value) =>
    self.writes === undefined
      ? value.kind !== 'unknown' && value.kind !== 'method'
      : !isAbsent(value),
  );
  return useful.length > 0
    ? unionOf(useful)
    : { kind: 'method', of: { kind: 'object', node, frame }, name, built };
}

// `{ [name()]: … }` may be any member.
function isComputed(self: Evaluator, { name }: ts.ObjectLiteralElementLike, frame: Frame): boolean {
  return name !== undefined && nameOfProperty(self, name, frame) === undefined;
}

interface ObjectMembers {
  readonly named: ReadonlyMap<string, readonly ts.ObjectLiteralElementLike[]>;
  /** Spreads and computed names, which may be any member. */
  readonly open: readonly ts.ObjectLiteralElementLike[];
}

// Each object is read once, and not for each requested member.
const objectMembers = new WeakMap<ts.ObjectLiteralExpression, ObjectMembers>();

// The properties that may be the member of this name, in the order of the text.
function propertiesNamed(
  node: ts.ObjectLiteralExpression,
  name: string,
): readonly ts.ObjectLiteralElementLike[] {
  const members = objectMembers.get(node) ?? membersByName(node);
  objectMembers.set(node, members);
  const named = members.named.get(name) ?? [];
  return members.open.length === 0
    ? named
    : [...named, ...members.open].sort((a, b) => a.pos - b.pos);
}

function membersByName(node: ts.ObjectLiteralExpression): ObjectMembers {
  const isOpen = ({ name }: ts.ObjectLiteralElementLike): boolean =>
    name === undefined || writtenName(name) === undefined;
  const open = node.properties.filter(isOpen);
  const named = node.properties.filter((property) => !isOpen(property));
  return {
    open,
    named: Map.groupBy(named, ({ name }) => (name === undefined ? '' : (writtenName(name) ?? ''))),
  };
}

function memberOfModule(
  self: Evaluator,
  file: ts.SourceFile,
  name: string,
  node: ts.Node,
): JsValue {
  const symbol = self.symbols.exportOf(file, name);
  const api = symbol === undefined ? undefined : self.symbols.apiOf(symbol);
  if (api !== undefined) return { kind: 'api', name: own(aliases, api) ?? api, built: false };
  if (symbol !== undefined) return valueOfSymbol(self, symbol, node, undefined);
  const common = self.symbols.commonExports(file);
  const all = (common.get('') ?? []).map((value) =>
    self.memberOf(self.valueOf(value), text(name), node),
  );
  const single = (common.get(name) ?? []).map((value) => self.valueOf(value));
  if (name === 'default' && common.has(''))
    return unionOf((common.get('') ?? []).map((value) => self.valueOf(value)));
  const found = [...single, ...all];
  // `import x from` a file whose default is an object: the checker takes x for the module.
  const whole =
    found.length > 0 || name === 'default' ? undefined : self.symbols.exportOf(file, 'default');
  if (whole !== undefined)
    found.push(self.memberOf(valueOfSymbol(self, whole, node, undefined), text(name), node));
  return unionOf(found);
}

/** The place of a node's file in a sandbox. */
export function ownPath(self: Evaluator, node: ts.Node): string {
  const source = self.program.sourceOf(node.getSourceFile());
  return posix.join(
    '/skills/@self',
    source === undefined || source.depth > 0 ? 'program' : source.path,
  );
}

// A JSON file as a module.
function dataNamed(program: Program, specifier: string, from: ts.SourceFile): JsValue {
  if (!specifier.endsWith('.json')) return unknown;
  const folder = posix.dirname(program.sourceOf(from)?.path ?? '');
  const path = specifier.startsWith('.') ? posix.join(folder, specifier) : specifier;
  const own = program.textOf(path);
  return (own === undefined ? undefined : jsonText(own)) ?? unknown;
}

/**
 * A module by its folded name: from the tables, a file of the skill, or a package known by name
 * only.
 */
export function moduleNamed(program: Program, name: JsValue, from: ts.SourceFile): JsValue {
  if (!isWhole(name)) return unknown;
  const specifier = textOr(name);
  const file = program.resolve(from, specifier);
  if (file !== undefined) return { kind: 'module', file };
  if (specifier.startsWith('.') || specifier.startsWith('/'))
    return dataNamed(program, specifier, from);
  const bare = specifier.replace(/^(node|npm|jsr):\/?/, '').replace(/(?<=.)@[^/]*$/, '');
  return { kind: 'api', name: bare === 'bun' ? 'Bun' : bare, built: name.built };
}

// The members of an object, all at once, and the object as JSON.

/**
 * The result of `Object.entries`, `values` and `keys` for an object whose text is known; undefined
 * for other values. Members that cannot be computed are unknown.
 */
export function membersOf(self: Evaluator, value: JsValue, which: string): JsValue | undefined {
  if (value.kind === 'data') return membersOfData(value.data, which);
  if (value.kind !== 'object') return undefined;
  const { node, frame } = value;
  if (isTouched(self, node)) return unknown;
  const items = node.properties.slice(0, 256).map((property): JsValue => {
    const name = property.name;
    const key: JsValue =
      name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteralLike(name))
        ? text(name.text)
        : unknown;
    if (which === 'keys') return key;
    const value = valueOfProperty(self, property, frame);
    return which === 'values' ? value : { kind: 'array', items: [key, value] };
  });
  return { kind: 'array', items };
}

function valueOfProperty(
  self: Evaluator,
  property: ts.ObjectLiteralElementLike,
  frame: Frame,
): JsValue {
  if (ts.isPropertyAssignment(property)) return self.valueOf(property.initializer, frame);
  if (ts.isShorthandPropertyAssignment(property)) return self.valueOf(property.name, frame);
  return ts.isMethodDeclaration(property) ? { kind: 'function', node: property, frame } : unknown;
}

/**
 * `JSON.stringify`: an unknown value becomes a text with a hole, and a member whose name is unknown
 * is left out.
 */
export function jsonOf(self: Evaluator, value: JsValue): JsValue {
  return concatenated(jsonParts(self, value, 0));
}

function jsonParts(self: Evaluator, value: JsValue, depth: number): readonly JsValue[] {
  const quoted = (plain: string): JsValue =>
    text(JSON.stringify(plain).replaceAll('\\u0000', unknownPart), true);
  if (value.kind === 'number') return [text(String(value.number), true)];
  if (value.kind === 'union')
    return [unionOf(value.of.map((each) => concatenated(jsonParts(self, each, depth + 1))))];
  self.steps.take();
  const list = (parts: readonly (readonly JsValue[])[], open: string, close: string): JsValue[] => [
    text(open),
    ...parts.flatMap((part, at) => (at === 0 ? part : [text(','), ...part])),
    text(close),
  ];
  if (depth > jsonDepthMax) return [quoted(unknownPart)];
  if (value.kind === 'array')
    return list(
      value.items.map((item) => jsonParts(self, item, depth + 1)),
      '[',
      ']',
    );
  const members = membersOf(self, value, 'entries');
  if (members === undefined) return [quoted(textOr(value))];
  const pairs = (members.kind === 'array' ? members.items : []).flatMap((pair) => {
    const [key, item = unknown] = pair.kind === 'array' ? pair.items : [];
    return key !== undefined && isWhole(key)
      ? [[quoted(key.text), text(':'), ...jsonParts(self, item, depth + 1)]]
      : [];
  });
  return list(pairs, '{', '}');
}

const jsonDepthMax = 20;
