/**
 * Decorators of Python, which are calls: from the innermost outwards, each with what the one below
 * it gave.
 */
import { callWith } from '../effects/call.ts';
import { invoke } from '../effects/calls.ts';
import { applyEffect } from '../effects/effects.ts';
import { declaresOption, noteOption } from '../effects/options.ts';
import { lookUp } from '../names/lookup.ts';
import { memberOf } from '../names/members.ts';
import { variable } from '../names/names.ts';
import { argumentsOf, childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { unknownPy } from './alternatives.ts';

/** Calls the decorators of a definition. */
export function applyDecorators(run: PythonRun, module: PythonModule, node: PyNode): void {
  const definition =
    node.name === 'DecoratedStatement'
      ? (node.getChild('FunctionDefinition') ?? node.getChild('ClassDefinition'))
      : node;
  const own = definition === null ? undefined : module.functionsAt.get(definition.from);
  let value: PyValue = { ...unknownPy, own };
  const decorators = [...loose(module, node), ...node.getChildren('Decorator')];
  for (const decorator of decorators.reverse()) {
    if (own !== undefined) noteRegistered(run, module, decorator, own);
    const callee =
      decorator.name === 'Decorator'
        ? calledBy(run, module, decorator, own)
        : run.evaluate(run, module, decorator);
    if (callee.qual === undefined && callee.own === undefined) return;
    const at = { module, node: decorator, api: callee.qual ?? '', certainty: 'exact' } as const;
    value = invoke(run, callWith(at, [value]), callee, 1);
    if (own !== undefined && value.own !== undefined && value.own !== own)
      run.wrappers.set(own.id, [...(run.wrappers.get(own.id) ?? []), value.own]);
  }
}

// `@send.register(str)`: a call of `send` may be one of this function.
function noteRegistered(
  run: PythonRun,
  module: PythonModule,
  decorator: PyNode,
  own: PythonFunction,
): void {
  const [first, last, ...more] = decorator.getChildren('VariableName');
  if (first === undefined || last === undefined || more.length > 0) return;
  if (textOf(module, last) !== 'register') return;
  const { own: general } = variable(run, module, first, 1);
  if (general === undefined || general === own) return;
  run.wrappers.set(general.id, [...(run.wrappers.get(general.id) ?? []), own]);
}

// Decorators that are no dotted names stand before as statements of their own; see `forParser` of
// parse.ts.
function loose(module: PythonModule, node: PyNode): PyNode[] {
  const found: PyNode[] = [];
  for (let at = node.prevSibling; at !== null; at = at.prevSibling) {
    const inner = at.name === 'ExpressionStatement' ? at.firstChild : null;
    if (
      inner?.name !== 'UnaryExpression' ||
      module.source.text[inner.from] !== '@' ||
      inner.lastChild === null
    )
      break;
    found.unshift(inner.lastChild);
  }
  return found;
}

/**
 * Calls decorators that stand as statements of their own, where the last of them stands before a
 * definition.
 */
export function applyLoose(run: PythonRun, module: PythonModule, node: PyNode): void {
  if (node.firstChild?.name !== 'UnaryExpression' || module.source.text[node.from] !== '@') return;
  const { nextSibling } = node;
  if (nextSibling?.name === 'FunctionDefinition' || nextSibling?.name === 'ClassDefinition')
    applyDecorators(run, module, nextSibling);
}

// `@a.b` and `@a.b(c)`.
function calledBy(
  run: PythonRun,
  module: PythonModule,
  decorator: PyNode,
  own: PythonFunction | undefined,
): PyValue {
  const [first, ...rest] = childrenOf(decorator).filter((child) => child.name === 'VariableName');
  if (first === undefined) return unknownPy;
  let value = variable(run, module, first, 1);
  for (const name of rest) value = memberOf(run, value, textOf(module, name).normalize('NFKC'), 1);
  const list = decorator.getChild('ArgList');
  if (list === null) return value;
  const { positional, keywords } = argumentsOf(module, decorator);
  const args = positional.map((child) => run.evaluate(run, module, child));
  const named = new Map(
    [...keywords].map(([key, child]) => [key, run.evaluate(run, module, child)] as const),
  );
  const at = { module, node: decorator, api: value.qual ?? '', certainty: 'exact' } as const;
  if (own !== undefined && declaresOption.test(value.qual ?? ''))
    noteOption(run, module, decorator, own);
  return invoke(run, callWith(at, args, named), value, 1);
}

/** Python 2: `exec "code"` stands as a name and a text behind it. */
export function noteOldExec(run: PythonRun, module: PythonModule, node: PyNode): void {
  if (textOf(module, node).trim() !== 'exec') return;
  const text = node.nextSibling?.isError ? node.nextSibling.nextSibling?.firstChild : undefined;
  if (text === null || text === undefined) return;
  const at = { module, node, api: 'exec', certainty: 'exact' } as const;
  const call = callWith(at, [run.evaluate(run, module, text)]);
  applyEffect(run, call, { does: 'code', code: 0 });
}

// Functions of a skill in whose place another one may be called: decorators, classes made from
// theirs, attributes of the same name.

/** The ids of functions of which a call by name may reach another function. */
export function replacedFunctions(modules: ReadonlyMap<string, PythonModule>): Set<string> {
  const all = [...modules.values()];
  const derived = derivedClasses(all);
  const methods = new Set(all.flatMap((module) => [...module.methods.keys()]));
  const isOverridden = ({ owner, name }: PythonFunction): boolean =>
    owner !== undefined &&
    name !== '__init__' &&
    (all.some(({ attributes }) => attributes.has(name)) ||
      [...(derived.get(owner) ?? [])].some((one) => methods.has(`${one}.${name}`)));
  const replaced = all.flatMap((module) =>
    module.functions.filter((one) => isOverridden(one) || isDecorated(module, one)),
  );
  return new Set(replaced.map(({ id }) => id));
}

// Classes that are made from a class, by its name.
function derivedClasses(modules: readonly PythonModule[]): Map<string, Set<string>> {
  const bases = new Map<string, readonly string[]>();
  for (const module of modules)
    for (const [name, node] of module.classes) {
      const list = node.getChild('ArgList');
      const names =
        list === null
          ? []
          : childrenOf(list).filter((child) =>
              /^(VariableName|MemberExpression)$/.test(child.name),
            );
      bases.set(
        name,
        names.map((one) => textOf(module, one).split('.').at(-1) ?? ''),
      );
    }
  const derived = new Map<string, Set<string>>();
  for (const name of bases.keys()) {
    const waiting = [...(bases.get(name) ?? [])];
    const seen = new Set<string>();
    for (let base = waiting.pop(); base !== undefined; base = waiting.pop()) {
      if (seen.has(base)) continue;
      seen.add(base);
      derived.set(base, (derived.get(base) ?? new Set()).add(name));
      waiting.push(...(bases.get(base) ?? []));
    }
  }
  return derived;
}

// A decorator that the skill defines, or one that is no name.
function isDecorated(module: PythonModule, { node }: PythonFunction): boolean {
  const statement = node.parent?.parent;
  if (statement?.name !== 'DecoratedStatement') return isLoose(node.parent ?? node);
  return isLoose(statement) || statement.getChildren('Decorator').some((one) => isOwn(module, one));
}

function isLoose({ prevSibling }: PyNode): boolean {
  return (
    prevSibling?.firstChild?.name === 'UnaryExpression' &&
    prevSibling.firstChild.firstChild?.isError === true
  );
}

function isOwn(module: PythonModule, decorator: PyNode): boolean {
  const first = decorator.getChild('VariableName');
  const found = first === null ? undefined : lookUp(scopeOf(module, first), nameOf(module, first));
  return (
    found?.bindings.some(
      (one) =>
        one.kind === 'function' ||
        one.kind === 'class' ||
        (one.kind === 'value' && /^(LambdaExpression|VariableName)$/.test(one.node.name)),
    ) === true
  );
}
