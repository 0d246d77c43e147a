/**
 * The cells that hold the objects of Python's expressions, and how objects get from one to another.
 */

import { lookUp, ownModule } from '../names/lookup.ts';
import { importMeaning } from '../names/meaning.ts';
import { childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule, PythonScope } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { changingMethods } from './by-text.ts';
import type { Aliases, Cell, FlowKind, Kept } from './lists.ts';

/** What going through the flows needs at every place. */
export interface Flowing {
  readonly run: PythonRun;
  readonly module: PythonModule;
  readonly aliases: Aliases;
  /** Methods of all classes and functions of all modules, by name. */
  readonly functionsNamed: ReadonlyMap<string, readonly PythonFunction[]>;
  /** What names are, which are asked for at every use. */
  readonly kinds: Map<readonly Binding[], NameKinds>;
  /** Names of which the functions get what their calls give. */
  readonly linked: Set<string>;
  /** The cell of what a call gives; an argument of a call may be a call. */
  readonly cellOfCall: (at: Flowing, call: PyNode) => Cell;
}

export interface NameKinds {
  /** The qualified name that an import gives it. */
  readonly imported: string | undefined;
  readonly isFunction: boolean;
  /** It may hold a value that is no function, class or module by its definition. */
  readonly isValue: boolean;
}

/** A name where it is used, with the scope that it belongs to. */
export function nameAt(
  at: Flowing,
  node: PyNode,
):
  | (NameKinds & { readonly scope: PythonScope; readonly bindings: readonly Binding[] })
  | undefined {
  const found = lookUp(scopeOf(at.module, node), nameOf(at.module, node));
  if (found === undefined) return undefined;
  const known = at.kinds.get(found.bindings) ?? kindsOf(found.bindings);
  at.kinds.set(found.bindings, known);
  return { ...known, ...found };
}

function kindsOf(bindings: readonly Binding[]): NameKinds {
  const imported = bindings.find((one) => one.kind === 'import');
  return {
    imported: imported?.kind === 'import' ? imported.qual : undefined,
    isFunction: bindings.some(
      (one) =>
        one.kind === 'function' || (one.kind === 'value' && one.node.name === 'LambdaExpression'),
    ),
    isValue: bindings.some(({ kind }) => !/^(import|class|function)$/.test(kind)),
  };
}

/** What a method leaves of the object that it changes. */
export function keptByMethod(name: string): Kept | undefined {
  const change = changingMethods.get(name);
  return change === undefined ? undefined : change === 'grown' ? 2 : 0;
}

/** The cell of what a function gives. */
export function resultOf({ aliases }: Flowing, id: string | undefined): Cell {
  return id === undefined ? aliases.newCell() : aliases.named(`result ${id}`);
}

/** The cell of a name of a scope; names of a class are attributes. */
export function cellOfName({ aliases }: Flowing, scope: PythonScope, name: string): Cell {
  return aliases.named(scope.kind === 'class' ? `.${name}` : `${scope.id} ${name}`);
}

function cellOfVariable(at: Flowing, node: PyNode): Cell | undefined {
  const found = nameAt(at, node);
  if (found?.imported !== undefined) return cellOfImport(at, found.imported);
  return found === undefined ? undefined : cellOfName(at, found.scope, nameOf(at.module, node));
}

// `from state import parts`
function cellOfImport(at: Flowing, qual: string): Cell | undefined {
  const meaning = importMeaning(at.run, at.module, qual);
  return meaning.kind === 'global' ? cellOfName(at, meaning.module.scope, meaning.name) : undefined;
}

// `state.parts`, of a module of the skill; of any other object the attribute of that name.
function cellOfAttribute(at: Flowing, object: PyNode, name: string): Cell {
  const imported = object.name === 'VariableName' ? nameAt(at, object)?.imported : undefined;
  const own = imported === undefined ? undefined : ownModule(at.run, at.module, imported);
  return own === undefined ? at.aliases.named(`.${name}`) : cellOfName(at, own.scope, name);
}

/** The cell that an assignment to a target fills. */
export function targetCell(at: Flowing, target: PyNode): Cell {
  const [object] = childrenOf(target);
  if (target.name === 'VariableName') return cellOfVariable(at, target) ?? at.aliases.newCell();
  const property = target.name === 'MemberExpression' ? target.lastChild : null;
  if (property?.name === 'PropertyName' && object !== undefined)
    return cellOfAttribute(at, object, nameOf(at.module, property));
  const cell = at.aliases.newCell();
  if (property?.name === ']' && object !== undefined) flowInto(at, cell, object);
  if (/^(Tuple|Array|Parenthesized)Expression$/.test(target.name)) {
    const parts = childrenOf(target).filter(({ name }) => /^\w/.test(name));
    for (const part of parts)
      at.aliases.flow(cell, targetCell(at, part), target.name.startsWith('P') ? 'same' : 'out');
  }
  return cell;
}

/** What a cell holds gets into the objects of an expression. */
export function flowInto(at: Flowing, cell: Cell, object: PyNode): void {
  for (const holder of cellsOf(at, object)) at.aliases.flow(cell, holder, 'into');
}

/** The objects of an expression get into a cell that holds them from then on. */
export function flowExpression(at: Flowing, node: PyNode, to: Cell, kind: FlowKind): void {
  const isFresh =
    !/^(VariableName|MemberExpression|ParenthesizedExpression|ConditionalExpression|NamedExpression)$/.test(
      node.name,
    );
  for (const cell of cellsOf(at, node)) {
    const isHeld = !isFresh || cell.from.some((one) => one.kind === 'same');
    at.aliases.flow(cell, to, kind === 'owned' && isHeld ? 'same' : kind);
    if (isHeld) cell.isShared = true;
  }
}

/** The objects of an expression are given to a function, or by it. */
export function handOn(at: Flowing, node: PyNode, to: Cell, ...kinds: readonly FlowKind[]): void {
  for (const cell of cellsOf(at, node)) for (const kind of kinds) at.aliases.flow(cell, to, kind);
}

/** The cells that hold the objects which an expression may give. */
export function cellsOf(at: Flowing, node: PyNode): readonly Cell[] {
  const operands = (): readonly PyNode[] =>
    childrenOf(node).filter(
      ({ name }) => /^\w/.test(name) && !/^(if|else|await|or|and)$/.test(name),
    );
  switch (node.name) {
    case 'VariableName': {
      const cell = cellOfVariable(at, node);
      return cell === undefined ? [] : [cell];
    }
    case 'MemberExpression':
      return memberCells(at, node);
    case 'ParenthesizedExpression':
    case 'AwaitExpression':
    case 'NamedExpression':
      return operands().flatMap((one) => cellsOf(at, one));
    case 'ConditionalExpression':
      return operands().flatMap((one, index) => (index % 2 === 0 ? cellsOf(at, one) : []));
    case 'CallExpression':
      return [at.cellOfCall(at, node)];
    case 'BinaryExpression':
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression':
    case 'DictionaryExpression':
    case 'ArrayComprehensionExpression':
    case 'ComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'DictionaryComprehensionExpression':
      return made(at, node, operands);
    default:
      return [];
  }
}

// What an expression makes anew, of objects that may stay in it. `a or b` is one of them.
function made(at: Flowing, node: PyNode, operands: () => readonly PyNode[]): readonly Cell[] {
  const isChoice =
    node.name === 'BinaryExpression' &&
    /^(or|and)$/.test(textOf(at.module, childrenOf(node)[1] ?? node));
  if (isChoice) return operands().flatMap((one) => cellsOf(at, one));
  const { cell, isNew } = at.aliases.at(node);
  if (!isNew) return [cell];
  for (const one of operands()) {
    const isSpread =
      node.name === 'BinaryExpression' || /^\*\*?$/.test(one.prevSibling?.name ?? '');
    if (!/^(for|in|async)$/.test(one.name))
      flowExpression(at, one, cell, isSpread ? 'copy' : 'into');
  }
  return [cell];
}

function memberCells(at: Flowing, node: PyNode): readonly Cell[] {
  const [object] = childrenOf(node);
  const { lastChild } = node;
  if (object === undefined || lastChild === null) return [];
  if (lastChild.name === 'PropertyName')
    return [cellOfAttribute(at, object, nameOf(at.module, lastChild))];
  const { cell, isNew } = at.aliases.at(node);
  const isSlice = childrenOf(node).some(({ name }) => name === ':');
  if (isNew)
    for (const one of cellsOf(at, object)) at.aliases.flow(one, cell, isSlice ? 'copy' : 'out');
  return [cell];
}

/**
 * An object that an expression gives is changed. What a name or an attribute holds is changed by
 * that name.
 */
export function changeObject(at: Flowing, object: PyNode, kept: Kept, isDirect = false): void {
  const isNamed = object.name === 'VariableName' || object.lastChild?.name === 'PropertyName';
  for (const cell of cellsOf(at, object))
    if (isDirect && isNamed) cell.direct = Math.min(cell.direct, kept);
    else cell.own = Math.min(cell.own, kept);
}
