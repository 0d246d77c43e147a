/**
 * Expressions of Python taken apart, once for both kinds of value: `fold/` computes the one value
 * that an expression must have, `values/` says what an expression may be.
 */

import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { argumentsOf, childrenOf, nameOf, textOf } from './nodes.ts';
import type { Binding, CallGiven, PyNode, PythonFunction, PythonModule } from './program.ts';

/** A part of a display, `*node` where it is starred. */
export interface DisplayPart {
  readonly node: PyNode;
  readonly isStarred: boolean;
}

/** `key: value`, or `**value`. */
export interface DictEntry {
  readonly key: PyNode | undefined;
  readonly value: PyNode;
}

/**
 * What expressions give in one place, in one kind of value. What a domain leaves out gives the
 * unknown value.
 */
export interface Domain<Value> {
  readonly module: PythonModule;
  readonly unknown: Value;
  /** The value of an expression in the same place. */
  of(node: PyNode | null | undefined): Value;
  constant(value: bigint | number | boolean | null | undefined, written: string): Value;
  string(literal: StringLiteral): Value;
  continued(parts: readonly PyNode[]): Value;
  format(pieces: FormatPieces): Value;
  variable(node: PyNode): Value;
  /** `target := value` */
  named(target: PyNode, value: PyNode): Value;
  unary?(sign: string, operand: PyNode): Value;
  binary(symbol: string, left: PyNode, right: PyNode): Value;
  choice(condition: PyNode, yes: PyNode, no: PyNode): Value;
  sequence(kind: 'list' | 'tuple' | 'set', elements: readonly DisplayPart[]): Value;
  dictionary(entries: readonly DictEntry[]): Value;
  /** Given what stands between the brackets. */
  comprehension(node: PyNode, parts: readonly PyNode[]): Value;
  own(definition: PythonFunction): Value;
  ownClass(name: string): Value;
  imported(qual: string): Value;
  parameter(definition: PythonFunction, index: number): Value;
  /** A part of a value, from the outside inwards; -1 for a place that is not known. */
  partOf(value: Value, place: readonly number[]): Value;
  /** What `with value as` gives. */
  entered?(value: Value): Value;
  /** What `for … in node` gives, or a part of it. */
  eachOf?(node: PyNode, place: readonly number[] | undefined): Value;
  /** What is raised within a `try`. */
  raisedIn?(node: PyNode): Value;
  /** What a `yield` gives, at its node, to the generator itself. */
  yielded?(parts: readonly PyNode[], node?: PyNode): Value;
  member(node: PyNode, object: PyNode, property: PyNode): Value;
  item(node: PyNode, object: PyNode, key: PyNode): Value;
  slice(object: PyNode, bounds: readonly (PyNode | undefined)[]): Value;
  call(node: PyNode): Value;
  /** What a value gives after one star, and after two. */
  itemsIn(value: Value): readonly Value[];
  entriesIn(value: Value): readonly (readonly [string, Value])[];
}

const constants: Readonly<Record<string, boolean | null>> = {
  True: true,
  False: false,
  None: null,
};

/** The value of an expression. */
export function interpret<Value>(domain: Domain<Value>, node: PyNode): Value {
  const { module } = domain;
  switch (node.name) {
    case 'String':
      return domain.string(stringOf(module, node));
    case 'FormatString':
      return domain.format(piecesOf(module, node));
    case 'ContinuedString':
      return domain.continued(operandsOf(node));
    case 'Number':
    case 'Boolean':
    case 'None': {
      const written = textOf(module, node);
      const named = Object.hasOwn(constants, written) ? constants[written] : numberOf(written);
      return domain.constant(named, written);
    }
    case 'VariableName':
      return domain.variable(node);
    case 'ParenthesizedExpression':
    case 'AwaitExpression':
      return domain.of(operandsOf(node).at(-1));
    case 'LambdaExpression': {
      const definition = module.functionsAt.get(node.from);
      return definition === undefined ? domain.unknown : domain.own(definition);
    }
    case 'YieldExpression':
      return domain.yielded?.(operandsOf(node), node) ?? domain.unknown;
    case 'MemberExpression':
      return part(domain, node);
    case 'CallExpression':
      return domain.call(node);
    default:
      return operation(domain, node) ?? collection(domain, node) ?? domain.unknown;
  }
}

/** The value that a binding gives. */
export function bindingValue<Value>(domain: Domain<Value>, binding: Binding): Value {
  switch (binding.kind) {
    case 'import':
      return domain.imported(binding.qual);
    case 'function':
      return domain.own(binding.definition);
    case 'class':
      return domain.ownClass(binding.name);
    case 'parameter':
      return domain.parameter(binding.definition, binding.index);
    case 'raised':
      return domain.raisedIn?.(binding.node) ?? domain.unknown;
    case 'each':
      return domain.eachOf?.(binding.node, binding.place) ?? domain.unknown;
    case 'value': {
      const value = domain.of(binding.node);
      if (binding.entered) return domain.entered?.(value) ?? domain.unknown;
      return binding.place === undefined ? value : domain.partOf(value, binding.place);
    }
    case 'update':
      return domain.unknown;
  }
}

/** Operands without brackets, commas and comments. */
export function operandsOf(node: PyNode): PyNode[] {
  return childrenOf(node).filter(
    (child) => /^\w/.test(child.name) && !/^(in|for|if|else|async)$/.test(child.name),
  );
}

function operation<Value>(domain: Domain<Value>, node: PyNode): Value | undefined {
  const children = childrenOf(node);
  const [first, second, third, , fifth] = children;
  const last = children.at(-1);
  if (first === undefined || second === undefined || last === undefined) return undefined;
  switch (node.name) {
    case 'NamedExpression':
      return domain.named(first, last);
    case 'UnaryExpression':
      return domain.unary?.(textOf(domain.module, first), last);
    case 'BinaryExpression': {
      const { text } = domain.module.source;
      const symbol = text.slice(second.from, children.at(-2)?.to).replace(/\s+/g, ' ');
      return third === undefined ? undefined : domain.binary(symbol, first, last);
    }
    case 'ConditionalExpression':
      return third === undefined || fifth === undefined
        ? undefined
        : domain.choice(third, first, fifth);
  }
  return undefined;
}

function collection<Value>(domain: Domain<Value>, node: PyNode): Value | undefined {
  switch (node.name) {
    case 'TupleExpression':
    case 'ReturnStatement':
      return domain.sequence('tuple', elementsOf(node));
    case 'ArrayExpression':
      return domain.sequence('list', elementsOf(node));
    case 'SetExpression':
      return domain.sequence('set', elementsOf(node));
    case 'DictionaryExpression':
      return domain.dictionary(entriesOf(node));
    case 'ArrayComprehensionExpression':
    case 'ComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'DictionaryComprehensionExpression':
      return domain.comprehension(node, childrenOf(node).slice(1, -1));
  }
  return undefined;
}

function elementsOf(node: PyNode): DisplayPart[] {
  const children = childrenOf(node);
  return children.flatMap((child, at) =>
    /^(?!return$)\w/.test(child.name)
      ? [{ node: child, isStarred: children[at - 1]?.name === '*' }]
      : [],
  );
}

function entriesOf(node: PyNode): DictEntry[] {
  const children = childrenOf(node);
  return children.flatMap((value, at) => {
    const before = children[at - 1]?.name;
    if (before === '**') return [{ key: undefined, value }];
    return before === ':' ? [{ key: children[at - 2], value }] : [];
  });
}

function part<Value>(domain: Domain<Value>, node: PyNode): Value {
  const [object, , ...rest] = childrenOf(node);
  const { lastChild } = node;
  if (object === undefined || lastChild === null) return domain.unknown;
  if (lastChild.name !== ']') return domain.member(node, object, lastChild);
  const keys = rest.slice(0, -1);
  const [key] = keys;
  if (key === undefined) return domain.unknown;
  if (!keys.some(({ name }) => name === ':')) return domain.item(node, object, key);
  const bounds: (PyNode | undefined)[] = [undefined];
  for (const one of keys) {
    if (one.name === ':') bounds.push(undefined);
    else bounds[bounds.length - 1] = one;
  }
  return domain.slice(object, bounds);
}

/** What a call calls: `object.method`, or any other expression. */
export function calledIn(
  module: PythonModule,
  callee: PyNode,
): { readonly object: PyNode | undefined; readonly method: string } {
  const { lastChild } = callee;
  const isMember = callee.name === 'MemberExpression' && lastChild?.name === 'PropertyName';
  return isMember
    ? { object: childrenOf(callee)[0], method: nameOf(module, lastChild) }
    : { object: undefined, method: '' };
}

/** What a call gives its callee. */
export interface GivenValues<Value> extends CallGiven<Value> {
  /** What has a star, and what stands behind a list of which nobody knows how long it is. */
  readonly starred: readonly Value[];
}

/** What a call gives. */
export function givenIn<Value>(
  domain: Pick<Domain<Value>, 'module' | 'of' | 'itemsIn' | 'entriesIn'>,
  node: PyNode,
): GivenValues<Value> {
  const syntax = argumentsOf(domain.module, node);
  const starred: Value[] = [];
  const args: Value[] = [];
  let isOpen = false;
  for (const { node: one, isStarred } of syntax.ordered) {
    const value = domain.of(one);
    const items = isStarred ? domain.itemsIn(value) : [value];
    if (isStarred || isOpen) starred.push(value);
    if (!isOpen) args.push(...items);
    isOpen ||= items.length === 0;
  }
  const named = [...syntax.keywords].map(([key, one]) => [key, domain.of(one)] as const);
  return {
    starred,
    args,
    keywords: new Map([...starred.flatMap((one) => domain.entriesIn(one)), ...named]),
  };
}

// Python literals (Python reference §2.5).

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/** `at` is where the text begins. */
export interface StringLiteral {
  readonly text: string;
  readonly isBytes: boolean;
  readonly at: number;
}

/** A string literal without its quotes. */
function stringOf(module: PythonModule, node: PyNode): StringLiteral {
  const written = textOf(module, node);
  const { prefix, open, close } = quotesOf(written);
  const text = unescapeText(written.slice(open, close), prefix);
  return { text, isBytes: prefix.includes('b'), at: node.from + open };
}

/** What is put into a format string: an expression and how it is shown. */
interface Replacement {
  readonly value: PyNode | undefined;
  readonly spec: string;
  /** `f"{name=}"` shows the expression as well. */
  readonly isNamed: boolean;
}

/** `at` is where the first of the pieces begins. */
export interface FormatPieces {
  readonly pieces: readonly (string | Replacement)[];
  readonly at: number;
}

/** The texts of a format string, and what stands between them. */
export function piecesOf(module: PythonModule, node: PyNode): FormatPieces {
  const { prefix, open, close } = quotesOf(textOf(module, node));
  const pieces: (string | Replacement)[] = [];
  let at = node.from + open;
  const plain = (to: number): void => {
    const text = unescapeText(module.source.text.slice(at, to), prefix);
    if (to > at) pieces.push(text.replaceAll('{{', '{').replaceAll('}}', '}'));
  };
  for (const one of node.getChildren('FormatReplacement')) {
    plain(one.from);
    at = one.to;
    const spec = one.getChild('FormatSpec');
    pieces.push({
      value: one.children.find(({ name }) => /^\w+$/.test(name) && !name.startsWith('Format')),
      spec: spec === null ? '' : textOf(module, spec).replace(/^:/, ''),
      isNamed: one.getChild('FormatSelfDoc') !== null,
    });
  }
  plain(node.from + close);
  return { pieces, at: node.from + open };
}

/** A number as it is written; undefined for what is no real number, or too long. */
function numberOf(text: string): bigint | number | undefined {
  const plain = text.replaceAll('_', '').replace(/[lL]$/, '');
  if (plain.length > 20_000) return undefined;
  if (/^(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+)$/.test(plain)) return BigInt(plain);
  const value = Number(plain);
  return Number.isNaN(value) ? undefined : value;
}

// The prefix and quotes of a string literal.
function quotesOf(literal: string): {
  readonly prefix: string;
  readonly open: number;
  readonly close: number;
} {
  const [all = '', prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(literal) ?? [];
  const isClosed = literal.length >= all.length + quote.length && literal.endsWith(quote);
  return {
    prefix: prefix.toLowerCase(),
    open: all.length,
    close: isClosed ? literal.length - quote.length : literal.length,
  };
}

// The value of the text between quotes.
function unescapeText(text: string, prefix: string): string {
  if (prefix.includes('r') || !text.includes('\\')) return text;
  return text.replace(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[0-7]{1,3}|\r?\n|[\s\S])/g,
    (all, code: string) => {
      if (/^[xuU]/.test(code) && code.length > 1) {
        const point = Number.parseInt(code.slice(1), 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      }
      if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
      if (code.startsWith('N{')) return unknownPart;
      return simpleEscapes[code.replace('\r', '')] ?? all;
    },
  );
}
