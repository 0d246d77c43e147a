/**
 * Computes the one value that an expression of Python must have, as the interpreter would: helpers
 * that decode, loops that build text, tables of functions. Only code without effects is followed;
 * every other result is unknown. Each expression is computed once, within a budget per module.
 * `values/` says what an expression may be where it has no single value.
 */
import { foldedCharsMax } from '../../../limits.ts';
import type { FoldFrame, MaybeFolded, PyNode, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { numberOf, piecesOf, stringOf } from '../syntax/literals.ts';
import { childrenOf, nameOf, textOf } from '../syntax/nodes.ts';
import { spineOf, spineStep } from '../syntax/tree.ts';
import { callFolded } from './calls.ts';
import { specified } from './format.ts';
import { comprehension, dictionary, type Inner, sequence, slice } from './items.ts';
import { item } from './lookups.ts';
import { memberOfFolded } from './members.ts';
import { staticName } from './names.ts';
import { operate } from './operators.ts';
import { isBytes, isDict, isList, sizeOf, truthOf } from './value.ts';

const foldDepthMax = 100;

/**
 * The computed value of an expression; undefined where it is not known. Without a frame the names
 * are those of the place itself.
 */
export function fold(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame?: FoldFrame,
  depth = 0,
): MaybeFolded {
  if (run.fold.level > foldDepthMax || !run.fold.take(module)) return undefined;
  if (frame !== undefined) {
    const { guesses } = run.fold;
    run.fold.guesses = false;
    const found = knownOf(
      run,
      node,
      run.fold.deeper(() => compute(run, module, node, frame, depth + 1)),
    );
    // What a statement leaves in a name has to be the only one.
    const isGuess = run.fold.guesses;
    run.fold.guesses = guesses;
    return run.fold.take(module, sizeOf(found) >> 3) && !isGuess ? found : undefined;
  }
  const known = node.folded;
  if (known !== undefined) {
    if (known.decodes) run.fold.decodes = true;
    if (known.guesses) run.fold.guesses = true;
    return known.value;
  }
  if (run.fold.level % spineStep === spineStep - 1)
    for (const inner of spineOf(node, (one) => one.folded !== undefined))
      fold(run, module, inner, undefined, depth);
  const { decodes: outer, guesses } = run.fold;
  run.fold.decodes = false;
  run.fold.guesses = false;
  node.folded = { value: undefined, decodes: false, guesses: false };
  const found = knownOf(
    run,
    node,
    run.fold.deeper(() => compute(run, module, node, undefined, depth + 1)),
  );
  const value = run.fold.take(module, sizeOf(found) >> 3) ? found : undefined;
  node.folded = { value, decodes: run.fold.decodes, guesses: run.fold.guesses };
  run.fold.decodes ||= outer;
  run.fold.guesses ||= guesses;
  return value;
}

// What something else than its name changes is not known.
function knownOf(run: PythonRun, node: PyNode, found: MaybeFolded): MaybeFolded {
  return run.changed.has(node) && (isList(found) || isDict(found) || isBytes(found))
    ? undefined
    : found;
}

function compute(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame: FoldFrame | undefined,
  depth: number,
): MaybeFolded {
  const inner = (child: PyNode | null | undefined): MaybeFolded =>
    child === null || child === undefined ? undefined : fold(run, module, child, frame, depth);
  switch (node.name) {
    case 'String':
      return literal(module, node);
    case 'Number':
      return numberOf(textOf(module, node));
    case 'Boolean':
      return textOf(module, node) === 'True';
    case 'None':
      return null;
    case 'VariableName':
      return nameValue(run, module, node, frame, depth);
    case 'FormatString':
      return formatString(module, node, inner);
    case 'ContinuedString':
      return continued(operandsOf(node).map(inner));
    case 'ParenthesizedExpression':
      return inner(operandsOf(node)[0]);
    case 'NamedExpression': {
      const [target, , value] = childrenOf(node);
      const given = inner(value);
      let home = frame;
      // In a comprehension, the name is one of the function around it.
      while (home?.scope === '' && home.outer !== undefined) home = home.outer;
      if (target !== undefined) home?.names.set(nameOf(module, target), given);
      return given;
    }
    case 'UnaryExpression':
      return unary(module, node, inner);
    case 'BinaryExpression':
      return binary(run, module, node, inner);
    case 'ConditionalExpression': {
      const [yes, , condition, , no] = childrenOf(node);
      const truth = truthOf(inner(condition));
      return truth === undefined ? undefined : inner(truth ? yes : no);
    }
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'SetExpression':
      return sequence(module, node, inner);
    case 'DictionaryExpression':
      return dictionary(node, inner);
    case 'ArrayComprehensionExpression':
    case 'ComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'DictionaryComprehensionExpression':
      return comprehension(run, module, node, childrenOf(node).slice(1, -1), frame, depth);
    case 'LambdaExpression': {
      const definition = module.functionsAt.get(node.from);
      return definition === undefined ? undefined : { kind: 'own', module, definition, frame };
    }
    case 'MemberExpression':
      return member(run, module, node, inner, frame);
    case 'CallExpression':
      return callFolded(run, module, node, frame, depth);
    default:
      return undefined;
  }
}

/** Operands without brackets, commas and comments. */
export function operandsOf(node: PyNode): PyNode[] {
  return childrenOf(node).filter(
    (child) => /^\w/.test(child.name) && !/^(in|for|if|else|async)$/.test(child.name),
  );
}

function nameValue(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  frame: FoldFrame | undefined,
  depth: number,
): MaybeFolded {
  const name = nameOf(module, node);
  for (let at = frame; at !== undefined; at = at.outer)
    if (at.names.has(name)) return at.names.get(name);
  return staticName(run, module, node, name, frame, depth);
}

function literal(module: PythonModule, node: PyNode): MaybeFolded {
  const { text, isBytes } = stringOf(module, node);
  if (text.length > foldedCharsMax * 4) return undefined;
  return isBytes ? Buffer.from(text, 'latin1') : text;
}

function continued(parts: readonly MaybeFolded[]): MaybeFolded {
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  return parts.every(isBytes) ? Buffer.concat(parts) : undefined;
}

function formatString(module: PythonModule, node: PyNode, inner: Inner): MaybeFolded {
  let text = '';
  for (const piece of piecesOf(module, node).pieces) {
    const shown = typeof piece === 'string' ? piece : specified(inner(piece.value), piece.spec);
    if (shown === undefined || (typeof piece !== 'string' && piece.isNamed)) return undefined;
    text += shown;
  }
  return text;
}

function unary(module: PythonModule, node: PyNode, inner: Inner): MaybeFolded {
  const value = inner(node.lastChild);
  const sign = node.firstChild === null ? '' : textOf(module, node.firstChild);
  if (sign === 'not') {
    const truth = truthOf(value);
    return truth === undefined ? undefined : !truth;
  }
  if (typeof value === 'number') return sign === '-' ? -value : value;
  if (typeof value !== 'bigint') return undefined;
  return sign === '-' ? -value : sign === '~' ? ~value : value;
}

function binary(run: PythonRun, module: PythonModule, node: PyNode, inner: Inner): MaybeFolded {
  const children = childrenOf(node);
  const [left, operator] = children;
  if (left === undefined || operator === undefined) return undefined;
  const symbol = module.source.text
    .slice(operator.from, children.at(-2)?.to ?? operator.to)
    .replace(/\s+/g, ' ');
  const a = inner(left);
  if (symbol === 'and' || symbol === 'or') {
    const truth = truthOf(a);
    if (truth === undefined) return undefined;
    return truth === (symbol === 'or') ? a : inner(children.at(-1));
  }
  const b = inner(children.at(-1));
  if (a === undefined || b === undefined) return undefined;
  if (symbol === '^') run.fold.decodes = true;
  return operate(symbol, a, b);
}

function member(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  inner: Inner,
  frame: FoldFrame | undefined,
): MaybeFolded {
  const children = childrenOf(node);
  const [object] = children;
  const last = node.lastChild;
  if (object === undefined || last === null) return undefined;
  if (last.name === 'PropertyName')
    return memberOfFolded(run, module, node, inner(object), nameOf(module, last), frame);
  const keys = children.slice(2, -1);
  const value = inner(object);
  if (value === undefined) return undefined;
  if (keys.some((key) => key.name === ':')) return slice(run, value, keys, inner);
  return item(run, module, value, inner(keys[0]), keys[0]?.name !== 'String');
}
