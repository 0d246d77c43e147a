/** What binds names in Python: imports, assignments, loops, functions, classes. */
import { bindFunction } from './python-functions.ts';
import { type Binding, childrenOf, functionOf, nameOf, type PythonModule, type Scope, scopeOf, textOf } from './python-module.ts';
import { type PyNode, walk } from './python-tree.ts';

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
      noteChanged(module, node.firstChild);
      break;
    case 'ScopeStatement':
      for (const name of node.getChildren('VariableName')) scopeOf(module, node).outside?.add(nameOf(module, name));
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

function bindClass(module: PythonModule, node: PyNode, scope: Scope): void {
  const className = classNameOf(module, node);
  bind(scope, className, { kind: 'class', name: className });
  module.classes.set(className, node);
  module.scopes.set(node.from, { id: `${scope.id}${className}.`, kind: 'class', parent: scope, names: new Map() });
}

function classNameOf(module: PythonModule, node: PyNode): string {
  const name = node.getChild('VariableName');
  return name === null ? '' : nameOf(module, name);
}

// The class whose method a function is.
function ownerOf(module: PythonModule, { parent }: PyNode): string | undefined {
  const body = parent?.name === 'DecoratedStatement' ? parent.parent : parent;
  return body?.name === 'Body' && body.parent?.name === 'ClassDefinition' ? classNameOf(module, body.parent) : undefined;
}

export function bind(scope: Scope, name: string, binding: Binding): void {
  const { names } = scope.outside?.has(name) ? homeOf(scope, name) : scope;
  const known = names.get(name);
  if (known === undefined) names.set(name, [binding]);
  else known.push(binding);
}

// Where `global` or `nonlocal` puts a name.
function homeOf(scope: Scope, name: string): Scope {
  let at = scope;
  while (at.parent !== undefined && (at === scope || !at.names.has(name))) at = at.parent;
  return at;
}

export function bindImport(module: PythonModule, node: PyNode, scope: Scope): void {
  const text = textOf(module, node)
    .normalize('NFKC')
    .replace(/\\\r?\n/g, ' ')
    .replace(/#[^\n]*/g, '');
  const [, from, names] = /^from\s+([.\w\s]+?)\s+import\s+([\s\S]+)$/.exec(text) ?? [];
  if (from !== undefined && names !== undefined) {
    const base = from.replace(/\s/g, '');
    for (const part of names.replace(/[()]/g, ' ').split(',')) {
      const [name, as, alias] = part.trim().split(/\s+/);
      if (name === '*') module.stars.push(base);
      else if (name !== undefined && name !== '')
        bind(scope, as === 'as' && alias !== undefined ? alias : name, {
          kind: 'import',
          qual: base.endsWith('.') ? `${base}${name}` : `${base}.${name}`,
        });
    }
    return;
  }
  for (const part of text.replace(/^import\s+/, '').split(',')) {
    const [name = '', as, alias] = part.trim().split(/\s+/);
    if (as === 'as' && alias !== undefined) bind(scope, alias, { kind: 'import', qual: name });
    else if (name !== '') bind(scope, name.split('.')[0] ?? name, { kind: 'import', qual: name.split('.')[0] ?? name });
  }
}

/** The targets and the value of `a = b, c = value`. */
export function assignmentParts(node: PyNode): { targets: PyNode[][]; values: PyNode[] } {
  const groups: PyNode[][] = [[]];
  for (const child of childrenOf(node)) {
    if (child.name === 'AssignOp') groups.push([]);
    else if (child.name !== 'TypeDef' && child.name !== ',') groups.at(-1)?.push(child);
  }
  const values = groups.length > 1 ? (groups.pop() ?? []) : [];
  return { targets: groups, values };
}

export function bindAssign(module: PythonModule, node: PyNode, scope: Scope): void {
  const { targets, values } = assignmentParts(node);
  const [value] = values;
  if (value === undefined) return;
  for (const group of targets) {
    group.forEach((target, index) => {
      const isPaired = group.length === values.length;
      const given = isPaired ? (values[index] ?? value) : value;
      bindTarget(module, scope, target, { kind: 'value', node: given, ...(group.length > 1 && !isPaired && { element: index }) });
    });
  }
}

export function bindTarget(module: PythonModule, scope: Scope, target: PyNode, binding: Binding): void {
  if (target.name === 'VariableName') bind(scope, nameOf(module, target), binding);
  if (target.name === 'TupleExpression' || target.name === 'ArrayExpression' || target.name === 'ParenthesizedExpression') {
    childrenOf(target)
      .filter((child) => !/^[()[\],]$/.test(child.name))
      .forEach((child, index) => {
        bindTarget(
          module,
          scope,
          child,
          binding.kind === 'value' || binding.kind === 'each' ? { ...binding, element: index } : binding,
        );
      });
    return;
  }
  const property = target.name === 'MemberExpression' ? target.lastChild : null;
  if (property?.name === ']') noteChanged(module, target.firstChild);
  if (property?.name === 'PropertyName') {
    const name = nameOf(module, property);
    const known = module.attributes.get(name);
    if (known === undefined) module.attributes.set(name, [binding]);
    else known.push(binding);
    if (target.firstChild?.name === 'VariableName') module.assigned.push({ object: target.firstChild, name, binding });
  }
}

// `for a, b in x` in statements, comprehensions and arguments.
export function bindLoops(module: PythonModule, node: PyNode, scope: Scope): void {
  const children = childrenOf(node);
  children.forEach((child, at) => {
    if (child.name !== 'for') return;
    const end = children.findIndex((other, index) => index > at && other.name === 'in');
    const iterated = children[end + 1];
    if (end < 0 || iterated === undefined) return;
    const targets = children.slice(at + 1, end).filter((target) => target.name !== ',' && target.name !== '*');
    targets.forEach((target, element) => {
      bindTarget(module, scope, target, { kind: 'each', node: iterated, ...(targets.length > 1 && { element }) });
    });
  });
}

export function bindWith(module: PythonModule, node: PyNode, scope: Scope): void {
  const children = childrenOf(node);
  children.forEach((child, at) => {
    const [value, target] = [children[at - 1], children[at + 1]];
    if (child.name === 'as' && value !== undefined && target !== undefined)
      bindTarget(module, scope, target, { kind: 'value', node: value, entered: true });
  });
}

// `except X as e`
function bindCaught(module: PythonModule, node: PyNode, scope: Scope): void {
  const children = childrenOf(node);
  children.forEach((child, at) => {
    const target = children[at + 1];
    if (child.name === 'as' && target !== undefined) bindTarget(module, scope, target, { kind: 'raised', node });
  });
}

// `case x:` is the value itself, a name deeper inside is a part of it.
function bindMatched(module: PythonModule, node: PyNode, scope: Scope): void {
  const subject = node.parent?.parent?.firstChild?.nextSibling;
  const pattern = childrenOf(node)[1];
  if (subject === null || subject === undefined || pattern === undefined) return;
  walk(pattern, (one) => {
    const name = one.name === 'CapturePattern' ? one.firstChild : null;
    if (name === null || textOf(module, name) === '_') return true;
    const isWhole = one.from === pattern.from && one.to === pattern.to;
    bindTarget(module, scope, name, { kind: 'value', node: subject, ...(!isWhole && { element: -1 }) });
    return true;
  });
}

export function noteCall(module: PythonModule, node: PyNode): void {
  const callee = node.firstChild;
  const last = callee?.name === 'MemberExpression' ? callee.lastChild : callee;
  if (last === null || last === undefined || !/^(VariableName|PropertyName)$/.test(last.name)) return;
  const name = nameOf(module, last);
  if (last !== callee && mutators.test(name)) noteChanged(module, callee?.firstChild ?? null);
  const known = module.calls.get(name);
  if (known === undefined) module.calls.set(name, [node]);
  else known.push(node);
}

const mutators = /^(append|add|extend|update|insert|reverse|pop|sort|setdefault|remove|clear)$/;

function noteChanged(module: PythonModule, target: PyNode | null): void {
  if (target?.name === 'VariableName') module.changed.add(nameOf(module, target));
}

// What a function gives, up to a few places.
function noteReturn(module: PythonModule, node: PyNode): void {
  const definition = functionOf(module, node);
  const values = childrenOf(node).filter((child) => !/^(return|yield|from|,)$/.test(child.name));
  if (definition !== undefined && definition.returns.length < 16) definition.returns.push(...values);
}

function noteYield(module: PythonModule, node: PyNode): void {
  const definition = functionOf(module, node);
  if (definition !== undefined) definition.yields = true;
}
