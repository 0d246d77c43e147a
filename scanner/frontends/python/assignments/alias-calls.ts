/**
 * Where objects of Python flow through calls: into parameters, out of results, into other objects.
 */

import { pythonApis } from '../effects/tables/python.ts';
import { importMeaning } from '../names/meaning.ts';
import { argumentsOf, childrenOf, nameOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction } from '../program.ts';
import {
  cellOfName,
  changeObject,
  type Flowing,
  flowInto,
  handOn,
  keptByMethod,
  nameAt,
  resultOf,
} from './alias-flows.ts';
import type { Cell } from './aliases.ts';

/** Functions of libraries that change their first argument, by the last part of their names. */
const changers =
  /^(heappush|heappop|heapify|heapreplace|heappushpop|insort|insort_left|insort_right|shuffle|setitem|delitem|iadd|iconcat|imul)$/;

/** Functions that make another object of what they are given. */
const copiers =
  /^(list|tuple|set|frozenset|dict|sorted|bytes|bytearray|str|len|deque|copy|deepcopy|OrderedDict|defaultdict)$/;

/**
 * Functions of libraries that keep nothing of what they are given: they start programs, send, read.
 * By the last part of their names.
 */
const startersAndSenders = new Set(
  Object.entries(pythonApis).flatMap(([name, { effects }]) =>
    effects.some(({ does }) => does === 'call') ? [] : [name.slice(name.lastIndexOf('.') + 1)],
  ),
);

/** The cell of what a call gives; what it hands on is noted once. */
export function noteAliasedCall(at: Flowing, node: PyNode): Cell {
  const { cell, isNew } = at.aliases.at(node);
  const callee = node.firstChild;
  if (!isNew || callee === null) return cell;
  const object =
    callee.lastChild?.name === 'PropertyName' ? (childrenOf(callee)[0] ?? undefined) : undefined;
  const { positional, keywords, starred } = argumentsOf(at.module, node);
  const given = [...positional, ...keywords.values()];
  const called = calledName(at, callee);
  if (called !== undefined) giveArguments(at, node, called);
  if (called !== undefined) at.aliases.flow(at.aliases.named(`result of ${called}`), cell, 'same');
  const name =
    callee.lastChild?.name === 'PropertyName'
      ? nameOf(at.module, callee.lastChild)
      : textOf(at.module, callee);
  noteChange(at, node, name, object);
  if (object !== undefined) objectGiven(at, object, given, name, cell);
  const isLibrary =
    object !== undefined ||
    (callee.name === 'VariableName' && nameAt(at, callee)?.imported !== undefined);
  if (called === undefined && !(isLibrary && startersAndSenders.has(name))) {
    const kinds = copiers.test(name)
      ? (['copy', 'into'] as const)
      : (['same', 'copy', 'into'] as const);
    for (const one of given) for (const kind of kinds) handOn(at, one, cell, kind);
    for (const one of starred) handOn(at, one, cell, 'copy');
    for (const [key, one] of keywords) handOn(at, one, at.aliases.named(`.${key}`), 'same');
  }
  if (isOpenCall(at, callee, given)) giveAll(at, [...given, ...starred], cell);
  return cell;
}

// A method may give what its object holds, or the object itself.
function objectGiven(
  at: Flowing,
  object: PyNode,
  given: readonly PyNode[],
  name: string,
  cell: Cell,
): void {
  for (const kind of ['out', 'copy'] as const) handOn(at, object, cell, kind);
  if (name.startsWith('__')) handOn(at, object, cell, 'same');
  if (keptByMethod(name) === undefined && !/^(put|push|send|set)/.test(name)) return;
  const held = at.aliases.newCell();
  for (const one of given)
    for (const kind of ['same', 'copy'] as const) handOn(at, one, held, kind);
  flowInto(at, held, object);
}

function noteChange(at: Flowing, call: PyNode, name: string, object: PyNode | undefined): void {
  const [first, second] = argumentsOf(at.module, call).positional;
  const kept = keptByMethod(name);
  const isBehind =
    /^(insert|pop)$/.test(name) &&
    first?.name === 'Number' &&
    /^[1-9]/.test(textOf(at.module, first));
  if (object !== undefined && kept !== undefined)
    changeObject(at, object, isBehind ? 1 : kept, true);
  if (object !== undefined && /^__(i\w+|setitem|delitem)__$/.test(name))
    changeObject(at, object, 0);
  const isUnbound =
    object !== undefined &&
    kept !== undefined &&
    /^(list|dict|set|bytearray|type\(.*\)|.*deque)$/.test(textOf(at.module, object));
  if (first !== undefined && (isUnbound || changers.test(name)))
    changeObject(at, first, isUnbound ? (kept ?? 0) : 0);
  // `getattr(parts, "append")`, or another member whose name is not written here.
  const looked =
    second === undefined ? '' : textOf(at.module, second).replace(/^(['"])(\w*)\1$/, '$2');
  if (
    name === 'getattr' &&
    first !== undefined &&
    (keptByMethod(looked) !== undefined || !/^\w*$/.test(looked) || second?.name !== 'String')
  )
    changeObject(at, first, keptByMethod(looked) ?? 0);
}

// By what name a call reaches functions of the skill; they are given what all calls by this name
// give.
function calledName(at: Flowing, callee: PyNode): string | undefined {
  const property = callee.name === 'MemberExpression' ? callee.lastChild : null;
  if (property?.name === 'PropertyName') {
    const name = nameOf(at.module, property);
    return linked(at, `.${name}`, () => at.functionsNamed.get(name) ?? []);
  }
  const inner = callee.name === 'ParenthesizedExpression' ? childrenOf(callee)[1] : undefined;
  const lambda =
    inner?.name === 'LambdaExpression' ? at.module.functionsAt.get(inner.from) : undefined;
  if (lambda !== undefined) return linked(at, lambda.id, () => [lambda]);
  const found = callee.name === 'VariableName' ? nameAt(at, callee) : undefined;
  const name = nameOf(at.module, callee);
  return found === undefined
    ? undefined
    : linked(at, `${found.scope.id} ${name}`, () =>
        found.bindings.flatMap((one) => functionsOf(at, one)),
      );
}

function functionsOf(at: Flowing, binding: Binding): readonly PythonFunction[] {
  if (binding.kind === 'function') return [binding.definition];
  if (binding.kind === 'class')
    return [at.run.methods.get(`${binding.name}.__init__`)].filter((one) => one !== undefined);
  if (binding.kind !== 'import') return [];
  const meaning = importMeaning(at.run, at.module, binding.qual);
  return meaning.kind === 'global'
    ? (at.functionsNamed.get(meaning.name) ?? []).filter(
        (one) => one.module === meaning.module && one.owner === undefined,
      )
    : [];
}

// Links the functions of a name once; gives the name where it has any.
function linked(
  at: Flowing,
  name: string,
  functions: () => readonly PythonFunction[],
): string | undefined {
  if (at.linked.has(name)) return name;
  if (at.linked.has(`none ${name}`)) return undefined;
  const all = functions();
  at.linked.add(all.length === 0 ? `none ${name}` : name);
  const { aliases } = at;
  for (const { id, scope, parameters, bound } of all) {
    aliases.flow(resultOf(at, id), aliases.named(`result of ${name}`), 'same');
    parameters.forEach((parameter, index) => {
      const to = cellOfName(at, scope, parameter.name);
      const given =
        parameter.star === '' ? [bound ? index - 1 : index, parameter.name] : [parameter.star];
      for (const place of given)
        aliases.flow(
          aliases.named(`${place} to ${name}`),
          to,
          parameter.star === '' ? 'same' : 'into',
        );
      aliases.flow(aliases.named(`spread to ${name}`), to, parameter.star === '' ? 'out' : 'copy');
    });
  }
  return all.length === 0 ? undefined : name;
}

function giveArguments(at: Flowing, call: PyNode, name: string): void {
  const { positional, keywords, starred } = argumentsOf(at.module, call);
  const give = (one: PyNode, place: string | number): void =>
    handOn(at, one, at.aliases.named(`${place} to ${name}`), 'same');
  positional.forEach((one, index) => {
    give(one, index);
    give(one, '*');
  });
  for (const [key, one] of keywords) {
    give(one, key);
    give(one, '**');
  }
  for (const one of starred) give(one, 'spread');
}

// Whether a call may reach a function of the skill that it does not name: what is called is a
// value, or a function is given.
function isOpenCall(at: Flowing, callee: PyNode, given: readonly PyNode[]): boolean {
  return (
    isValue(at, callee) ||
    given.some((one) => one.name === 'LambdaExpression' || isFunction(at, one))
  );
}

function isValue(at: Flowing, callee: PyNode): boolean {
  if (callee.name === 'MemberExpression') return callee.lastChild?.name === ']';
  return callee.name === 'VariableName'
    ? nameAt(at, callee)?.isValue === true
    : callee.name !== 'String';
}

function isFunction(at: Flowing, node: PyNode): boolean {
  const { lastChild } = node;
  if (node.name === 'MemberExpression' && lastChild?.name === 'PropertyName')
    return at.functionsNamed.has(nameOf(at.module, lastChild));
  return node.name === 'VariableName' && nameAt(at, node)?.isFunction === true;
}

// Every function that is used as a value may be the one.
function giveAll(at: Flowing, given: readonly PyNode[], cell: Cell): void {
  const all = at.aliases.named('given to any function');
  for (const one of given) for (const kind of ['same', 'out'] as const) handOn(at, one, all, kind);
  at.aliases.flow(at.aliases.named('result of any function'), cell, 'same');
}
