/**
 * Python modules read once: scopes, what binds each name in them, functions and their call sites.
 */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import type { TaintSource } from '../../../fact/source.ts';
import type { Steps } from '../../../fact/steps.ts';
import {
  bindByText,
  bindChanges,
  changingMethods,
  noteCallByText,
  noteChanged,
  noteItemByText,
} from '../assignments/by-text.ts';
import {
  assignmentParts,
  childrenOf,
  enteredNames,
  functionOf,
  nameOf,
  scopeOf,
  textOf,
} from '../nodes.ts';
import { parsePython } from '../parse.ts';
import type { PyNode, PythonFunction, PythonModule, PythonScope } from '../program.ts';
import { bind, bindParts, bindTarget, isStar } from '../targets.ts';
import { nodesOfTree, walk } from '../tree.ts';

/**
 * Reads a module. What recovering from errors may cost is the file's own share, so that garbage
 * keeps no other file from being read.
 */
export function readModule(
  source: TaintSource,
  steps: Steps,
  isInShare: (cost: number) => boolean,
): PythonModule {
  steps.take(1 + (source.text.length >> 4));
  let cost = 0;
  const { tree, stoppedAt } = parsePython(source.text, (count) => {
    cost += count;
    const goesOn = isInShare(cost);
    if (goesOn) steps.take(count);
    return goesOn;
  });
  const { top, cut } = nodesOfTree(tree, source.text);
  const errors: number[] = [];
  const module: PythonModule = {
    source,
    top,
    scope: { id: `${source.path}::`, kind: 'module', parent: undefined, names: new Map() },
    functions: [],
    attributes: new Map(),
    changes: [],
    byText: [],
    fills: new Map(),
    shared: new Set(),
    classes: new Map(),
    methods: new Map(),
    assigned: [],
    inClasses: new Map(),
    calls: new Map(),
    scopes: new Map(),
    functionsAt: new Map(),
    stars: [],
    errors,
    unread: [...cut, ...(stoppedAt === undefined ? [] : [stoppedAt])],
  };
  walk(top, (node) => {
    steps.take();
    if (node.isError && !isOldExec(module, node)) errors.push(node.from);
    bindAll(module, node);
    return true;
  });
  bindChanges(module);
  bindByText(module);
  for (const scope of module.scopes.values()) {
    if (scope.kind !== 'class') continue;
    for (const [name, bindings] of scope.names) {
      const values = bindings.filter((binding) => binding.kind !== 'function');
      if (values.length > 0)
        module.inClasses.set(name, [...(module.inClasses.get(name) ?? []), ...values]);
    }
  }
  return module;
}

// Between `exec` and its text, in Python 2.
function isOldExec(module: PythonModule, { prevSibling, from, to }: PyNode): boolean {
  return (
    from === to &&
    prevSibling?.name === 'ExpressionStatement' &&
    textOf(module, prevSibling).trim() === 'exec'
  );
}

// What binds names in Python: imports, assignments, loops, functions, classes.

/** Notes what a node binds. The functions and classes that it stands in have to be noted before. */
function bindAll(module: PythonModule, node: PyNode): void {
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

function bindAssign(module: PythonModule, node: PyNode, scope: PythonScope): void {
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
function bindLoops(module: PythonModule, node: PyNode, scope: PythonScope): void {
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

function bindWith(module: PythonModule, node: PyNode, scope: PythonScope): void {
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

function noteCall(module: PythonModule, node: PyNode): void {
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

// Names that imports of Python bind.

function bindImport(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const text = textOf(module, node)
    .normalize('NFKC')
    .replace(/\\\r?\n/g, ' ')
    .replace(/#[^\n]*/g, '');
  const at = text.search(/\bimport\b/);
  const [, from = ''] = /^from\b([.\w\s]*)$/.exec(text.slice(0, Math.max(at, 0))) ?? [];
  const base = from.replace(/\s/g, '');
  if (base !== '') {
    const names = text.slice(at + 'import'.length);
    for (const part of names.replace(/[()]/g, ' ').split(',')) {
      const [name, as, alias] = part.trim().split(/\s+/);
      if (name === '*') module.stars.push(base);
      else if (name !== undefined && name !== '')
        bind(module, scope, as === 'as' && alias !== undefined ? alias : name, {
          kind: 'import',
          qual: base.endsWith('.') ? `${base}${name}` : `${base}.${name}`,
        });
    }
    return;
  }
  for (const part of text.replace(/^import\s+/, '').split(',')) {
    const [name = '', as, alias] = part.trim().split(/\s+/);
    if (as === 'as' && alias !== undefined)
      bind(module, scope, alias, { kind: 'import', qual: name });
    else if (name !== '')
      bind(module, scope, name.split('.')[0] ?? name, {
        kind: 'import',
        qual: name.split('.')[0] ?? name,
      });
  }
}

// Functions and lambdas of Python: their parameters, and the names that they bind.

/** Binds a function's name and parameters. */
function bindFunction(
  module: PythonModule,
  node: PyNode,
  outer: PythonScope,
  owner: string | undefined,
): void {
  const children = childrenOf(node);
  const nameNode =
    node.name === 'FunctionDefinition'
      ? children.find((child) => child.name === 'VariableName')
      : undefined;
  const name = nameNode === undefined ? `lambda@${node.from}` : nameOf(module, nameNode);
  const scope: PythonScope = {
    id: `${outer.id}${name}@${node.from}.`,
    kind: 'function',
    parent: outer,
    names: new Map(),
    outside: new Set(),
  };
  const list = children.find((child) => child.name === 'ParamList');
  const returns: PyNode[] = [];
  const definition: PythonFunction = {
    id: scope.id,
    name,
    module,
    scope,
    parameters: list === undefined ? [] : readParameters(module, list),
    returns,
    yields: false,
    property: isDecorated(module, node, /^@\s*(functools\.)?(cached_)?property\b/),
    bound: owner !== undefined && !isDecorated(module, node, /^@\s*staticmethod\b/),
    ofClass: owner !== undefined && isDecorated(module, node, /^@\s*classmethod\b/),
    node: nameNode ?? node,
    owner,
  };
  definition.parameters.forEach((parameter, index) => {
    bind(module, scope, parameter.name, { kind: 'parameter', definition, index });
  });
  if (nameNode !== undefined) bind(module, outer, name, { kind: 'function', definition });
  if (node.name === 'LambdaExpression' && node.lastChild !== null) returns.push(node.lastChild);
  module.functions.push(definition);
  if (owner !== undefined && !module.methods.has(`${owner}.${name}`))
    module.methods.set(`${owner}.${name}`, definition);
  module.scopes.set(node.from, scope);
  module.functionsAt.set(node.from, definition);
}

function readParameters(module: PythonModule, list: PyNode): PythonFunction['parameters'] {
  const found: {
    name: string;
    fallback: PyNode | undefined;
    star: '' | '*' | '**';
    node: PyNode;
  }[] = [];
  const children = childrenOf(list);
  children.forEach((child, at) => {
    if (child.name !== 'VariableName' || children[at - 1]?.name === 'AssignOp') return;
    const next = children[at + 1]?.name === 'TypeDef' ? at + 2 : at + 1;
    const fallback = children[next]?.name === 'AssignOp' ? children[next + 1] : undefined;
    found.push({
      name: nameOf(module, child),
      fallback,
      star: starOf(children[at - 1]?.name),
      node: child,
    });
  });
  return found;
}

function starOf(before: string | undefined): '' | '*' | '**' {
  return before === '*' || before === '**' ? before : '';
}

function isDecorated(module: PythonModule, node: PyNode, form: RegExp): boolean {
  if (node.parent?.name !== 'DecoratedStatement') return false;
  return node.parent.getChildren('Decorator').some((one) => form.test(textOf(module, one)));
}
