/** What binds names in Python: imports, assignments, loops, functions, classes. */
import { alternativesMax } from '../../../limits.ts';
import { noteCallByText, noteItemByText } from '../assignments/by-text.ts';
import { changingMethods, noteChanged } from '../assignments/updates.ts';
import { bindFunction } from '../functions.ts';
import {
  assignmentParts,
  childrenOf,
  enteredNames,
  functionOf,
  nameOf,
  scopeOf,
  textOf,
} from '../nodes.ts';
import type { PyNode, PythonModule, PythonScope } from '../program.ts';
import { bind, bindParts, bindTarget, isStar } from '../targets.ts';
import { walk } from '../tree.ts';
import { bindImport } from './imports.ts';

/** Notes what a node binds. The functions and classes that it stands in have to be noted before. */
export function bindAll(module: PythonModule, node: PyNode): void {
  switch (node.name) {
    case 'ImportStatement':
      bindImport(module, node, scopeOf(module, node));
      break;
    case 'AssignStatement':
      bindAssign(module, node, scopeOf(module, node));
      break;
    case 'UpdateStatement':
      bindUpdate(module, node);
      break;
    case 'DeleteStatement':
      for (const target of childrenOf(node))
        if (target.lastChild?.name === ']')
          noteChanged(module, target.firstChild, node, 'rewritten');
      break;
    case 'ScopeStatement':
      for (const name of node.getChildren('VariableName'))
        scopeOf(module, node).outside?.add(nameOf(module, name));
      break;
    case 'TryStatement':
      bindCaught(module, node, scopeOf(module, node));
      break;
    case 'MatchClause':
      bindMatched(module, node, scopeOf(module, node));
      break;
    case 'ReturnStatement':
      noteReturn(module, node);
      break;
    case 'YieldStatement':
    case 'YieldExpression':
      noteReturn(module, node);
      noteYield(module, node);
      break;
    case 'NamedExpression': {
      const [target, , value] = childrenOf(node);
      if (target !== undefined && value !== undefined)
        bindTarget(module, scopeOf(module, node), target, { kind: 'value', node: value });
      break;
    }
    case 'ForStatement':
    case 'ArrayComprehensionExpression':
    case 'ComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'ArgList':
      bindLoops(module, node, scopeOf(module, node));
      break;
    case 'WithStatement':
      bindWith(module, node, scopeOf(module, node));
      break;
    case 'CallExpression':
      noteCall(module, node);
      break;
    case 'FunctionDefinition':
    case 'LambdaExpression':
      bindFunction(module, node, scopeOf(module, node), ownerOf(module, node));
      break;
    case 'ClassDefinition':
      bindClass(module, node, scopeOf(module, node));
      break;
  }
}

function bindClass(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const className = classNameOf(module, node);
  bind(module, scope, className, { kind: 'class', name: className });
  module.classes.set(className, node);
  module.scopes.set(node.from, {
    id: `${scope.id}${className}.`,
    kind: 'class',
    parent: scope,
    names: new Map(),
  });
}

function classNameOf(module: PythonModule, node: PyNode): string {
  const name = node.getChild('VariableName');
  return name === null ? '' : nameOf(module, name);
}

// The class whose method a function is.
function ownerOf(module: PythonModule, { parent }: PyNode): string | undefined {
  const body = parent?.name === 'DecoratedStatement' ? parent.parent : parent;
  return body?.name === 'Body' && body.parent?.name === 'ClassDefinition'
    ? classNameOf(module, body.parent)
    : undefined;
}

export function bindAssign(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const { targets, values } = assignmentParts(node);
  for (const group of targets) bindGroup(module, scope, group, values);
}

// `a, b = c` takes the value apart, `a, *b, c = d, e, f` pairs what stands before and behind the
// star.
function bindGroup(
  module: PythonModule,
  scope: PythonScope,
  group: readonly PyNode[],
  values: readonly PyNode[],
): void {
  const [value] = values;
  if (value === undefined) return;
  if (values.length === 1) {
    bindParts(module, scope, group, (_, element) => ({
      kind: 'value',
      node: value,
      ...(group.length > 1 && { place: [element] }),
    }));
    return;
  }
  const star = group.findIndex(isStar);
  const isPaired = !values.some(isStar) && (star >= 0 || group.length === values.length);
  group.forEach((target, index) => {
    if (isStar(target)) return;
    const at = star < 0 || index < star ? index : values.length - (group.length - index);
    const node = isPaired && (star < 0 || index !== star + 1) ? values[at] : undefined;
    if (node !== undefined) bindTarget(module, scope, target, { kind: 'value', node });
    else
      for (const one of values)
        bindTarget(module, scope, target, { kind: 'value', node: one, place: [-1] });
  });
}

// `for a, b in x` in statements, comprehensions and arguments.
export function bindLoops(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const children = childrenOf(node);
  children.forEach((child, at) => {
    if (child.name !== 'for') return;
    const end = children.findIndex((other, index) => index > at && other.name === 'in');
    const iterated = children[end + 1];
    if (end < 0 || iterated === undefined) return;
    const targets = children.slice(at + 1, end).filter((target) => target.name !== ',');
    bindParts(module, scope, targets, (_, element) => {
      return { kind: 'each', node: iterated, ...(targets.length > 1 && { place: [element] }) };
    });
  });
}

export function bindWith(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const children = childrenOf(node);
  children.forEach((child, at) => {
    const value = children[at - 1];
    const target = children[at + 1];
    if (child.name !== 'as' || value === undefined || target === undefined) return;
    const names = enteredNames(module, target);
    names.forEach((name, element) => {
      bind(module, scope, name, {
        kind: 'value',
        node: value,
        entered: true,
        ...(names.length > 1 && { place: [element] }),
      });
    });
  });
}

// `except X as e`
function bindCaught(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const children = childrenOf(node);
  children.forEach((child, at) => {
    const target = children[at + 1];
    if (child.name === 'as' && target !== undefined)
      bindTarget(module, scope, target, { kind: 'raised', node });
  });
}

// `case x:` is the value itself, a name deeper inside is a part of it.
function bindMatched(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const subject = node.parent?.parent?.firstChild?.nextSibling;
  const pattern = childrenOf(node)[1];
  if (subject === null || subject === undefined || pattern === undefined) return;
  walk(pattern, (one) => {
    const name =
      one.name === 'CapturePattern'
        ? one.firstChild
        : one.name === 'AsPattern'
          ? one.lastChild
          : null;
    if (name?.name !== 'VariableName' || textOf(module, name) === '_') return true;
    const isWhole = one.from === pattern.from && one.to === pattern.to;
    bindTarget(module, scope, name, {
      kind: 'value',
      node: subject,
      ...(!isWhole && { place: [-1] }),
    });
    return true;
  });
}

export function noteCall(module: PythonModule, node: PyNode): void {
  noteCallByText(module, node);
  const callee = node.firstChild;
  const last = callee?.name === 'MemberExpression' ? callee.lastChild : callee;
  if (last === null || last === undefined || !/^(VariableName|PropertyName)$/.test(last.name))
    return;
  const name = nameOf(module, last);
  const change = last === callee ? undefined : changingMethods.get(name);
  if (change !== undefined) noteChanged(module, callee?.firstChild ?? null, node, change);
  const known = module.calls.get(name);
  if (known === undefined) module.calls.set(name, [node]);
  else known.push(node);
}

// `x += y`, `x[0] += y`, `x.y += z`
function bindUpdate(module: PythonModule, node: PyNode): void {
  const target = node.firstChild;
  const last = target?.name === 'MemberExpression' ? target.lastChild : null;
  if (target !== null) noteItemByText(module, target);
  if (last?.name === ']') noteChanged(module, target?.firstChild ?? null, node, 'rewritten');
  else noteChanged(module, target ?? null, node, 'grown');
}

// What a function gives, up to a few places.
function noteReturn(module: PythonModule, node: PyNode): void {
  const definition = functionOf(module, node);
  const values = childrenOf(node).filter((child) => !/^(return|yield|from|,)$/.test(child.name));
  if (definition === undefined || definition.returns.length > alternativesMax) return;
  // `return a, b` gives one tuple, which the statement itself stands for.
  if (values.length > 1 && node.name === 'ReturnStatement') definition.returns.push(node);
  else definition.returns.push(...values);
}

function noteYield(module: PythonModule, node: PyNode): void {
  const definition = functionOf(module, node);
  if (definition !== undefined) definition.yields = true;
}
