/**
 * What stays of a list when items behind its first ones are changed: `command.insert(1, "-q")` runs
 * the same program.
 */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { argumentsOf, childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';

type Update = Extract<Binding, { kind: 'update' }>;

/**
 * A change leaves the items before an index, takes the last item, or takes the first item that has
 * this text.
 */
type Tail =
  | { readonly from: number }
  | { readonly takes: 'last' }
  | { readonly takes: 'text'; readonly text: string };

/**
 * A list after changes of which the order is not known; undefined where its first item may be
 * changed, too.
 */
export function keptItems(
  run: PythonRun,
  module: PythonModule,
  list: PyValue,
  updates: readonly Update[],
  depth: number,
): PyValue | undefined {
  const tails = updates.map(({ node }) => tailOf(run, module, node, depth));
  const known = tails.filter((tail) => tail !== undefined);
  if (known.length < tails.length || list.otherTexts.length > 0 || list.items === undefined)
    return undefined;
  const lists = [list.items, ...list.otherItems].map((items) =>
    items.slice(0, keptCount(items, known)),
  );
  const [items, ...otherItems] = lists;
  return lists.some(({ length }) => length === 0)
    ? undefined
    : { ...list, items, otherItems, grown: true };
}

// The last item may be taken after every other change, so it counts from what those leave.
function keptCount(items: readonly PyValue[], tails: readonly Tail[]): number {
  const left = tails.map((tail) => {
    if ('from' in tail) return tail.from;
    if (tail.takes === 'last') return items.length;
    const at = items.findIndex((item) => !isOtherText(item, tail.text));
    return at < 0 ? items.length : at;
  });
  const taken = tails.filter((tail) => 'takes' in tail && tail.takes === 'last').length;
  return Math.max(0, Math.min(items.length, ...left) - taken);
}

function isOtherText(item: PyValue, text: string): boolean {
  const texts = [...item.texts, ...item.otherTexts];
  return texts.length > 0 && !texts.some((one) => one === text || one.includes(unknownPart));
}

function tailOf(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  depth: number,
): Tail | undefined {
  if (node.name === 'CallExpression') return tailOfCall(run, module, node, depth);
  if (node.name === 'DeleteStatement') {
    const targets = childrenOf(node).filter(({ name }) => name === 'MemberExpression');
    const [target] = targets;
    return targets.length === 1 && target !== undefined ? tailOfItem(module, target) : undefined;
  }
  return node.name === 'MemberExpression' ? tailOfItem(module, node) : undefined;
}

function tailOfCall(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  depth: number,
): Tail | undefined {
  const [object, , property] = childrenOf(call.firstChild ?? call);
  if (object === undefined || !isNamed(object) || property?.name !== 'PropertyName')
    return undefined;
  const { positional, keywords } = argumentsOf(module, call);
  const [first] = positional;
  if (keywords.size > 0 || positional.some((one) => one.prevSibling?.name === '*'))
    return undefined;
  const method = nameOf(module, property);
  if (method === 'pop' && first === undefined) return takesLast(module, call, object);
  if (first === undefined) return undefined;
  if (method === 'remove') {
    const { texts, otherTexts } = run.evaluate(run, module, first, depth);
    const [text] = texts;
    const isKnown =
      texts.length === 1 && otherTexts.length === 0 && text?.includes(unknownPart) === false;
    return isKnown && text !== undefined ? { takes: 'text', text } : undefined;
  }
  return method === 'insert' || method === 'pop' ? fromIndex(module, first) : undefined;
}

// `list[1] = x`, `list[1:1] = x`, `del list[1]`, `del list[1:]`
function tailOfItem(module: PythonModule, target: PyNode): Tail | undefined {
  const [object, open, index, ...rest] = childrenOf(target);
  if (object === undefined || !isNamed(object) || open?.name !== '[' || index === undefined)
    return undefined;
  return rest.filter(({ name }) => name === ':').length <= 1 ? fromIndex(module, index) : undefined;
}

function fromIndex(module: PythonModule, index: PyNode): Tail | undefined {
  const text = textOf(module, index);
  return index.name === 'Number' && /^[1-9]\d{0,5}$/.test(text)
    ? { from: Number(text) }
    : undefined;
}

// What happens more than once may empty a list, also where a function does so to a list from
// outside.
function takesLast(module: PythonModule, call: PyNode, object: PyNode): Tail | undefined {
  const isOwn =
    object.name === 'VariableName' && scopeOf(module, call).names.has(nameOf(module, object));
  return isRepeated(call) || !isOwn ? undefined : { takes: 'last' };
}

// A name or an attribute.
function isNamed({ name, lastChild }: PyNode): boolean {
  return (
    name === 'VariableName' || (name === 'MemberExpression' && lastChild?.name === 'PropertyName')
  );
}

/** Whether a statement may be gone through more than once. */
export function isRepeated(node: PyNode): boolean {
  for (let at = node.parent; at !== null && at !== node.home; at = at.parent)
    if (at.name === 'ForStatement' || at.name === 'WhileStatement') return true;
  return false;
}
