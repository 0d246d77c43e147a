/**
 * Where objects of Python flow: through assignments, loops, `with`, patterns and results; and what
 * changes them.
 */

import { assignmentParts, childrenOf, functionOf, nameOf, textOf } from '../nodes.ts';
import type { PyNode, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { isStar } from '../targets.ts';
import { walk } from '../tree.ts';
import { noteAliasedCall } from './alias-calls.ts';
import {
  changeObject,
  type Flowing,
  flowExpression,
  handOn,
  keptByMethod,
  resultOf,
  targetCell,
} from './alias-flows.ts';
import { Aliases, type Kept } from './aliases.ts';

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
  for (const module of run.modules.values())
    walk(module.top, (node) => {
      visit({ ...shared, module }, node);
      return true;
    });
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
