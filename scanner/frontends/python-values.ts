/** Values of Python expressions: names resolved through imports and assignments, text folded, flows kept. */
import type { SyntaxNode } from '@lezer/common';
import { syntaxDepthMax } from '../limits.ts';
import { unknownPart } from '../models/egress-of.ts';
import { callValue } from './python-calls.ts';
import { wholeEnvironment } from './python-effects.ts';
import { foldPercent, quotesOf, unescapeText } from './python-literals.ts';
import { memberValue, subscriptValue } from './python-members.ts';
import { type Binding, childrenOf, nameOf, type PythonModule, type Scope, scopeOf, textOf } from './python-module.ts';
import { flowNode, type PythonRun, type PyValue, unknownPy } from './python-run.ts';

const textsMax = 4;
const callSitesMax = 8;

/** The value of an expression. Computed once; a value that depends on itself is unknown. */
export function evaluate(run: PythonRun, module: PythonModule, node: SyntaxNode, depth = 0): PyValue {
  run.context.steps.take();
  if (depth > syntaxDepthMax / 2) return unknownPy;
  const known = run.known.get(module) ?? new Map<string, PyValue | 'busy'>();
  const key = `${node.from}:${node.to}:${node.name}`;
  const before = known.get(key);
  if (before === 'busy') return unknownPy;
  if (before !== undefined) return before;
  known.set(key, 'busy');
  const value = withEnvironment(run, module, node, compute(run, module, node, depth + 1));
  known.set(key, value);
  return value;
}

// `os.environ` handed on as a whole is all variables at once.
function withEnvironment(run: PythonRun, module: PythonModule, node: SyntaxNode, value: PyValue): PyValue {
  if (value.qual !== 'os.environ' || !isHandedOn(node)) return value;
  const whole = wholeEnvironment(run, { module, node, api: 'os.environ', certainty: value.folded ? 'folded' : 'exact' });
  return { ...value, nodes: [...value.nodes, ...whole.nodes] };
}

/** Whether a value is neither called nor only looked into: an argument, an element, what is returned or iterated. */
export function isHandedOn(node: SyntaxNode): boolean {
  const { parent } = node;
  if (parent === null || node.nextSibling?.name === 'AssignOp') return false;
  if (parent.name === 'ArgList' || parent.name === 'ForStatement') return true;
  return /^(ArrayExpression|TupleExpression|DictionaryExpression|SetExpression|ReturnStatement|\w*ComprehensionExpression|FormatReplacement)$/.test(
    parent.name,
  );
}

function compute(run: PythonRun, module: PythonModule, node: SyntaxNode, depth: number): PyValue {
  const children = childrenOf(node);
  const operands = children.filter((child) => !/^\W+$/.test(child.name));
  const values = (): PyValue[] => operands.map((child) => evaluate(run, module, child, depth));
  switch (node.name) {
    case 'String':
      return literal(module, node);
    case 'FormatString':
      return formatString(run, module, node, depth);
    case 'ContinuedString':
      return join(values());
    case 'Boolean':
      return { ...unknownPy, texts: [textOf(module, node)] };
    case 'Number': {
      const text = textOf(module, node).replaceAll('_', '');
      return { ...unknownPy, texts: [/^0[xob]/i.test(text) ? String(Number(text)) : text] };
    }
    case 'VariableName':
      return variable(run, module, node, depth);
    case 'MemberExpression':
      return children.some((child) => child.name === '[')
        ? subscriptValue(run, module, node, depth)
        : memberValue(run, module, node, depth);
    case 'CallExpression':
      return callValue(run, module, node, depth);
    case 'ParenthesizedExpression':
    case 'AwaitExpression':
      return operands.at(-1) === undefined ? unknownPy : evaluate(run, module, operands.at(-1) as SyntaxNode, depth);
    case 'NamedExpression':
      return operands.at(-1) === undefined ? unknownPy : evaluate(run, module, operands.at(-1) as SyntaxNode, depth);
    case 'BinaryExpression':
      return binary(run, module, children, depth);
    case 'ConditionalExpression': {
      const [first, , second] = operands.filter((child) => child.name !== 'if' && child.name !== 'else');
      return either([first, second].flatMap((one) => (one === undefined ? [] : [evaluate(run, module, one, depth)])));
    }
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression': {
      const items = values();
      return {
        ...unknownPy,
        items,
        nodes: nodesOf(items),
        folded: items.some((item) => item.folded),
        decoded: items.some((item) => item.decoded),
      };
    }
    case 'DictionaryExpression':
    case 'ArrayComprehensionExpression':
    case 'ComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'SetComprehensionExpression':
      return {
        ...unknownPy,
        nodes: nodesOf(
          operands.filter((child) => !/^(for|in|if|async)$/.test(child.name)).map((child) => evaluate(run, module, child, depth)),
        ),
      };
    default:
      return unknownPy;
  }
}

/** Text one after the other; every combination of alternatives, up to a few. */
export function join(values: readonly PyValue[]): PyValue {
  let texts: string[] = [''];
  for (const value of values) {
    const next = value.texts.length === 0 ? [unknownPart] : value.texts;
    texts = texts.flatMap((text) => next.map((one) => text + one)).slice(0, textsMax);
  }
  return {
    ...unknownPy,
    texts,
    nodes: nodesOf(values),
    folded: values.length > 1 || values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    raw: values[0]?.raw,
  };
}

/** One of several values. */
export function either(values: readonly PyValue[]): PyValue {
  const [first] = values;
  if (first === undefined) return unknownPy;
  if (values.length === 1) return first;
  const texts = [...new Set(values.flatMap((value) => value.texts))].slice(0, textsMax);
  const quals = [...new Set(values.flatMap((value) => (value.qual === undefined ? [] : [value.qual])))];
  return {
    ...first,
    texts,
    qual: quals[0],
    nodes: nodesOf(values),
    folded: values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    target: values.find((value) => value.target !== undefined)?.target,
    own: values.find((value) => value.own !== undefined)?.own,
    items: first.items ?? values.find((value) => value.items !== undefined)?.items,
  };
}

export function nodesOf(values: readonly PyValue[]): readonly string[] {
  return values.length === 1 ? (values[0]?.nodes ?? []) : [...new Set(values.flatMap((value) => value.nodes))];
}

/** The value that a binding gives. */
export function boundValue(run: PythonRun, module: PythonModule, binding: Binding, depth: number): PyValue {
  switch (binding.kind) {
    case 'import':
      return importedValue(run, module, binding.qual, depth);
    case 'function':
      return { ...unknownPy, own: binding.definition };
    case 'class':
      return { ...unknownPy, qual: `class ${binding.name}` };
    case 'each': {
      const value = evaluate(run, module, binding.node, depth);
      const texts = value.items?.flatMap((item) => item.texts).slice(0, textsMax) ?? [];
      return { ...unknownPy, texts, nodes: value.nodes, qual: value.qual };
    }
    case 'value': {
      const value = evaluate(run, module, binding.node, depth);
      if (binding.element === undefined) return value;
      return value.items?.[binding.element] ?? { ...unknownPy, nodes: value.nodes };
    }
    case 'parameter':
      return parameterValue(run, binding.definition, binding.index, depth);
  }
}

/** All bindings of a name, from the scope outwards; class scopes are not seen from inside their methods. */
export function lookUp(scope: Scope, name: string): { readonly scope: Scope; readonly bindings: readonly Binding[] } | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const bindings = at.kind === 'class' && at !== scope ? undefined : at.names.get(name);
    if (bindings !== undefined) return { scope: at, bindings };
  }
  return undefined;
}

function variable(run: PythonRun, module: PythonModule, node: SyntaxNode, depth: number): PyValue {
  const name = nameOf(module, node);
  const found = lookUp(scopeOf(module, node), name);
  if (found === undefined)
    return (
      starred(module, name) ?? {
        ...unknownPy,
        qual: name === '__file__' ? undefined : name,
        ...(name === '__file__' && { texts: [`/skills/@self/${module.source.file}`] }),
      }
    );
  const value = either(found.bindings.map((binding) => boundValue(run, module, binding, depth)));
  return {
    ...value,
    folded: value.folded || value.texts.length > 0,
    nodes: [variableNode(run, module, found.scope, name, node)],
  };
}

/** The graph's node of a variable. */
export function variableNode(
  run: PythonRun,
  module: PythonModule,
  scope: Scope,
  name: string,
  node: { readonly from: number; readonly to: number },
): string {
  return flowNode(run, module, node, `${scope.id}${name}`, `held in "${name.slice(0, 40)}"`);
}

// `from os import *`: any name may come from there.
function starred(module: PythonModule, name: string): PyValue | undefined {
  const [star] = module.stars.filter((from) =>
    /^(os|subprocess|socket|os\.path|urllib\.request|requests|builtins|shutil)$/.test(from),
  );
  if (star === undefined || /^(print|open|str|len|range|int|list|dict|input|eval|exec|__import__|getattr)$/.test(name))
    return undefined;
  return { ...unknownPy, qual: `${star}.${name}` };
}

function importedValue(run: PythonRun, module: PythonModule, qual: string, depth: number): PyValue {
  const own = ownModule(run, module, qual);
  if (own !== undefined) return { ...unknownPy, qual: `own ${own.source.path}` };
  const dot = qual.lastIndexOf('.');
  const parent = dot <= 0 && !qual.startsWith('.') ? undefined : ownModule(run, module, dot === 0 ? '.' : qual.slice(0, dot));
  if (parent !== undefined) return memberOfModule(run, parent, qual.slice(dot + 1), depth);
  return { ...unknownPy, qual };
}

/** A name at the top of a module of the skill. */
export function memberOfModule(run: PythonRun, module: PythonModule, name: string, depth: number): PyValue {
  const bindings = module.scope.names.get(name);
  if (bindings === undefined) return unknownPy;
  const value = either(bindings.map((binding) => boundValue(run, module, binding, depth)));
  return { ...value, nodes: [variableNode(run, module, module.scope, name, { from: 0, to: 0 })] };
}

/** The module of the skill that an import names, by the end of its path. */
export function ownModule(run: PythonRun, from: PythonModule, qual: string): PythonModule | undefined {
  const folder = from.source.path.slice(0, from.source.path.lastIndexOf('/') + 1);
  const name = qual.replace(/^\.+/, '').replaceAll('.', '/');
  if (name === '') return undefined;
  const endings = [`${name}.py`, `${name}/__init__.py`];
  for (const ending of endings) {
    const near = run.modules.get(folder + ending) ?? run.modules.get(ending);
    if (near !== undefined) return near;
  }
  if (!qual.includes('.') && !qual.startsWith('.')) return undefined;
  return [...run.modules.values()].find((module) => endings.some((ending) => module.source.path.endsWith(`/${ending}`)));
}

// What the calls of the skill give a parameter; text only, since flows have edges of their own.
function parameterValue(
  run: PythonRun,
  definition: {
    readonly name: string;
    readonly owner: string | undefined;
    readonly parameters: readonly { readonly name: string; readonly fallback: SyntaxNode | undefined }[];
    readonly module: PythonModule;
  },
  index: number,
  depth: number,
): PyValue {
  const parameter = definition.parameters[index];
  if (parameter === undefined) return unknownPy;
  const names = definition.name === '__init__' && definition.owner !== undefined ? [definition.owner] : [definition.name];
  const isBound = definition.owner !== undefined && definition.parameters[0]?.name === 'self';
  const given: PyValue[] = [];
  for (const module of run.modules.values()) {
    const sites = names
      .flatMap((name) => module.calls.get(name) ?? [])
      .filter((call) => isBound || isOwnCall(run, module, call, depth));
    for (const call of sites.slice(0, callSitesMax)) {
      const args = argumentsOf(module, call);
      const node = args.keywords.get(parameter.name) ?? args.positional[isBound ? index - 1 : index];
      if (node !== undefined) given.push(evaluate(run, module, node, depth));
    }
  }
  if (parameter.fallback !== undefined) given.push(evaluate(run, definition.module, parameter.fallback, depth));
  if (given.length === 0 || given.some((value) => value.texts.length === 0))
    return { ...unknownPy, qual: given.find((value) => value.qual !== undefined)?.qual };
  return { ...either(given), nodes: [] };
}

// `post(…)` calls the skill's function of that name, `requests.post(…)` does not.
function isOwnCall(run: PythonRun, module: PythonModule, call: SyntaxNode, depth: number): boolean {
  const callee = call.firstChild;
  if (callee?.name !== 'MemberExpression') return true;
  const [object] = childrenOf(callee);
  return object !== undefined && evaluate(run, module, object, depth).qual?.startsWith('own ') === true;
}

export interface CallArguments {
  readonly positional: readonly SyntaxNode[];
  readonly keywords: ReadonlyMap<string, SyntaxNode>;
  /** What is given with one or two stars. */
  readonly starred: readonly SyntaxNode[];
}

/** The arguments of a call. */
export function argumentsOf(module: PythonModule, call: SyntaxNode): CallArguments {
  const list = call.getChild('ArgList');
  const [positional, starredArgs]: SyntaxNode[][] = [[], []];
  const keywords = new Map<string, SyntaxNode>();
  const groups: SyntaxNode[][] = [[]];
  for (const child of list === null ? [] : childrenOf(list)) {
    if (child.name === ',') groups.push([]);
    else if (child.name !== '(' && child.name !== ')') groups.at(-1)?.push(child);
  }
  for (const [first, second, third] of groups) {
    if (first === undefined) continue;
    if (second?.name === 'AssignOp' && third !== undefined) keywords.set(nameOf(module, first), third);
    else if ((first.name === '*' || first.name === '**') && second !== undefined) starredArgs?.push(second);
    else positional?.push(first);
  }
  return { positional: positional ?? [], keywords, starred: starredArgs ?? [] };
}

function literal(module: PythonModule, node: SyntaxNode): PyValue {
  const written = textOf(module, node);
  const { prefix, open, close } = quotesOf(written);
  return { ...unknownPy, texts: [unescapeText(written.slice(open, close), prefix)], raw: node.from + open };
}

function formatString(run: PythonRun, module: PythonModule, node: SyntaxNode, depth: number): PyValue {
  const written = textOf(module, node);
  const { prefix, open, close } = quotesOf(written);
  const pieces: PyValue[] = [];
  let at = node.from + open;
  const plain = (to: number): void => {
    if (to > at)
      pieces.push({
        ...unknownPy,
        texts: [unescapeText(module.source.text.slice(at, to), prefix).replaceAll('{{', '{').replaceAll('}}', '}')],
      });
  };
  for (const replacement of node.getChildren('FormatReplacement')) {
    plain(replacement.from);
    at = replacement.to;
    const inner = childrenOf(replacement).find(
      (child) => /^\w+$/.test(child.name) && !child.name.startsWith('Format') && child.name !== 'FormatSelfDoc',
    );
    pieces.push(inner === undefined ? unknownPy : evaluate(run, module, inner, depth));
  }
  plain(node.from + close);
  return { ...join(pieces), folded: pieces.length > 1, raw: node.from + open };
}

function binary(run: PythonRun, module: PythonModule, children: readonly SyntaxNode[], depth: number): PyValue {
  const [left, operator, right] = children;
  if (left === undefined || operator === undefined || right === undefined) return unknownPy;
  const [a, b] = [evaluate(run, module, left, depth), evaluate(run, module, right, depth)];
  const symbol = textOf(module, operator);
  const isText = a.texts.length > 0 || b.texts.length > 0;
  if (symbol === '+')
    return a.items !== undefined && b.items !== undefined
      ? { ...join([a, b]), texts: [], items: [...a.items, ...b.items] }
      : isText
        ? join([a, b])
        : { ...unknownPy, nodes: nodesOf([a, b]) };
  if (symbol === '/' && (a.qual === 'pathlib.Path()' || b.qual === 'pathlib.Path()')) {
    const joined = join([a, { ...unknownPy, texts: ['/'] }, b]);
    return { ...joined, texts: joined.texts.map((text) => text.replace(/\/{2,}/g, '/')), qual: 'pathlib.Path()' };
  }
  if (symbol === '%' && a.texts.length > 0) {
    const values = (b.items ?? [b]).map((item) => item.texts[0]);
    return {
      ...a,
      texts: a.texts.map((text) => foldPercent(text, values)),
      nodes: nodesOf([a, b]),
      folded: true,
      raw: undefined,
    };
  }
  if (symbol === '*' && a.texts.length === 1 && /^\d{1,3}$/.test(b.texts[0] ?? ''))
    return { ...a, texts: [(a.texts[0] ?? '').repeat(Number(b.texts[0])).slice(0, 4_096)], folded: true };
  if (/^(==|!=|<|>|<=|>=|in|is|not)/.test(symbol)) return unknownPy;
  return { ...unknownPy, nodes: nodesOf([a, b]), decoded: symbol === '^' };
}
