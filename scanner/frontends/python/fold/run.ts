/**
 * Statements of Python gone through with known values: assignments, loops, branches. What is not
 * known is forgotten, never guessed.
 */

import type { FoldFrame, MaybeFolded, PyNode, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { argumentsOf, assignmentParts, childrenOf, nameOf, textOf } from '../syntax/nodes.ts';
import { walk } from '../syntax/tree.ts';
import { changingMethods } from '../values/updates.ts';
import { attempt, branch, entering, matching } from './branches.ts';
import { bindFolded } from './items.ts';
import { operate } from './operators.ts';
import {
  assignedIn,
  forget,
  forgetBound,
  forgetFilled,
  forgetNested,
  forgetRoot,
} from './targets.ts';
import { type Ending, isBytes, isDict, isList, itemsOf, keyOf, listOf, truthOf } from './value.ts';

const loopsMax = 65_536;
const yieldsMax = 4_096;

/**
 * Goes through statements one after the other. Values that a branch may give are collected in
 * `perhaps`.
 */
export function runBlock(
  run: PythonRun,
  module: PythonModule,
  statements: readonly PyNode[],
  frame: FoldFrame,
  perhaps: MaybeFolded[] = [],
): Ending {
  for (const statement of statements) {
    if (!run.fold.take(module)) return 'stop';
    const ending = runStatement(run, module, statement, frame, perhaps);
    if (ending !== 'through') return ending;
  }
  return 'through';
}

/** Goes through one statement. */
export function runStatement(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame: FoldFrame,
  perhaps: MaybeFolded[],
): Ending {
  const value = (child: PyNode | null | undefined): MaybeFolded =>
    child === null || child === undefined ? undefined : run.foldNode(run, module, child, frame);
  switch (node.name) {
    case 'ExpressionStatement':
      return expression(run, module, node, frame);
    case 'AssignStatement':
      assign(run, module, node, frame);
      forgetFilled(module, node, frame);
      return 'through';
    case 'DeleteStatement':
      for (const target of childrenOf(node)) forgetRoot(module, target, frame);
      return 'through';
    case 'UpdateStatement':
      return update(run, module, node, frame);
    case 'ReturnStatement': {
      const given = childrenOf(node)
        .filter((child) => child.name !== 'return' && child.name !== ',')
        .map(value);
      return {
        value: given.length === 0 ? null : given.length === 1 ? given[0] : listOf(given, 'tuple'),
      };
    }
    case 'IfStatement':
      return branch(run, module, childrenOf(node), frame, perhaps);
    case 'ForStatement':
      return forLoop(run, module, node, frame, perhaps);
    case 'WhileStatement':
      return whileLoop(run, module, node, frame, perhaps);
    case 'TryStatement':
      return attempt(run, module, node, frame, perhaps);
    case 'WithStatement':
      return entering(run, module, node, frame, perhaps);
    case 'MatchStatement':
      return matching(run, module, node, frame, perhaps);
    case 'StatementGroup':
      return runBlock(run, module, childrenOf(node), frame, perhaps);
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
      return forgetBound(module, node, frame);
    case 'BreakStatement':
      return 'break';
    case 'ContinueStatement':
      return 'continue';
    case 'RaiseStatement':
      return 'stop';
    default:
      if (node.name === 'YieldStatement')
        perhaps.push(node.getChild('from') === null ? value(node.lastChild) : undefined);
      return 'through';
  }
}

function expression(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame: FoldFrame,
): 'through' {
  const one = node.firstChild;
  const isRun = run.fold.observe !== undefined || changes(module, one);
  if (one !== null && !changesUnknown(run, module, one, frame)) {
    const found = isRun ? run.foldNode(run, module, one, frame) : undefined;
    if (found === undefined) forgetNested(module, one, frame);
  }
  forgetFilled(module, node, frame);
  return 'through';
}

function update(run: PythonRun, module: PythonModule, node: PyNode, frame: FoldFrame): 'through' {
  const [target, operator, operand] = childrenOf(node);
  if (target === undefined || operator === undefined || operand === undefined) return 'through';
  const a = run.foldNode(run, module, target, frame);
  const b = run.foldNode(run, module, operand, frame);
  const symbol = textOf(module, operator).slice(0, -1);
  if (symbol === '^') run.fold.decodes = true;
  bindFolded(
    run,
    module,
    frame,
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
function changesUnknown(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame: FoldFrame,
): boolean {
  if (node.name !== 'CallExpression' || !changes(module, node)) return false;
  const [object, , property] = childrenOf(node.firstChild ?? node);
  if (object === undefined || property === undefined) return false;
  const owner = run.foldNode(run, module, object, frame);
  const args = argumentsOf(module, node).positional.map((one) =>
    run.foldNode(run, module, one, frame),
  );
  const method = nameOf(module, property);
  const isListed =
    isList(owner) &&
    (/^(append|add)$/.test(method) ||
      (/^(extend|insert|reverse|pop)$/.test(method) && !args.includes(undefined)));
  if (owner === undefined || isListed || (isDict(owner) && method === 'update' && isDict(args[0])))
    return false;
  forgetRoot(module, object, frame);
  return true;
}

function assign(run: PythonRun, module: PythonModule, node: PyNode, frame: FoldFrame): void {
  const { targets, values } = assignmentParts(node);
  const isFollowed = (target: PyNode): boolean =>
    target.name !== 'VariableName' || frame.followed?.has(nameOf(module, target)) !== false;
  if (!targets.flat().some(isFollowed)) return;
  const given = values.map((one) => run.foldNode(run, module, one, frame));
  values.forEach((one, index) => {
    if (given[index] === undefined) forgetNested(module, one, frame);
  });
  if (given.length === 0) return;
  const all = given.length === 1 ? given[0] : listOf(given, 'tuple');
  for (const group of targets) bindFolded(run, module, frame, group, all);
}

function forLoop(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame: FoldFrame,
  perhaps: MaybeFolded[],
): Ending {
  const parts = childrenOf(node);
  const middle = parts.findIndex((part) => part.name === 'in');
  const bodyAt = parts.findIndex((part) => part.name === 'Body');
  const iterated = parts[middle + 1];
  const body = parts[bodyAt];
  if (iterated === undefined || body === undefined) return 'through';
  const { decodes } = run.fold;
  const given = run.foldNode(run, module, iterated, frame);
  const items = itemsOf(given);
  // The items of bytes are numbers: what they hide comes out where they become letters.
  if (isBytes(given)) run.fold.decodes = decodes;
  if (items === undefined) return forget(module, node, frame);
  const targets = parts
    .slice(parts.findIndex((part) => part.name === 'for') + 1, middle)
    .filter((part) => part.name !== ',');
  const statements = childrenOf(body);
  for (const item of [...items]) {
    bindFolded(run, module, frame, targets, item);
    const ending = runBlock(run, module, statements, frame, perhaps);
    if (ending === 'break') return 'through';
    if (ending === 'unsure') return forget(module, node, frame);
    if (ending === 'stop' || typeof ending === 'object') return ending;
  }
  const otherwise = parts.slice(bodyAt + 1).find((part) => part.name === 'Body');
  return otherwise === undefined
    ? 'through'
    : runBlock(run, module, childrenOf(otherwise), frame, perhaps);
}

function whileLoop(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame: FoldFrame,
  perhaps: MaybeFolded[],
): Ending {
  const [, condition] = childrenOf(node);
  const body = node.getChild('Body');
  if (condition === undefined || body === null) return 'through';
  const statements = childrenOf(body);
  const names = [...assignedIn(module, node)];
  let before: MaybeFolded[] = [];
  const isEndless = neverEnds(module, condition, body);
  for (let count = 0; count < loopsMax; count++) {
    const given = perhaps.length;
    const now = names.map((name) => frame.names.get(name));
    // A round that changes nothing is the first of endless ones.
    if (count > 0 && now.every((value, index) => isUnchanged(value, before[index])))
      return forget(module, node, frame);
    before = now;
    const truth = truthOf(run.foldNode(run, module, condition, frame));
    if (truth === undefined) return forget(module, node, frame);
    if (!truth) return 'through';
    const ending = runBlock(run, module, statements, frame, perhaps);
    if (ending === 'break') return 'through';
    if (ending === 'unsure') return forget(module, node, frame);
    if (ending === 'stop' || typeof ending === 'object') return ending;
    // What a generator gives without end is only ever read beside something that ends.
    if (perhaps.length > yieldsMax) return 'stop';
    if (isEndless && perhaps.slice(given).every((one) => one === undefined))
      return forget(module, node, frame);
  }
  return forget(module, node, frame);
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
  return (
    'kind' in now &&
    /^(name|own|bound)$/.test(now.kind) &&
    (now === before || keyOf(now) === keyOf(before))
  );
}
