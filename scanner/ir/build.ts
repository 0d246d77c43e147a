/** Makes nodes of the IR; the place comes first. */
import type { Arg, AssignTarget, Extent, Node, NodeOf, Operator } from './ir.ts';

/** What is waited for. */
export function awaited(node: Node): Node {
  return node.kind === 'call' ? { ...node, isAwaited: true } : node;
}

/** Operators as the languages write them. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...'. + - * / // % ** & | ^ ~ << >> == != < <= > >= and or not in'
    .split(' ')
    .map((op) => [op, op as Operator] as const),
  ['===', '=='],
  ['is', '=='],
  ['-eq', '=='],
  ['!==', '!='],
  ['is not', '!='],
  ['-ne', '!='],
  ['&&', 'and'],
  ['-and', 'and'],
  ['||', 'or'],
  ['??', 'or'],
  ['-or', 'or'],
  ['!', 'not'],
  ['-not', 'not'],
  ['-band', '&'],
  ['-bor', '|'],
  ['-bxor', '^'],
  ['-shl', '<<'],
  ['-shr', '>>'],
  ['>>>', '>>'],
  ['..', 'range'],
]);

export function constant({ start, end }: Extent, value: NodeOf<'const'>['value']): NodeOf<'const'> {
  return { start, end, kind: 'const', value };
}

export function variable({ start, end }: Extent, name: string): NodeOf<'var'> {
  return { start, end, kind: 'var', name };
}

export function global({ start, end }: Extent, name: string): NodeOf<'global'> {
  return { start, end, kind: 'global', name };
}

export function member({ start, end }: Extent, of: Node, name: string | Node): NodeOf<'member'> {
  return { start, end, kind: 'member', of, name };
}

export function item({ start, end }: Extent, of: Node, key?: Node): NodeOf<'item'> {
  return { start, end, kind: 'item', of, ...(key !== undefined && { key }) };
}

export function call({ start, end }: Extent, callee: Node, args: readonly Arg[]): Node {
  return { start, end, kind: 'call', callee, args };
}

/** Calls a function of the library. */
export function callOf(at: Extent, name: string, values: readonly Node[]): Node {
  return call(
    at,
    global(at, name),
    values.map((value) => ({ value })),
  );
}

/** Calls a method of a value. */
export function callMethod(at: Extent, of: Node, name: string, values: readonly Node[]): Node {
  return call(
    at,
    member(at, of, name),
    values.map((value) => ({ value })),
  );
}

export function operation({ start, end }: Extent, op: Operator, args: readonly Node[]): Node {
  return { start, end, kind: 'op', op, args };
}

/** One after the other; a single node is itself. */
export function seq({ start, end }: Extent, body: readonly Node[]): Node {
  const [only] = body;
  return body.length === 1 && only !== undefined ? only : { start, end, kind: 'seq', body };
}

export function hole({ start, end }: Extent, of: readonly Node[] = []): Node {
  return { start, end, kind: 'hole', of };
}

export function set({ start, end }: Extent, to: AssignTarget, from: Node): NodeOf<'set'> {
  return { start, end, kind: 'set', to, from };
}

export function branch({ start, end }: Extent, test: Node, body: Node, otherwise?: Node): Node {
  return { start, end, kind: 'if', test, body, otherwise };
}

/** What a function of the library runs, or not. */
export function block({ start, end }: Extent, body: Node): Node {
  return { start, end, kind: 'function', func: { start, end, params: [], body } };
}
