/**
 * What a Python expression may be: each value that a name, a branch or a caller may give, with its
 * unknown parts and the flows that it carries. `fold/` computes the one value that an expression
 * must have, where there is one, and holds the operations that both need.
 */

import { pythonValuesDepthMax, syntaxDepthMax } from '../../../limits.ts';
import { anyEgress, unknownPart } from '../../../models/egress-of.ts';
import { callValue } from '../effects/calls.ts';
import { wholeEnvironment } from '../effects/environment.ts';
import { percentOf } from '../fold/format.ts';
import { foldedOf, oneOf, withFolded } from '../fold/given.ts';
import { dictOf, listOf } from '../fold/value.ts';
import { subscriptValue } from '../names/items.ts';
import { memberValue } from '../names/members.ts';
import { variable } from '../names/names.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { flowSource, type PythonRun } from '../run.ts';
import { numberOf, piecesOf, stringOf } from '../syntax/literals.ts';
import { childrenOf, textOf } from '../syntax/nodes.ts';
import { spineOf, spineStep } from '../syntax/tree.ts';
import { busyPy, either, join, nodesOf, unknownPy } from './alternatives.ts';
import { changedList, display, joinedLists } from './lists.ts';

/** The value of an expression. Computed once; a value that depends on itself is unknown. */
export function evaluate(run: PythonRun, module: PythonModule, node: PyNode, depth = 0): PyValue {
  run.context.steps.take();
  if (depth > syntaxDepthMax / 2 || run.fold.values > pythonValuesDepthMax) return unknownPy;
  const before = node.value;
  if (before === 'busy') return busyPy;
  if (before !== undefined) return before;
  if (run.fold.values % spineStep === spineStep - 1)
    for (const inner of spineOf(node, (one) => one.value !== undefined))
      evaluate(run, module, inner, depth);
  node.value = 'busy';
  run.fold.values++;
  const found = withFolded(run, module, node, compute(run, module, node, depth + 1));
  const value = withEnvironment(run, module, node, changedList(found, run.changed.get(node)));
  run.fold.values--;
  // What is put together is held for each place where it is: names share one text, the parts of one
  // sum are parts of its text.
  if (
    /^(BinaryExpression|FormatString|ContinuedString|CallExpression)$/.test(node.name) &&
    node.parent?.name !== node.name
  )
    for (const text of value.texts) run.context.steps.takeText(text.length);
  node.value = value;
  return value;
}

// `os.environ` handed on as a whole is all variables at once; `sys.argv` is what the program was
// called with.
function withEnvironment(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  value: PyValue,
): PyValue {
  if (value.qual === 'sys.argv' && node.parent?.name !== 'AssignStatement') {
    const at = { module, node, api: 'sys.argv', certainty: 'exact' } as const;
    return {
      ...value,
      nodes: [
        ...value.nodes,
        flowSource(run, at, { what: 'input', name: 'sys.argv' }, 'reads its arguments'),
      ],
    };
  }
  // What came in with a request, in frameworks that keep it in a global.
  if (value.qual !== undefined && /^(flask|quart|bottle|sanic)\.request$/.test(value.qual)) {
    const at = { module, node, api: value.qual, certainty: 'exact' } as const;
    const from = flowSource(
      run,
      at,
      { what: 'network', name: anyEgress },
      'a request that came in',
    );
    return { ...value, nodes: [...value.nodes, from] };
  }
  if (value.qual !== 'os.environ' || !isHandedOn(node)) return value;
  const whole = wholeEnvironment(run, {
    module,
    node,
    api: 'os.environ',
    certainty: value.folded ? 'folded' : 'exact',
  });
  return { ...value, nodes: [...value.nodes, ...whole.nodes] };
}

/**
 * Whether a value is neither called nor only looked into: an argument, an element, what is returned
 * or iterated.
 */
export function isHandedOn(node: PyNode): boolean {
  const { parent } = node;
  if (parent === null || node.nextSibling?.name === 'AssignOp') return false;
  if (parent.name === 'ArgList' || parent.name === 'ForStatement') return true;
  return /^(ArrayExpression|TupleExpression|DictionaryExpression|SetExpression|ReturnStatement|\w*ComprehensionExpression|FormatReplacement)$/.test(
    parent.name,
  );
}

function compute(run: PythonRun, module: PythonModule, node: PyNode, depth: number): PyValue {
  const children = childrenOf(node);
  const operands = children.filter((child) => !/^\W+$/.test(child.name));
  const last = operands.at(-1);
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
    case 'Number':
      return number(textOf(module, node));
    case 'None':
      return { ...unknownPy, whole: null };
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
    case 'NamedExpression':
      return last === undefined ? unknownPy : evaluate(run, module, last, depth);
    case 'BinaryExpression':
      return binary(run, module, children, depth);
    case 'LambdaExpression':
      return { ...unknownPy, own: module.functionsAt.get(node.from) };
    case 'ConditionalExpression': {
      const [first, , second] = operands.filter(
        (child) => child.name !== 'if' && child.name !== 'else',
      );
      return either(
        [first, second].flatMap((one) =>
          one === undefined ? [] : [evaluate(run, module, one, depth)],
        ),
      );
    }
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression':
      return display(operands, values());
    case 'DictionaryExpression':
      return dictionary(run, module, children, depth);
    case 'ArrayComprehensionExpression':
    case 'ComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'SetComprehensionExpression':
      return {
        ...unknownPy,
        nodes: nodesOf(
          operands
            .filter((child) => !/^(for|in|if|async)$/.test(child.name))
            .map((child) => evaluate(run, module, child, depth)),
        ),
      };
    case 'YieldExpression':
      return { ...unknownPy, nodes: nodesOf(values()) };
    default:
      return unknownPy;
  }
}

function dictionary(
  run: PythonRun,
  module: PythonModule,
  children: readonly PyNode[],
  depth: number,
): PyValue {
  const entries = new Map<string, PyValue>();
  const all: PyValue[] = [];
  children.forEach((child, at) => {
    if (!/^\w/.test(child.name)) return;
    const value = evaluate(run, module, child, depth);
    all.push(value);
    const key = children[at - 1]?.name === ':' ? children[at - 2] : undefined;
    const [name] = key === undefined ? [] : evaluate(run, module, key, depth).texts;
    if (name !== undefined) entries.set(name, value);
  });
  // `{**other}`, and keys that are not known, may hold anything under any name.
  const isOpen = entries.size * 2 < all.length;
  return { ...unknownPy, entries, nodes: nodesOf(all), otherTexts: isOpen ? [unknownPart] : [] };
}

function number(text: string): PyValue {
  const whole = numberOf(text);
  return { ...unknownPy, texts: [typeof whole === 'bigint' ? String(whole) : text], whole };
}

function literal(module: PythonModule, node: PyNode): PyValue {
  const { text, at } = stringOf(module, node);
  return { ...unknownPy, texts: [text], raw: at };
}

function formatString(run: PythonRun, module: PythonModule, node: PyNode, depth: number): PyValue {
  const { pieces, at } = piecesOf(module, node);
  const values = pieces.map((piece): PyValue => {
    if (typeof piece === 'string') return { ...unknownPy, texts: [piece] };
    return piece.value === undefined ? unknownPy : evaluate(run, module, piece.value, depth);
  });
  return { ...join(values), folded: values.length > 1, raw: at };
}

function isOneText({ texts, otherTexts }: PyValue): boolean {
  return texts.length <= 1 && otherTexts.length === 0;
}

// `text % value`, with what stands for a value or for each of a list.
function formatted(text: string, b: PyValue): string {
  const named = [...(b.entries ?? [])].map(([key, value]) => [key, foldedOf(value)] as const);
  const given =
    b.entries === undefined ? listOf((b.items ?? [b]).map(oneOf), 'tuple') : dictOf(named);
  return percentOf(text, given, unknownPart) ?? unknownPart;
}

function binary(
  run: PythonRun,
  module: PythonModule,
  children: readonly PyNode[],
  depth: number,
): PyValue {
  const [left, operator, right] = children;
  if (left === undefined || operator === undefined || right === undefined) return unknownPy;
  const a = evaluate(run, module, left, depth);
  const b = evaluate(run, module, right, depth);
  const symbol = textOf(module, operator);
  const isText = a.texts.length > 0 || b.texts.length > 0;
  if (symbol === '+')
    return a.items !== undefined && b.items !== undefined
      ? joinedLists(a, b, a.items, b.items)
      : isText
        ? join([a, b])
        : { ...unknownPy, nodes: nodesOf([a, b]) };
  if (symbol === '/' && (a.qual === 'pathlib.Path()' || b.qual === 'pathlib.Path()')) {
    const joined = join([a, { ...unknownPy, texts: ['/'] }, b]);
    return {
      ...joined,
      texts: joined.texts.map((text) => text.replace(/\/{2,}/g, '/')),
      qual: 'pathlib.Path()',
    };
  }
  if (symbol === '%' && a.texts.length > 0) {
    return {
      ...a,
      texts: a.texts.map((text) => formatted(text, b)),
      otherTexts: (b.items ?? [b]).every(isOneText)
        ? a.otherTexts
        : [...a.otherTexts, ...a.texts.map((text) => formatted(text, unknownPy))],
      nodes: nodesOf([a, b]),
      folded: true,
      raw: undefined,
    };
  }
  if (symbol === '*' && a.texts.length === 1 && /^\d{1,3}$/.test(b.texts[0] ?? ''))
    return {
      ...a,
      texts: [(a.texts[0] ?? '').repeat(Number(b.texts[0])).slice(0, 4_096)],
      otherTexts: a.otherTexts.length > 0 ? [unknownPart] : [],
      folded: true,
    };
  if (symbol === 'or' || symbol === 'and') return either([a, b]);
  if (/^(==|!=|<|>|<=|>=|in|is|not)/.test(symbol)) return unknownPy;
  return { ...unknownPy, nodes: nodesOf([a, b]), decoded: symbol === '^' };
}
