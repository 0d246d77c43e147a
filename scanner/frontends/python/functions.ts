/** Functions and lambdas of Python: their parameters, and the names that they bind. */

import { childrenOf, nameOf, textOf } from './nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PythonScope } from './program.ts';
import { bind } from './targets.ts';

/** Binds a function's name and parameters. */
export function bindFunction(
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

export function readParameters(module: PythonModule, list: PyNode): PythonFunction['parameters'] {
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
