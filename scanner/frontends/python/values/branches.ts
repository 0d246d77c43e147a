/**
 * Statements of Python of which one part or another is gone through: `if`, `try`, `match`. What
 * they may leave different is not known.
 */

import { lookUp } from '../names/lookup.ts';
import { childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { FoldFrame, MaybeFolded, PyNode, PythonModule } from '../program.ts';
import type { FoldPlace } from '../run.ts';
import { enteredIn, forget } from './targets.ts';
import { areEqual, copied, type Ending, isBound, isDict, keyOf, truthOf } from './value.ts';

/** `if a: … elif b: … else: …`, from the list of its parts. */
export function branch(here: FoldPlace, parts: readonly PyNode[], perhaps: MaybeFolded[]): Ending {
  const bodyAt = parts.findIndex((part) => part.name === 'Body');
  const body = parts[bodyAt];
  if (body === undefined) return 'through';
  const condition = parts[0]?.name === 'else' ? true : here.of(parts[bodyAt - 1] ?? body);
  const truth = truthOf(condition);
  if (truth === true) return here.block(childrenOf(body), perhaps);
  if (truth === false) return branch(here, parts.slice(bodyAt + 1), perhaps);
  const yes = separate(here.frame);
  const no = separate(here.frame);
  const endings = [
    here.within(yes).block(childrenOf(body), perhaps),
    branch(here.within(no), parts.slice(bodyAt + 1), perhaps),
  ];
  for (const ending of endings) if (typeof ending === 'object') perhaps.push(ending.value);
  const open = [yes, no].filter((_, index) => endings[index] === 'through');
  merge(here.frame, open.length === 0 ? [yes, no] : open);
  if (endings.some((ending) => ending === 'break' || ending === 'continue' || ending === 'unsure'))
    return 'unsure';
  return open.length === 0 ? 'stop' : 'through';
}

/** `try`: any statement of its body may be the last one before a handler. */
export function attempt(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
  const parts = childrenOf(node);
  const bodyAfter = (name: string): PyNode | undefined => {
    const at = parts.findIndex((part) => part.name === name);
    return at < 0 ? undefined : parts.slice(at).find((part) => part.name === 'Body');
  };
  const first = bodyAfter('try');
  const last = bodyAfter('finally');
  const otherwise = bodyAfter('else');
  const handlers = parts.filter(
    (part) => part.name === 'Body' && part !== first && part !== last && part !== otherwise,
  );
  const { frame } = here;
  const block = (body: PyNode | undefined, at: FoldFrame): Ending =>
    body === undefined ? 'through' : here.within(at).block(childrenOf(body), perhaps);
  const caught = separate(frame);
  let ending = block(first, frame);
  if (ending === 'through') ending = block(otherwise, frame);
  if (first !== undefined) forget(here.within(caught), first);
  const open: FoldFrame[] = ending === 'through' ? [frame] : [];
  const others: Ending[] = [];
  for (const handler of handlers) {
    const own = separate(caught);
    const left = block(handler, own);
    if (left === 'through') open.push(own);
    else others.push(left);
  }
  for (const left of others) if (typeof left === 'object') perhaps.push(left.value);
  if (open.length > 0) merge(frame, open);
  const ended = block(last, frame);
  if (ended !== 'through') return ended;
  if (ending === 'stop' && open.length > 0) return 'through';
  return ending === 'through' &&
    others.some((left) => left === 'break' || left === 'continue' || left === 'unsure')
    ? 'unsure'
    : ending;
}

/**
 * `with`: an object that is not known may end its body at any statement, and say nothing of it, as
 * `contextlib.suppress` does.
 */
export function entering(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
  for (const name of enteredIn(here.module, node)) here.frame.names.set(name, undefined);
  const body = node.getChild('Body');
  if (body === null) return 'through';
  const ended = separate(here.frame);
  const ending = here.block(childrenOf(body), perhaps);
  if (!mayEndBody(here.module, node)) return ending;
  forget(here.within(ended), body);
  if (typeof ending === 'object') perhaps.push(ending.value);
  merge(here.frame, ending === 'through' ? [here.frame, ended] : [ended]);
  return ending === 'break' || ending === 'continue' || ending === 'unsure' ? 'unsure' : 'through';
}

// What libraries give does not, but for a few.
function mayEndBody(module: PythonModule, node: PyNode): boolean {
  const children = childrenOf(node);
  const entered = children.filter(
    (child, at) => /Expression$|^VariableName$/.test(child.name) && children[at - 1]?.name !== 'as',
  );
  return entered.some((one) => {
    let root: PyNode = one;
    while (/^(Call|Member)Expression$/.test(root.name) && root.firstChild !== null)
      root = root.firstChild;
    const found =
      root.name === 'VariableName'
        ? lookUp(scopeOf(module, root), nameOf(module, root))
        : undefined;
    const isLibrary =
      root.name === 'VariableName' &&
      (found?.bindings.every(({ kind }) => kind === 'import') ?? textOf(module, root) === 'open');
    return (
      !isLibrary || /\b(suppress|\w*ExitStack|raises|assertRaises)\b/.test(textOf(module, one))
    );
  });
}

export function matching(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
  const subject = here.of(childrenOf(node)[1] ?? node);
  for (const clause of node.getChild('MatchBody')?.getChildren('MatchClause') ?? []) {
    const pattern = childrenOf(clause)[1];
    const body = clause.getChild('Body');
    if (pattern === undefined || body === null || subject === undefined) return forget(here, node);
    const literals =
      pattern.name === 'OrPattern'
        ? childrenOf(pattern).filter(({ name }) => /^\w/.test(name))
        : [pattern];
    const captured = pattern.name === 'CapturePattern' ? pattern.firstChild : null;
    if (captured === null && !literals.every(({ name }) => name === 'LiteralPattern'))
      return forget(here, node);
    if (clause.getChild('Guard') !== null) return forget(here, node);
    if (captured !== null) here.frame.names.set(nameOf(here.module, captured), subject);
    const fits = literals.map((one) => areEqual(here.of(one.firstChild), subject));
    if (captured === null && !fits.includes(true) && fits.includes(undefined))
      return forget(here, node);
    if (fits.includes(true) || captured !== null) return here.block(childrenOf(body), perhaps);
  }
  return 'through';
}

// Lists of its own, so that one way does not see what another one appends; names that share a list
// go on sharing it.
function separate(frame: FoldFrame): FoldFrame {
  const copies = new Map<MaybeFolded, MaybeFolded>();
  const names = new Map<string, MaybeFolded>();
  for (const [name, value] of frame.names) {
    if (!copies.has(value)) copies.set(value, copied(value));
    names.set(name, copies.get(value));
  }
  return { ...frame, names };
}

// What all ways leave the same is known afterwards.
function merge(frame: FoldFrame, ways: readonly FoldFrame[]): void {
  for (const name of new Set(ways.flatMap(({ names }) => [...names.keys()]))) {
    const [first, ...others] = ways.map(({ names }) => names.get(name));
    frame.names.set(name, others.every((other) => isSame(first, other)) ? first : undefined);
  }
}

function isSame(one: MaybeFolded, other: MaybeFolded): boolean {
  if (isDict(one) && isDict(other))
    return (
      one.entries.size === other.entries.size &&
      [...one.entries].every(([key, { value }]) => isSame(value, other.entries.get(key)?.value))
    );
  return isBound(one) ? one === other : keyOf(one) === keyOf(other);
}
