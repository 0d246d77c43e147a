/**
 * Statements of Python gone through with known values: assignments, loops, branches. What is not
 * known is forgotten, never guessed.
 */
import { changingMethods } from '../assignments/by-text.ts';
import { lookUp } from '../names/lookup.ts';
import { argumentsOf, assignmentParts, childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { FoldFrame, MaybeFolded, PyNode, PythonModule } from '../program.ts';
import type { FoldPlace } from '../run.ts';
import { walk } from '../tree.ts';
import {
  assignedIn,
  bindFolded,
  enteredIn,
  forget,
  forgetBound,
  forgetFilled,
  forgetNested,
  forgetRoot,
} from './items.ts';
import { operate } from './operators.ts';
import {
  areEqual,
  copied,
  type Ending,
  isBound,
  isBytes,
  isDict,
  isList,
  isNamed,
  itemsOf,
  keyOf,
  listOf,
  truthOf,
} from './value.ts';

const loopsMax = 65_536;
const yieldsMax = 4_096;

/**
 * Goes through statements one after the other. Values that a branch may give are collected in
 * `perhaps`.
 */
export function runBlock(
  here: FoldPlace,
  statements: readonly PyNode[],
  perhaps: MaybeFolded[] = [],
): Ending {
  for (const statement of statements) {
    if (!here.run.fold.take(here.module)) return 'stop';
    const ending = runStatement(here, statement, perhaps);
    if (ending !== 'through') return ending;
  }
  return 'through';
}

/** Goes through one statement. */
export function runStatement(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
  const { module, frame } = here;
  switch (node.name) {
    case 'ExpressionStatement':
      return expression(here, node);
    case 'AssignStatement':
      assign(here, node);
      forgetFilled(here, node);
      return 'through';
    case 'DeleteStatement':
      for (const target of childrenOf(node)) forgetRoot(here, target);
      return 'through';
    case 'UpdateStatement':
      return update(here, node);
    case 'ReturnStatement': {
      const given = childrenOf(node)
        .filter((child) => child.name !== 'return' && child.name !== ',')
        .map((one) => here.of(one));
      return {
        value: given.length === 0 ? null : given.length === 1 ? given[0] : listOf(given, 'tuple'),
      };
    }
    case 'IfStatement':
      return branch(here, childrenOf(node), perhaps);
    case 'ForStatement':
      return forLoop(here, node, perhaps);
    case 'WhileStatement':
      return whileLoop(here, node, perhaps);
    case 'TryStatement':
      return attempt(here, node, perhaps);
    case 'WithStatement':
      return entering(here, node, perhaps);
    case 'MatchStatement':
      return matching(here, node, perhaps);
    case 'StatementGroup':
      return runBlock(here, childrenOf(node), perhaps);
    case 'FunctionDefinition':
    case 'DecoratedStatement': {
      const one = node.name === 'FunctionDefinition' ? node : node.getChild('FunctionDefinition');
      const definition = one === null ? undefined : module.functionsAt.get(one.from);
      if (definition !== undefined)
        frame.names.set(definition.name, { kind: 'own', module, definition, frame });
      return 'through';
    }
    case 'ImportStatement':
    case 'ClassDefinition':
      return forgetBound(here, node);
    case 'BreakStatement':
      return 'break';
    case 'ContinueStatement':
      return 'continue';
    case 'RaiseStatement':
      return 'stop';
    default:
      if (node.name === 'YieldStatement')
        perhaps.push(node.getChild('from') === null ? here.of(node.lastChild) : undefined);
      return 'through';
  }
}

function expression(here: FoldPlace, node: PyNode): 'through' {
  const one = node.firstChild;
  const isRun = here.run.fold.observe !== undefined || changes(here.module, one);
  if (one !== null && !changesUnknown(here, one)) {
    const found = isRun ? here.of(one) : undefined;
    if (found === undefined) forgetNested(here, one);
  }
  forgetFilled(here, node);
  return 'through';
}

function update(here: FoldPlace, node: PyNode): 'through' {
  const [target, operator, operand] = childrenOf(node);
  if (target === undefined || operator === undefined || operand === undefined) return 'through';
  const a = here.of(target);
  const b = here.of(operand);
  const symbol = textOf(here.module, operator).slice(0, -1);
  if (symbol === '^') here.run.fold.decodes = true;
  bindFolded(
    here,
    [target],
    a === undefined || b === undefined ? undefined : operate(symbol, a, b),
  );
  return 'through';
}

// `list.append(x)`, `(a := b)`: other calls leave what is computed here as it is.
function changes(module: PythonModule, node: PyNode | null): boolean {
  const callee = node?.name === 'CallExpression' ? node.firstChild : null;
  const last = callee?.name === 'MemberExpression' ? callee.lastChild : null;
  if (last?.name === 'PropertyName') return changingMethods.has(nameOf(module, last));
  return node?.name !== 'CallExpression' && node?.name !== 'String';
}

// A change that is not gone through, as `parts.insert(unknown, x)`: what is changed is not known
// any more.
function changesUnknown(here: FoldPlace, node: PyNode): boolean {
  if (node.name !== 'CallExpression' || !changes(here.module, node)) return false;
  const [object, , property] = childrenOf(node.firstChild ?? node);
  if (object === undefined || property === undefined) return false;
  const owner = here.of(object);
  const args = argumentsOf(here.module, node).positional.map((one) => here.of(one));
  const method = nameOf(here.module, property);
  const isListed =
    isList(owner) &&
    (/^(append|add)$/.test(method) ||
      (/^(extend|insert|reverse|pop)$/.test(method) && !args.includes(undefined)));
  if (owner === undefined || isListed || (isDict(owner) && method === 'update' && isDict(args[0])))
    return false;
  forgetRoot(here, object);
  return true;
}

function assign(here: FoldPlace, node: PyNode): void {
  const { targets, values } = assignmentParts(node);
  const isFollowed = (target: PyNode): boolean =>
    target.name !== 'VariableName' ||
    here.frame.followed?.has(nameOf(here.module, target)) !== false;
  if (!targets.flat().some(isFollowed)) return;
  const given = values.map((one) => here.of(one));
  values.forEach((one, index) => {
    if (given[index] === undefined) forgetNested(here, one);
  });
  if (given.length === 0) return;
  const all = given.length === 1 ? given[0] : listOf(given, 'tuple');
  for (const group of targets) bindFolded(here, group, all);
}

function forLoop(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
  const parts = childrenOf(node);
  const middle = parts.findIndex((part) => part.name === 'in');
  const bodyAt = parts.findIndex((part) => part.name === 'Body');
  const iterated = parts[middle + 1];
  const body = parts[bodyAt];
  if (iterated === undefined || body === undefined) return 'through';
  const { decodes } = here.run.fold;
  const given = here.of(iterated);
  const items = itemsOf(given);
  // The items of bytes are numbers: what they hide comes out where they become letters.
  if (isBytes(given)) here.run.fold.decodes = decodes;
  if (items === undefined) return forget(here, node);
  const targets = parts
    .slice(parts.findIndex((part) => part.name === 'for') + 1, middle)
    .filter((part) => part.name !== ',');
  const statements = childrenOf(body);
  for (const item of [...items]) {
    bindFolded(here, targets, item);
    const ending = runBlock(here, statements, perhaps);
    if (ending === 'break') return 'through';
    if (ending === 'unsure') return forget(here, node);
    if (ending === 'stop' || typeof ending === 'object') return ending;
  }
  const otherwise = parts.slice(bodyAt + 1).find((part) => part.name === 'Body');
  return otherwise === undefined ? 'through' : runBlock(here, childrenOf(otherwise), perhaps);
}

function whileLoop(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
  const [, condition] = childrenOf(node);
  const body = node.getChild('Body');
  if (condition === undefined || body === null) return 'through';
  const statements = childrenOf(body);
  const names = [...assignedIn(here.module, node)];
  let before: MaybeFolded[] = [];
  const isEndless = neverEnds(here.module, condition, body);
  for (let count = 0; count < loopsMax; count++) {
    const given = perhaps.length;
    const now = names.map((name) => here.frame.names.get(name));
    // A round that changes nothing is the first of endless ones.
    if (count > 0 && now.every((value, index) => isUnchanged(value, before[index])))
      return forget(here, node);
    before = now;
    const truth = truthOf(here.of(condition));
    if (truth === undefined) return forget(here, node);
    if (!truth) return 'through';
    const ending = runBlock(here, statements, perhaps);
    if (ending === 'break') return 'through';
    if (ending === 'unsure') return forget(here, node);
    if (ending === 'stop' || typeof ending === 'object') return ending;
    // What a generator gives without end is only ever read beside something that ends.
    if (perhaps.length > yieldsMax) return 'stop';
    if (isEndless && perhaps.slice(given).every((one) => one === undefined))
      return forget(here, node);
  }
  return forget(here, node);
}

function neverEnds(module: PythonModule, condition: PyNode, body: PyNode): boolean {
  if (!/^(True|1)$/.test(textOf(module, condition))) return false;
  let ends = false;
  walk(body, ({ name }) => {
    ends ||= /^(Break|Return|Raise)Statement$/.test(name);
    return name !== 'FunctionDefinition' && name !== 'LambdaExpression';
  });
  return !ends;
}

// What can be filled may have been.
function isUnchanged(now: MaybeFolded, before: MaybeFolded): boolean {
  if (now === null || typeof now !== 'object') return now === before;
  return (isNamed(now) || isBound(now)) && (now === before || keyOf(now) === keyOf(before));
}

// Statements of Python of which one part or another is gone through: `if`, `try`, `match`. What
// they may leave different is not known.

/** `if a: … elif b: … else: …`, from the list of its parts. */
function branch(here: FoldPlace, parts: readonly PyNode[], perhaps: MaybeFolded[]): Ending {
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
function attempt(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
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
function entering(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
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

function matching(here: FoldPlace, node: PyNode, perhaps: MaybeFolded[]): Ending {
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
