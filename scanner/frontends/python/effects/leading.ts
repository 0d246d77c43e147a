/**
 * Which parts of an address say what host it is: those before the first slash behind its scheme.
 * `f"{base}/tasks/{answer['id']}"` asks the host that `base` says, whatever the answer is.
 */

import { alternativesMax, callSitesMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { calledIn, operandsOf, piecesOf } from '../interpret.ts';
import { lookUp } from '../names/lookup.ts';
import { givenFor, isByClass, isOwnCall } from '../names/parameters.ts';
import { argumentsOf, childrenOf, nameOf, scopeOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';

/** Nodes of the flow graph, and whether the host has surely ended behind them. */
interface Leading {
  readonly nodes: readonly string[];
  readonly ends: boolean;
}

/** The nodes of an address that may say its host. */
export function leadingNodes(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
): readonly string[] {
  return new Set(leadingOf(run, module, node, new Set()).nodes).values().toArray();
}

const nothingLeads: Leading = { nodes: [], ends: false };

function leadingOf(run: PythonRun, module: PythonModule, node: PyNode, seen: Set<PyNode>): Leading {
  run.context.steps.take();
  if (seen.has(node)) return nothingLeads;
  if (seen.size > leadingNodesMax) return wholeOf(run, module, node);
  seen.add(node);
  const inner = (one: PyNode): Leading => leadingOf(run, module, one, seen);
  switch (node.name) {
    case 'String':
      return wholeOf(run, module, node);
    case 'FormatString':
      return inOrder(
        piecesOf(module, node).pieces.map((piece) => () => {
          if (typeof piece === 'string') return { nodes: [], ends: hasSlash(piece) };
          return piece.value === undefined ? nothingLeads : inner(piece.value);
        }),
      );
    case 'ParenthesizedExpression':
      return operandsOf(node).map(inner).at(-1) ?? nothingLeads;
    case 'BinaryExpression': {
      const [left, operator, right] = childrenOf(node);
      if (left === undefined || operator === undefined || right === undefined) break;
      const symbol = module.source.text.slice(operator.from, operator.to);
      if (symbol === '+') return inOrder([() => inner(left), () => inner(right)]);
      if (symbol === 'or') return anyOf([inner(left), inner(right)]);
      break;
    }
    case 'VariableName': {
      const bindings = lookUp(scopeOf(module, node), nameOf(module, node))?.bindings ?? [];
      const first = bindings.filter(({ kind }) => kind !== 'update');
      const given = first.map((one) => ofBinding(run, module, one, seen));
      if (given.length === 0 || !given.every((one) => one !== undefined)) break;
      // `url += "?" + query`, in any order and number.
      const added = bindings.flatMap((one) =>
        one.kind === 'update' ? [addedBy(module, one)] : [],
      );
      if (!added.every((one) => one !== undefined)) break;
      const base = anyOf(given);
      return added.length === 0 ? base : inOrder([() => base, () => anyOf(added.map(inner))]);
    }
    case 'CallExpression':
      return (
        ofCall(run, module, node, inner) ??
        ofOwnCall(run, module, node, seen) ??
        wholeOf(run, module, node)
      );
  }
  return wholeOf(run, module, node);
}

function addedBy(
  module: PythonModule,
  { node, change }: Extract<Binding, { kind: 'update' }>,
): PyNode | undefined {
  const statement = node.name === 'UpdateStatement' ? node : node.parent;
  const [target, operator, value] =
    statement?.name === 'UpdateStatement' ? childrenOf(statement) : [];
  const isPlain =
    target?.name === 'VariableName' &&
    operator !== undefined &&
    module.source.text.slice(operator.from, operator.to) === '+=';
  return change === 'grown' && isPlain ? value : undefined;
}

function ofBinding(
  run: PythonRun,
  module: PythonModule,
  binding: Binding,
  seen: Set<PyNode>,
): Leading | undefined {
  if (binding.kind === 'parameter')
    return ofParameter(run, binding.definition, binding.index, seen);
  return binding.kind === 'value' && binding.place === undefined && binding.entered === undefined
    ? leadingOf(run, module, binding.node, seen)
    : undefined;
}

// What each call of the function gives; what other callers give is no node of the skill.
function ofParameter(
  run: PythonRun,
  definition: PythonFunction,
  index: number,
  seen: Set<PyNode>,
): Leading | undefined {
  const parameter = definition.parameters[index];
  const sites = run.calls.get(definition.name) ?? [];
  if (parameter === undefined || parameter.star !== '' || sites.length > callSitesMax)
    return undefined;
  const given: Leading[] = [];
  for (const { module, call } of sites) {
    if (!definition.bound && !isOwnCall(run, module, call, 0)) continue;
    const { positional, keywords, starred } = argumentsOf(module, call);
    const byClass = definition.bound && isByClass(run, module, call, 0);
    const node = givenFor(definition, index, positional, keywords, byClass);
    if (node !== undefined) given.push(leadingOf(run, module, node, seen));
    else if (starred.length > 0) return undefined;
  }
  if (parameter.fallback !== undefined)
    given.push(leadingOf(run, definition.module, parameter.fallback, seen));
  return given.length === 0 ? undefined : anyOf(given);
}

function ofCall(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  inner: (node: PyNode) => Leading,
): Leading | undefined {
  const { firstChild } = node;
  if (firstChild === null) return undefined;
  const { object, method } = calledIn(module, firstChild);
  if (object !== undefined && /^(strip|rstrip|lower|removesuffix)$/.test(method))
    return { ...inner(object), ends: false };
  const [base, path] = argumentsOf(module, node).positional;
  const isJoin = run.evaluate(run, module, firstChild).qual === 'urllib.parse.urljoin';
  if (!isJoin || base === undefined || path === undefined) return undefined;
  // A path that begins with a slash keeps the host of the base; any other may be an address.
  return anyOf([inner(base), inner(path)]);
}

// What a function of the skill returns: `build_url(base, path, params)`.
function ofOwnCall(
  run: PythonRun,
  module: PythonModule,
  { firstChild }: PyNode,
  seen: Set<PyNode>,
): Leading | undefined {
  if (firstChild === null) return undefined;
  const { own, qual, others } = run.evaluate(run, module, firstChild);
  if (own === undefined || qual !== undefined || others.length > 0) return undefined;
  const isChanged =
    own.yields ||
    own.bound ||
    run.replaced.has(own.id) ||
    own.node.parent?.parent?.name === 'DecoratedStatement';
  if (isChanged || own.returns.length === 0 || own.returns.length > alternativesMax)
    return undefined;
  return anyOf(own.returns.map((one) => leadingOf(run, own.module, one, seen)));
}

function wholeOf(run: PythonRun, module: PythonModule, node: PyNode): Leading {
  const { nodes, texts, otherTexts } = run.evaluate(run, module, node);
  const all = [...texts, ...otherTexts];
  return { nodes, ends: all.length > 0 && all.every(hasSlash) };
}

function inOrder(parts: readonly (() => Leading)[]): Leading {
  const nodes: string[] = [];
  for (const part of parts) {
    const { nodes: these, ends } = part();
    nodes.push(...these);
    if (ends) return { nodes, ends };
  }
  return { nodes, ends: false };
}

function anyOf(all: readonly Leading[]): Leading {
  return { nodes: all.flatMap(({ nodes }) => nodes), ends: all.every(({ ends }) => ends) };
}

// `//` begins a host as a scheme does; what is not known may hold the slash, or not.
function hasSlash(text: string): boolean {
  const rest = text.replace(/^(\w{1,20}:)?\/\//, '');
  return /[/?#]/.test(rest) && !rest.startsWith(unknownPart);
}

const leadingNodesMax = 64;
