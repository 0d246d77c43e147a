/** The front end for Ruby, and its calls: those that the language gives a meaning, and others. */
import * as nodes from '@ruby/prism/src/nodes.js';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Extent, LoweredProgram, Node, Operator } from '../../ir/ir.ts';
import { rubyKnowledge } from '../../knowledge/ruby.ts';
import { analyseHeld } from '../held.ts';
import { Lowering } from './lower.ts';
import { parseRuby } from './parse.ts';
import * as trees from './trees.ts';
import { argumentsOf, isRow, literalOf, pathOf, type Tree } from './trees.ts';

/** A call that is lowered; `of` is what it is a method of. */
interface Called {
  readonly lowering: Lowering;
  readonly tree: nodes.CallNode;
  readonly of?: Node;
  readonly args: readonly Tree[];
  /** The block that is written behind it. */
  readonly block: nodes.BlockNode | undefined;
  readonly at: Extent;
}

/** Methods that change a text: their result is put where the text was. */
const changing = /^(<<|concat|prepend|replace)$/;
/** Methods whose value is that of their block. */
const giving = /^(open|start|popen|foreach|create)$/;

/** The IR of a Ruby source. */
export function lowerRuby(source: TaintSource, steps: Steps): LoweredProgram {
  const parsed = parseRuby(source.text);
  const lowering = new Lowering(source, parsed, steps, lowerCall);
  return { source, ...lowering.program() };
}

function lowerCall(lowering: Lowering, tree: nodes.CallNode, at: Extent): Node {
  const args = argumentsOf(tree);
  const block = tree.block instanceof nodes.BlockNode ? tree.block : undefined;
  const free: Called = { lowering, tree, args, block, at };
  const isNumber = tree.name === '<<' && args[0] instanceof nodes.IntegerNode;
  const isShift = isNumber && lowering.statement !== tree;
  const place = made(free) ?? written(free) ?? (isShift ? undefined : changed(lowering, tree));
  if (place !== undefined) return place;
  const of = tree.receiver === null ? undefined : lowering.receiver(tree.receiver, tree.name);
  const isKernel = of?.kind === 'global' && /^(Kernel|Object)$/.test(of.name);
  if (of === undefined || isKernel || (of.kind === 'self' && lowering.scope === lowering.top))
    return ofProgram(free) ?? byName(free) ?? sent(free);
  const called = { ...free, of };
  return operator(called, of) ?? ofObject(called, of) ?? byName(called) ?? sent(called);
}

// `Struct.new(:a) do … end`, `Class.new(Base) { … }`: a class as a value.
function made({ lowering, tree, args, block, at }: Called): Node | undefined {
  const maker = `${pathOf(tree.receiver)}.${tree.name}`;
  if (!/^((Class|Module|Struct)\.new|Data\.define)$/.test(maker)) return undefined;
  const base = maker === 'Class.new' ? (args[0] ?? null) : null;
  const fields = /^[SD]/.test(maker) ? args.flatMap((one) => literalOf(one) ?? []) : [];
  const name = `::${lowering.source.path}:${at.start}`;
  const how = { isModule: maker === 'Module.new', fields };
  return lowering.class(name, base, block?.body ?? null, at, how);
}

function written({ lowering, tree, args, at }: Called): Node | undefined {
  const { receiver } = tree;
  const last = args.at(-1);
  if (tree.name === 'query=' && receiver !== null && trees.isSlot(receiver)) {
    // Addresses are texts.
    const parts = [ir.constant(at, '?'), ...lowering.all(args)];
    const query: Node = { ...at, kind: 'text', parts };
    return lowering.update(receiver, at, (to) =>
      ir.set(at, to, ir.callMethod(at, to, 'with_query', [query])),
    );
  }
  if (!tree.isAttributeWrite() || last === undefined || args.length > 2) return undefined;
  return ir.set(at, lowering.target(tree), lowering.lower(last));
}

// `text << more` puts the result where the text was; other objects give themselves.
function changed(lowering: Lowering, tree: nodes.CallNode): Node | undefined {
  if (tree.receiver === null) return undefined;
  const at = lowering.at(tree);
  const name = tree.name.replace(/!$/, '');
  const isKnown = name !== tree.name && (isRow(`Text#${name}`) || isRow(`List#${name}`));
  if (!isKnown && !changing.test(name)) return undefined;
  const calls = [tree];
  let root: Tree = tree.receiver;
  while (root instanceof nodes.CallNode && root.name === '<<' && root.receiver !== null) {
    calls.unshift(root);
    root = root.receiver;
  }
  const made = (start: Node): Node =>
    calls.reduce((of, one) => {
      const args = lowering.args(argumentsOf(one), one.block);
      return ir.call(at, ir.member(at, of, one === tree ? name : one.name), args);
    }, start);
  if (!trees.isSlot(root)) return made(lowering.lower(root));
  return lowering.update(root, at, (to) => ir.set(at, to, made(to)));
}

// Functions that the language itself gives a meaning, and declarations.
function ofProgram({ lowering, tree, args, block, at }: Called): Node | undefined {
  const { name } = tree;
  const names = args.flatMap((one) => literalOf(one) ?? []);
  switch (name) {
    case '__dir__':
      return ir.global(at, name);
    case 'require':
    case 'load':
    case 'require_relative': {
      const [path] = lowering.all(args);
      return path && { ...at, kind: 'load', path, isRelative: name === 'require_relative' };
    }
    case 'raise':
    case 'fail':
      return { ...at, kind: 'jump', how: 'throw', value: ir.hole(at, lowering.all(args)) };
    case 'loop':
      return block && { ...at, kind: 'loop', body: lowering.maybe(block.body, at) };
    case 'lambda':
    case 'proc':
      return block && lowering.block(block);
    case 'open': {
      // A path behind `|` is the line of a program.
      const [text] = args[0] instanceof nodes.InterpolatedStringNode ? args[0].parts : args;
      if (!literalOf(text)?.startsWith('|')) return undefined;
      const line = ir.callMethod(at, lowering.maybe(args[0], at), 'slice', [ir.constant(at, 1)]);
      return ir.callMethod(at, ir.global(at, 'IO'), 'popen', [line]);
    }
    case 'attr':
    case 'attr_reader':
    case 'attr_accessor':
      return lowering.readers(names, at);
    case 'define_method': {
      const [first] = names;
      if (block === undefined || first === undefined) return undefined;
      return lowering.define(lowering.function(block.parameters, block.body, at), first, at);
    }
    case 'alias_method':
      return lowering.alias(names[0], names[1], at);
    case 'include':
    case 'extend':
    case 'prepend':
      return lowering.include(args, at);
    default:
      return undefined;
  }
}

function operator({ lowering, tree, args, at, ...more }: Called, of: Node): Node | undefined {
  const { name } = tree;
  const [first] = args;
  const found = ir.variable(at, '$~');
  if (/^[=!]~$/.test(name)) return ir.set(at, found, ir.hole(at, [of, ...lowering.all(args)]));
  if (first instanceof nodes.RegularExpressionNode) {
    const held = lowering.temporary(at);
    const match = ir.set(at, found, ir.hole(at, [held]));
    const value = sent({ lowering, tree, args, at, ...more, of: held });
    return ir.seq(at, [ir.set(at, held, of), match, value]);
  }
  if (first === undefined && name === '!') return ir.operation(at, 'not', [of]);
  if (args.length !== 1 || first === undefined || first instanceof nodes.SplatNode)
    return undefined;
  if (name === '[]') return itemOf(lowering, of, first, at);
  return trees.operators.has(name) && (name !== '<<' || first instanceof nodes.IntegerNode)
    ? ir.operation(at, name as Operator, [of, lowering.lower(first)])
    : undefined;
}

// `text[1..]`, `text[0...-2]`
function itemOf(lowering: Lowering, of: Node, key: Tree, at: Extent): Node {
  if (!(key instanceof nodes.RangeNode)) return ir.item(at, of, lowering.lower(key));
  const ends = [key.left, key.right].map((one) =>
    one instanceof nodes.IntegerNode ? Number(one.value) : one === null ? undefined : Number.NaN,
  );
  const [from = 0, last = -1] = ends;
  if (Number.isNaN(from + last)) return ir.item(at, of, lowering.lower(key));
  const end = last + (key.isExcludeEnd() && key.right !== null ? 0 : 1);
  const length = last < 0 ? end : end - from;
  const given = last < 0 && end === 0 ? [from] : [from, length];
  return ir.callMethod(
    at,
    of,
    'slice',
    given.map((one) => ir.constant(at, one)),
  );
}

// Methods that the language itself gives a meaning.
function ofObject({ lowering, tree, args, block, at }: Called, of: Node): Node | undefined {
  const { name } = tree;
  const path = pathOf(tree.receiver);
  if (path === 'DATA') return of;
  if (name === 'call') return ir.call(at, calleeOf(of), lowering.args(args, tree.block));
  if (name === 'unpack1') {
    const all = ir.callMethod(at, of, 'unpack', lowering.all(args));
    return ir.item(at, all, ir.constant(at, 0));
  }
  if (block === undefined) return undefined;
  if (path === 'Proc') return lowering.block(block);
  if (name === 'times') {
    const numbers = ir.operation(at, 'until', [ir.constant(at, 0), of]);
    return ir.call(at, ir.member(at, numbers, 'each'), lowering.args([], block));
  }
  if (/^(class|module)_(eval|exec)$/.test(name) && path !== undefined)
    return lowering.class(path, null, block.body, at);
  if (/_(eval|exec)$/.test(name)) return ir.call(at, lowering.block(block), [{ value: of }]);
  // `each_with_index.map`, `map.with_index`: a loop that has the number of each round.
  const before = tree.receiver instanceof nodes.CallNode ? tree.receiver.name : '';
  if (!/(^| )(each_)?with_index( |$)/.test(`${before} ${name}`)) return undefined;
  const key = lowering.temporary(at);
  const one = lowering.temporary(at);
  const all = lowering.temporary(at);
  const results = lowering.temporary(at);
  const again = ir.call(at, lowering.block(block), [{ value: one }, { value: key }]);
  const body = ir.set(at, ir.item(at, results), again);
  return ir.seq(at, [
    ir.set(at, all, of),
    ir.set(at, results, { ...at, kind: 'list', items: [] }),
    { ...at, kind: 'loop', each: { over: all, to: [key, one] }, body },
    /map|collect/.test(`${before} ${name}`) ? results : all,
  ]);
}

// Functions and classes by their names.
function byName(called: Called): Node | undefined {
  const { lowering, tree, of, at } = called;
  const [first, ...rest] = called.args;
  if (first === undefined) return undefined;
  const name = literalOf(first);
  // Sockets send too: a text, and a number for flags.
  const isSocket = rest[0] instanceof nodes.IntegerNode && !(first instanceof nodes.SymbolNode);
  if (/^(public_send|__send__|send)$/.test(tree.name) && !(isSocket && of !== undefined)) {
    if (name !== undefined) return sent({ ...called, args: rest }, name);
    const callee = lowering.lower(first);
    const args = lowering.args(rest, tree.block);
    return ir.call(at, of === undefined ? calleeOf(callee) : ir.member(at, of, callee), args);
  }
  if (tree.name === 'method') {
    const callee = name ?? lowering.lower(first);
    const free = typeof callee === 'string' ? ir.global(at, callee) : calleeOf(callee);
    const func = trees.forwarding(at, of === undefined ? free : ir.member(at, of, callee));
    return { ...at, kind: 'function', func };
  }
  if (tree.name !== 'const_get') return undefined;
  // The table has nothing below `Object`: a person reads what calls a class by such a name.
  if (name === undefined) return ir.member(at, ir.global(at, 'Object'), lowering.lower(first));
  return ir.global(at, trees.joined(of?.kind === 'global' ? of.name : '', name));
}

// A method, or without an object a function, by its name. The library hands a block what the
// call opens or gives.
function sent({ lowering, tree, of, args, at }: Called, name = tree.name): Node {
  const owner = lowering.mixed.find((one) => isRow(`${one}.${name}`));
  const within = of ?? (owner === undefined ? undefined : ir.global(at, owner));
  const callee = within === undefined ? ir.global(at, name) : ir.member(at, within, name);
  const given = lowering.args(args, tree.block);
  const value = ir.call(at, callee, given);
  const block = tree.block instanceof nodes.BlockNode ? given.at(-1)?.value : undefined;
  if (block === undefined || !trees.handsOver(pathOf(tree.receiver), name)) return value;
  const opened = lowering.temporary(at);
  const handed = ir.call(at, block, [{ value: opened }]);
  return ir.seq(at, [ir.set(at, opened, value), handed, ...(giving.test(name) ? [] : [opened])]);
}

/** A callee whose value is called, not a method of its name. */
function calleeOf(callee: Node): Node {
  return { start: callee.start, end: callee.end, kind: 'seq', body: [callee] };
}

/** Facts of Ruby sources. */
export const analyseRuby = analyseHeld({ lower: lowerRuby, knowledge: rubyKnowledge });
