/** Functions and lambdas of Python: their parameters, and the names that they bind. */
import type { SyntaxNode } from '@lezer/common';
import { bind } from './python-bindings.ts';
import { childrenOf, nameOf, type PythonFunction, type PythonModule, type Scope, textOf } from './python-module.ts';

/** Binds a function's name and parameters; gives its scope. */
export function bindFunction(module: PythonModule, node: SyntaxNode, outer: Scope, owner: string | undefined): Scope {
  const children = childrenOf(node);
  const nameNode = node.name === 'FunctionDefinition' ? children.find((child) => child.name === 'VariableName') : undefined;
  const name = nameNode === undefined ? `lambda@${node.from}` : nameOf(module, nameNode);
  const scope: Scope = {
    id: `${outer.id}${name}@${node.from}.`,
    kind: 'function',
    parent: outer,
    names: new Map(),
    outside: new Set(),
  };
  const list = children.find((child) => child.name === 'ParamList');
  const returns: SyntaxNode[] = [];
  const definition: PythonFunction = {
    id: scope.id,
    name,
    module,
    scope,
    parameters: list === undefined ? [] : readParameters(module, list),
    returns,
    yields: false,
    property: isProperty(module, node),
    node: nameNode ?? node,
    owner,
  };
  definition.parameters.forEach((parameter, index) => {
    bind(scope, parameter.name, { kind: 'parameter', definition, index });
  });
  if (nameNode !== undefined) bind(outer, name, { kind: 'function', definition });
  if (node.name === 'LambdaExpression' && node.lastChild !== null) returns.push(node.lastChild);
  module.functions.push(definition);
  if (owner !== undefined && !module.methods.has(`${owner}.${name}`)) module.methods.set(`${owner}.${name}`, definition);
  module.scopes.set(node.from, scope);
  module.functionsAt.set(node.from, definition);
  return scope;
}

export function readParameters(module: PythonModule, list: SyntaxNode): PythonFunction['parameters'] {
  const found: { name: string; fallback: SyntaxNode | undefined; star: '' | '*' | '**'; node: SyntaxNode }[] = [];
  const children = childrenOf(list);
  children.forEach((child, at) => {
    if (child.name !== 'VariableName' || children[at - 1]?.name === 'AssignOp') return;
    const next = children[at + 1]?.name === 'TypeDef' ? at + 2 : at + 1;
    const fallback = children[next]?.name === 'AssignOp' ? children[next + 1] : undefined;
    found.push({ name: nameOf(module, child), fallback, star: starOf(children[at - 1]?.name), node: child });
  });
  return found;
}

function starOf(before: string | undefined): '' | '*' | '**' {
  return before === '*' || before === '**' ? before : '';
}

function isProperty(module: PythonModule, node: SyntaxNode): boolean {
  if (node.parent?.name !== 'DecoratedStatement') return false;
  return node.parent.getChildren('Decorator').some((one) => /^@\s*(functools\.)?(cached_)?property\b/.test(textOf(module, one)));
}
