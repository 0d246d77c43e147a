/**
 * What a Python expression may be: each value that a name, a branch or a caller may give, with its
 * unknown parts and the flows that it carries. `fold/` computes the one value that an expression
 * must have, where there is one, and holds the operations that both need.
 */

import { syntaxDepthMax } from '../../../fact/shared-limits.ts';
import { anyEgress, unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { PyNoting } from '../effects/call.ts';
import { callValue } from '../effects/calls.ts';
import { wholeEnvironment } from '../effects/options.ts';
import { caughtValue } from '../effects/raised.ts';
import {
  bindingValue,
  type DictEntry,
  type DisplayPart,
  type Domain,
  type FormatPieces,
  interpret,
  operandsOf,
  type StringLiteral,
} from '../interpret.ts';
import { memberValue } from '../names/members.ts';
import { importedValue, variable } from '../names/names.ts';
import { parameterValue } from '../names/parameters.ts';
import { byIteration, byOperator, byProtocol, textOfObject } from '../names/protocols.ts';
import { boundOf, isFixed, itemOf, sliceOf } from '../names/special.ts';
import { functionOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, flowNode, flowSource, type PythonRun } from '../run.ts';
import { spineOf, spineStep } from '../tree.ts';
import { foldedOf, oneOf, withFolded } from '../values/given.ts';
import { percentOf } from '../values/operators.ts';
import { linesOfFile } from '../values/own-files.ts';
import { dictOf, listOf } from '../values/value.ts';
import {
  busyValue,
  combinations,
  either,
  fewEntries,
  fewTexts,
  join,
  nodesOf,
  unknownPy,
} from './alternatives.ts';
import { enteredValue, itemOrAny, partOrAny } from './bound.ts';
import { isFilledIn, namesHeld, namesTaken, variablesTaken } from './filled.ts';
import { changedList, display, joinedLists } from './lists.ts';
import { sentNode } from './methods.ts';
import { joined } from './paths.ts';

/**
 * Nesting of values that wait for other values, of other functions too: the call stack is limited.
 */
const pythonValuesDepthMax = 250;

// What operators of Python make of values that may be several things.

// `text % value`, with what stands for a value or for each of a list.
function formatted(text: string, b: PyValue): string {
  const named = [...(b.entries ?? [])].map(([key, value]) => [key, foldedOf(value)] as const);
  const given =
    b.entries === undefined ? listOf((b.items ?? [b]).map(oneOf), 'tuple') : dictOf(named);
  return percentOf(text, given, unknownPart) ?? unknownPart;
}

// `["git"] + words`: a list with that head, unless an operator of `words` makes something else.
function withUnknownTail(head: PyValue, tail: PyValue): PyValue {
  const parts = [head, tail].map((value) => ({ value, isStarred: true }));
  return { ...display(parts), otherTexts: [unknownPart], grown: true };
}

// Each text with each of what it is given.
function percent(a: PyValue, b: PyValue): PyValue {
  const keys = b.entries === undefined ? undefined : [...b.entries.keys()];
  const parts = [...(b.entries?.values() ?? b.items ?? [b])];
  const texts = combinations([{ ...a, items: undefined }, ...parts]).map(([text, ...given]) => {
    const value = b.entries === undefined && b.items === undefined ? (given[0] ?? b) : b;
    const entries = keys && new Map(keys.map((key, at) => [key, given[at] ?? unknownPy]));
    const items = b.items === undefined ? undefined : given;
    return formatted(text?.texts[0] ?? unknownPart, { ...value, items, entries });
  });
  return {
    ...a,
    texts: [...new Set(texts)],
    otherTexts: parts.every(({ otherTexts }) => otherTexts.length === 0)
      ? a.otherTexts
      : [...a.otherTexts, ...a.texts.map((text) => formatted(text, unknownPy))],
    nodes: nodesOf([a, b]),
    folded: true,
    raw: undefined,
  };
}

/** What an operator gives for two values. */
function operated(symbol: string, a: PyValue, b: PyValue): PyValue {
  const isText = a.texts.length > 0 || b.texts.length > 0;
  if (symbol === '+' && a.items !== undefined && b.items === undefined && !isText)
    return withUnknownTail(a, b);
  if (symbol === '+')
    return a.items !== undefined && b.items !== undefined
      ? joinedLists(a, b, a.items, b.items)
      : isText
        ? join([a, b])
        : { ...unknownPy, nodes: nodesOf([a, b]) };
  if (symbol === '/' && (a.qual === 'pathlib.Path()' || b.qual === 'pathlib.Path()'))
    return { ...joined([a, b]), qual: 'pathlib.Path()' };
  if (symbol === '%' && a.texts.length > 0) return percent(a, b);
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

/** The value of an expression. Computed once; a value that depends on itself is unknown. */
export function evaluate(run: PythonRun, module: PythonModule, node: PyNode, depth = 0): PyValue {
  run.context.steps.take();
  if (depth > syntaxDepthMax / 2 || run.fold.values > pythonValuesDepthMax) return unknownPy;
  const before = node.value;
  if (before === 'busy') return busyValue(awaited(run, module, node));
  if (before !== undefined) return before;
  if (run.fold.values % spineStep === spineStep - 1)
    for (const inner of spineOf(node, (one) => one.value !== undefined))
      evaluate(run, module, inner, depth);
  node.value = 'busy';
  run.fold.values++;
  const found = withFolded(
    run,
    module,
    node,
    interpret(new Evaluating(run, module, depth + 1), node),
  );
  const value = withEnvironment(run, module, node, changedList(found, run.changed.get(node)));
  run.fold.values--;
  // What is put together is held for each place where it is: names share one text, the parts of one
  // sum are parts of its text.
  if (value.texts.length > 0 && puttingTogether.has(node.name) && node.parent?.name !== node.name)
    for (const text of value.texts) run.context.steps.takeText(text.length);
  node.value = value;
  const awaiting = run.awaited.get(node);
  if (awaiting !== undefined) for (const from of value.nodes) flowEdge(run, from, awaiting);
  return value;
}

const puttingTogether: ReadonlySet<string> = new Set([
  'BinaryExpression',
  'FormatString',
  'ContinuedString',
  'CallExpression',
]);

// The node of a value that somebody asks for while it is being found.
function awaited(run: PythonRun, module: PythonModule, node: PyNode): string {
  const what = `value@${node.from}:${node.to}`;
  const id = flowNode(run, module, node, what, 'given by what depends on it');
  run.awaited.set(node, id);
  return id;
}

// `os.environ` handed on as a whole is all variables at once; `sys.argv` is what the program was
// called with; `sys.stdin` handed on or gone through is what comes in by the pipe.
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
  if (value.qual !== undefined && standardInput.has(value.qual) && isHandedOn(node)) {
    const at = { module, node, api: value.qual, certainty: 'exact' } as const;
    const source = { what: 'input', name: value.qual } as const;
    return { ...value, nodes: [...value.nodes, flowSource(run, at, source, 'reads its input')] };
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
  if (value.qual === 'globals()' && (isHandedOn(node) || isFilledIn(module, node)))
    return { ...value, nodes: [...value.nodes, ...namesHeld(run, module, node)] };
  if (value.qual !== 'os.environ' || !(isHandedOn(node) || isFilledIn(module, node))) return value;
  const taken = namesTaken(run, module, node);
  if (taken !== undefined) return variablesTaken(run, module, node, taken);
  const whole = wholeEnvironment(run, {
    module,
    node,
    api: 'os.environ',
    certainty: value.folded ? 'folded' : 'exact',
  });
  return { ...value, nodes: [...value.nodes, ...whole.nodes] };
}

const standardInput: ReadonlySet<string> = new Set([
  'sys.stdin',
  'sys.stdin.buffer',
  'sys.__stdin__',
]);

/**
 * Whether a value is neither called nor only looked into: an argument, an element, what is returned
 * or iterated.
 */
export function isHandedOn(node: PyNode): boolean {
  const { parent } = node;
  if (parent === null || node.nextSibling?.name === 'AssignOp') return false;
  if (parent.name === 'ArgList' || parent.name === 'ForStatement') return true;
  return handingOn.has(parent.name) || parent.name.endsWith('ComprehensionExpression');
}

const handingOn: ReadonlySet<string> = new Set([
  'ArrayExpression',
  'TupleExpression',
  'DictionaryExpression',
  'SetExpression',
  'ReturnStatement',
  'MatchStatement',
  'FormatReplacement',
]);

/** The value that a binding gives. */
export function boundValue(
  run: PythonRun,
  module: PythonModule,
  binding: Binding,
  depth: number,
): PyValue {
  return bindingValue(new Evaluating(run, module, depth), binding);
}

class Evaluating implements Domain<PyValue> {
  readonly unknown = unknownPy;
  readonly run: PythonRun;
  readonly module: PythonModule;
  readonly depth: number;

  constructor(run: PythonRun, module: PythonModule, depth: number) {
    this.run = run;
    this.module = module;
    this.depth = depth;
  }

  of(node: PyNode | null | undefined): PyValue {
    return node === null || node === undefined
      ? unknownPy
      : evaluate(this.run, this.module, node, this.depth);
  }

  constant(whole: bigint | number | boolean | null | undefined, written: string): PyValue {
    const text = typeof whole === 'bigint' ? String(whole) : written;
    // A default that is True or False says little: who calls the script by hand gives another.
    if (typeof whole === 'boolean') return { ...unknownPy, texts: [text] };
    return { ...unknownPy, texts: whole === null ? [] : [text], whole };
  }

  string({ text, at }: StringLiteral): PyValue {
    return { ...unknownPy, texts: [text], raw: at };
  }

  continued(parts: readonly PyNode[]): PyValue {
    return join(parts.map((part) => this.of(part)));
  }

  format({ pieces, at }: FormatPieces): PyValue {
    const values = pieces.map((piece) =>
      typeof piece === 'string' ? { ...unknownPy, texts: [piece] } : this.shown(piece.value),
    );
    return { ...join(values), folded: values.length > 1, raw: at };
  }

  variable(node: PyNode): PyValue {
    return variable(this.run, this.module, node, this.depth);
  }

  named(_: PyNode, value: PyNode): PyValue {
    return this.of(value);
  }

  binary(symbol: string, left: PyNode, right: PyNode): PyValue {
    const a = this.of(left);
    const b = this.of(right);
    const made = byOperator(this.run, this.at(left), symbol, a, b);
    if (made !== undefined) return made;
    const given = symbol === '%' ? this.filled(right, b) : b;
    return operated(symbol, a, given);
  }

  shown(node: PyNode | undefined): PyValue {
    return node === undefined ? unknownPy : textOfObject(this.run, this.at(node), this.of(node));
  }

  // Objects in `text % objects` give their texts.
  filled(node: PyNode, value: PyValue): PyValue {
    if (value.items === undefined) return textOfObject(this.run, this.at(node), value);
    const items = value.items.map((one) => textOfObject(this.run, this.at(node), one));
    return { ...value, items, nodes: nodesOf([value, ...items]) };
  }

  at(node: PyNode): PyNoting {
    return { module: this.module, node, api: '', certainty: 'exact' };
  }

  choice(_: PyNode, yes: PyNode, no: PyNode): PyValue {
    return either([this.of(yes), this.of(no)]);
  }

  sequence(_: string, elements: readonly DisplayPart[]): PyValue {
    return display(elements.map(({ node, isStarred }) => ({ value: this.of(node), isStarred })));
  }

  dictionary(parts: readonly DictEntry[]): PyValue {
    const entries = new Map<string, PyValue>();
    const all: PyValue[] = [];
    for (const { key: keyNode, value } of parts) {
      const key = this.of(keyNode);
      const given = this.of(value);
      const [name] = key.texts;
      all.push(...(keyNode === undefined ? [given] : [key, given]));
      if (name !== undefined) entries.set(name, given);
    }
    // `{**other}`, and keys that are not known, may hold anything under any name.
    const isOpen = entries.size * 2 < all.length;
    return {
      ...unknownPy,
      entries: fewEntries(entries),
      nodes: nodesOf(all),
      otherTexts: isOpen ? [unknownPart] : [],
    };
  }

  comprehension(node: PyNode, parts: readonly PyNode[]): PyValue {
    const [element, ...more] = parts.slice(
      0,
      parts.findIndex(({ name }) => name === 'for' || name === 'async'),
    );
    const each = element === undefined || more.length > 0 ? undefined : this.of(element);
    return { ...this.yielded(operandsOf(node)), each };
  }

  own(own: PythonFunction): PyValue {
    return { ...unknownPy, own };
  }

  ownClass(name: string): PyValue {
    return { ...unknownPy, qual: `class ${name}` };
  }

  imported(qual: string): PyValue {
    return importedValue(this.run, this.module, qual, this.depth);
  }

  parameter(definition: PythonFunction, index: number): PyValue {
    return parameterValue(this.run, definition, index, this.depth);
  }

  partOf(value: PyValue, place: readonly number[]): PyValue {
    return partOrAny(value, place);
  }

  entered(value: PyValue): PyValue {
    return enteredValue(this.run, value, this.depth);
  }

  eachOf(node: PyNode, place: readonly number[] | undefined): PyValue {
    const value = this.of(node);
    const lines = linesOfFile(this.run, this.module, value);
    const all = byIteration(this.run, this.at(node), value) ?? value;
    if (lines.length === 0) return itemOrAny(all, place);
    const one = { ...unknownPy, texts: fewTexts(lines), otherTexts: [unknownPart] };
    return { ...one, nodes: value.nodes };
  }

  raisedIn(node: PyNode): PyValue {
    return caughtValue(this.run, this.module, node);
  }

  yielded(parts: readonly PyNode[], node?: PyNode): PyValue {
    const sent = node && functionOf(this.module, node);
    return {
      ...unknownPy,
      nodes: [
        ...nodesOf(parts.map((part) => this.of(part))),
        ...(node && sent ? [sentNode(this.run, sent)] : []),
      ],
    };
  }

  member(node: PyNode, object: PyNode, property: PyNode): PyValue {
    return memberValue(this.run, this.module, node, object, property, this.depth);
  }

  item(node: PyNode, object: PyNode, key: PyNode): PyValue {
    const owner = this.of(object);
    const given = this.of(key);
    const certainty = given.folded ? 'folded' : 'exact';
    const at = { module: this.module, node, api: owner.qual ?? '', certainty } as const;
    return (
      byProtocol(this.run, at, owner, ['__getitem__'], [given]) ??
      itemOf(this.run, at, owner, given, this.depth, isFixed(this.module, object))
    );
  }

  slice(object: PyNode, bounds: readonly (PyNode | undefined)[]): PyValue {
    return sliceOf(
      this.of(object),
      bounds.map((bound) =>
        bound === undefined ? undefined : boundOf(this.of(bound), textOf(this.module, bound)),
      ),
    );
  }

  call(node: PyNode): PyValue {
    return callValue(this.run, this, node, this.depth);
  }

  itemsIn({ items }: PyValue): readonly PyValue[] {
    return items ?? [];
  }

  entriesIn({ entries }: PyValue): readonly (readonly [string, PyValue])[] {
    return [...(entries ?? [])];
  }
}
