/**
 * Where objects of Python flow: through assignments, loops, `with`, patterns and results; and what
 * changes them.
 */

import { pythonRows } from '../../../knowledge/python/library.ts';
import { importMeaning } from '../names/meaning.ts';
import { argumentsOf, assignmentParts, childrenOf, functionOf, nameOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { isStar } from '../targets.ts';
import { walk } from '../tree.ts';
import {
  cellOfName,
  changeObject,
  type Flowing,
  flowExpression,
  flowInto,
  handOn,
  keptByMethod,
  nameAt,
  resultOf,
  targetCell,
} from './alias-flows.ts';
import { Aliases, type Cell, type Kept } from './lists.ts';

/**
 * Expressions of all modules whose lists and dictionaries are changed by other ways than their
 * names.
 */
export function changedElsewhere(run: PythonRun): Map<PyNode, Kept> {
  const aliases = new Aliases(run.context.steps);
  const all = [...run.modules.values()].flatMap(({ functions }) => functions);
  const reached = all.filter(
    ({ owner, scope }) => owner !== undefined || scope.parent?.kind === 'module',
  );
  const functionsNamed = Map.groupBy(reached, ({ name }) => name);
  const shared = {
    run,
    aliases,
    functionsNamed,
    kinds: new Map(),
    linked: new Set<string>(),
    cellOfCall: noteAliasedCall,
  };
  for (const module of run.modules.values()) {
    const at = { ...shared, module };
    walk(module.top, (node) => {
      visit(at, node);
      return true;
    });
  }
  for (const { id, scope, parameters } of all.filter((one) => run.open.has(one.id))) {
    for (const { name, star } of parameters)
      aliases.flow(
        aliases.named('given to any function'),
        aliases.named(`${scope.id} ${name}`),
        star === '' ? 'same' : 'into',
      );
    aliases.flow(aliases.named(`result ${id}`), aliases.named('result of any function'), 'same');
  }
  return aliases.changed();
}

function visit(at: Flowing, node: PyNode): void {
  switch (node.name) {
    case 'AssignStatement':
      assigned(at, node);
      break;
    case 'UpdateStatement':
      updated(at, node);
      break;
    case 'DeleteStatement':
      for (const target of childrenOf(node))
        if (target.name === 'MemberExpression') changeItem(at, target);
      break;
    case 'ForStatement':
    case 'ArgList':
    case 'ArrayComprehensionExpression':
    case 'ComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'SetComprehensionExpression':
      looped(at, node);
      break;
    case 'WithStatement':
      entered(at, node);
      break;
    case 'MatchStatement':
      matched(at, node);
      break;
    case 'ReturnStatement':
    case 'YieldStatement':
    case 'YieldExpression':
      returned(at, node);
      break;
    case 'LambdaExpression':
      if (node.lastChild !== null)
        handOn(at, node.lastChild, resultOf(at, at.module.functionsAt.get(node.from)?.id), 'same');
      break;
    case 'ParamList':
      defaults(at, node);
      break;
    case 'CallExpression':
      noteAliasedCall(at, node);
      break;
    case 'NamedExpression': {
      const [target, , value] = childrenOf(node);
      if (target !== undefined && value !== undefined)
        flowExpression(at, value, targetCell(at, target), 'same');
      break;
    }
    case 'MemberExpression': {
      const kept =
        node.parent?.name === 'CallExpression' && node.prevSibling === null
          ? undefined
          : keptBy(at.module, node);
      if (kept !== undefined && node.firstChild !== null) changeObject(at, node.firstChild, kept);
    }
  }
}

// What a changing method leaves, where its name stands behind a dot.
function keptBy(module: PythonModule, node: PyNode): Kept | undefined {
  const { lastChild } = node;
  return lastChild?.name === 'PropertyName' ? keptByMethod(nameOf(module, lastChild)) : undefined;
}

// `list[1] = x` leaves the first item what it is.
function changeItem(at: Flowing, target: PyNode): void {
  const [object, open, key] = childrenOf(target);
  if (object === undefined || open?.name !== '[') return;
  const isBehind = key?.name === 'Number' && /^[1-9]/.test(textOf(at.module, key));
  changeObject(at, object, isBehind ? 1 : 0, true);
}

function changeTargets(at: Flowing, target: PyNode): void {
  if (target.name === 'MemberExpression') changeItem(at, target);
  else if (/^(Tuple|Array|Parenthesized)Expression$/.test(target.name))
    for (const part of childrenOf(target)) changeTargets(at, part);
}

function assigned(at: Flowing, node: PyNode): void {
  const { targets, values } = assignmentParts(node);
  for (const group of targets) {
    const isPaired =
      values.length > 1 && group.length === values.length && ![...group, ...values].some(isStar);
    const plain = group.filter((target) => !isStar(target));
    plain.forEach((target, index) => {
      changeTargets(at, target);
      const to = targetCell(at, target);
      const own = isPaired ? [values[index]] : values.filter((value) => !isStar(value));
      const kind = targets.length > 1 ? 'same' : 'owned';
      for (const value of own)
        if (value !== undefined)
          flowExpression(at, value, to, isPaired || group.length === 1 ? kind : 'out');
    });
  }
}

// `x += y`; `d[k] += y` changes what d holds.
function updated(at: Flowing, node: PyNode): void {
  const [target, , value] = childrenOf(node);
  if (target === undefined) return;
  changeTargets(at, target);
  changeObject(at, target, 2, true);
  if (value !== undefined) handOn(at, value, targetCell(at, target), 'copy');
}

function looped(at: Flowing, node: PyNode): void {
  const children = childrenOf(node);
  children.forEach((child, index) => {
    if (child.name !== 'for') return;
    const end = children.findIndex((other, place) => place > index && other.name === 'in');
    const iterated = children[end + 1];
    if (end < 0 || iterated === undefined) return;
    for (const target of children.slice(index + 1, end).filter(({ name }) => /^\w/.test(name))) {
      changeTargets(at, target);
      flowExpression(at, iterated, targetCell(at, target), 'out');
    }
  });
}

function entered(at: Flowing, node: PyNode): void {
  const children = childrenOf(node);
  children.forEach((child, index) => {
    const value = children[index - 1];
    const target = children[index + 1];
    if (child.name !== 'as' || value === undefined || target === undefined) return;
    changeTargets(at, target);
    for (const kind of ['same', 'out'] as const)
      flowExpression(at, value, targetCell(at, target), kind);
  });
}

function matched(at: Flowing, node: PyNode): void {
  const subject = childrenOf(node)[1];
  const body = node.getChild('MatchBody');
  if (subject === undefined || body === null) return;
  for (const clause of body.getChildren('MatchClause'))
    walk(childrenOf(clause)[1] ?? clause, (one) => {
      if (one.name === 'VariableName')
        for (const kind of ['same', 'out'] as const)
          flowExpression(at, subject, targetCell(at, one), kind);
      return true;
    });
}

function returned(at: Flowing, node: PyNode): void {
  const to = resultOf(at, functionOf(at.module, node)?.id);
  for (const value of childrenOf(node).filter(({ name }) => !/^(return|yield|from|,)$/.test(name)))
    handOn(at, value, to, node.name === 'ReturnStatement' ? 'same' : 'into');
}

// `def f(parts=[]):` is one list for all calls.
function defaults(at: Flowing, node: PyNode): void {
  const children = childrenOf(node);
  children.forEach((child, index) => {
    const value = children[index + 1];
    const name = children.slice(0, index).findLast((one) => one.name === 'VariableName');
    if (child.name !== 'AssignOp' || value === undefined || name === undefined) return;
    const parameter = at.module.functionsAt.get(node.parent?.from ?? -1)?.scope;
    if (parameter !== undefined)
      flowExpression(
        at,
        value,
        at.aliases.named(`${parameter.id} ${nameOf(at.module, name)}`),
        'same',
      );
  });
}

// Where objects of Python flow through calls: into parameters, out of results, into other objects.

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
  Object.entries(pythonRows).flatMap(([name, { effects }]) =>
    effects.some(({ does }) => does === 'call') ? [] : [name.slice(name.lastIndexOf('.') + 1)],
  ),
);

/** The cell of what a call gives; what it hands on is noted once. */
function noteAliasedCall(at: Flowing, node: PyNode): Cell {
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
    for (const one of given) handOn(at, one, cell, ...kinds);
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
  handOn(at, object, cell, 'out', 'copy');
  if (name.startsWith('__')) handOn(at, object, cell, 'same');
  if (keptByMethod(name) === undefined && !/^(put|push|send|set)/.test(name)) return;
  const held = at.aliases.newCell();
  for (const one of given) handOn(at, one, held, 'same', 'copy');
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
  for (const one of given) handOn(at, one, all, 'same', 'out');
  at.aliases.flow(at.aliases.named('result of any function'), cell, 'same');
}
