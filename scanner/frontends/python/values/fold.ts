/**
 * Computes the one value that an expression of Python must have, as the interpreter would: helpers
 * that decode, loops that build text, tables of functions. Only code without effects is followed;
 * every other result is unknown. Each expression is computed once, within a budget per module.
 * `values/` says what an expression may be where it has no single value.
 */

import { foldedCharsMax } from '../../../fact/shared-limits.ts';
import {
  bindingValue,
  type DictEntry,
  type DisplayPart,
  type FormatPieces,
  interpret,
  type StringLiteral,
} from '../interpret.ts';
import { parameterValue } from '../names/parameters.ts';
import { nameOf } from '../nodes.ts';
import type {
  Binding,
  Folded,
  FoldedList,
  FoldFrame,
  MaybeFolded,
  PyNode,
  PythonFunction,
  PythonModule,
} from '../program.ts';
import type { FoldPlace, PythonRun } from '../run.ts';
import { spineOf, spineStep } from '../tree.ts';
import { callFolded } from './calls.ts';
import { foldedOf } from './given.ts';
import { comprehension, sliceOf } from './items.ts';
import { imported, item, memberOfFolded, staticName } from './names.ts';
import { operate, specified } from './operators.ts';
import { runBlock } from './run.ts';
import {
  dictOf,
  type Ending,
  isBytes,
  isDict,
  isList,
  itemsOf,
  listOf,
  namesOf,
  sizeOf,
  truthOf,
} from './value.ts';

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
  const state = run.fold;
  if (state.level > foldDepthMax || !state.take(module)) return undefined;
  if (frame === undefined) {
    const known = node.folded;
    if (known !== undefined) {
      state.decodes ||= known.decodes;
      state.guesses ||= known.guesses;
      return known.value;
    }
    if (state.level % spineStep === spineStep - 1)
      for (const inner of spineOf(node, (one) => one.folded !== undefined))
        fold(run, module, inner, undefined, depth);
  }
  const { decodes, guesses } = state;
  if (frame === undefined) {
    state.decodes = false;
    node.folded = { value: undefined, decodes: false, guesses: false };
  }
  state.guesses = false;
  const here = new Folding(run, module, frame, depth + 1);
  const found = knownOf(
    run,
    node,
    state.deeper(() => interpret(here, node)),
  );
  const value = state.take(module, sizeOf(found) >> 3) ? found : undefined;
  const isGuess = state.guesses;
  if (frame !== undefined && isOfExpression(frame)) {
    state.guesses = guesses || isGuess;
    return value;
  }
  if (frame !== undefined) {
    // What a statement leaves in a name has to be the only one.
    state.guesses = guesses;
    return isGuess ? undefined : value;
  }
  node.folded = { value, decodes: state.decodes, guesses: isGuess };
  state.decodes ||= decodes;
  state.guesses ||= guesses;
  return value;
}

// Names of a comprehension outside of all functions that are gone through.
function isOfExpression({ scope, outer }: FoldFrame): boolean {
  return scope === '' && outer === undefined;
}

// What something else than its name changes is not known.
function knownOf(run: PythonRun, node: PyNode, found: MaybeFolded): MaybeFolded {
  return run.changed.has(node) && (isList(found) || isDict(found) || isBytes(found))
    ? undefined
    : found;
}

/** What a binding gives; undefined where that is not known. */
export function foldBinding(
  run: PythonRun,
  module: PythonModule,
  binding: Binding,
  depth: number,
): MaybeFolded {
  return bindingValue(new Folding(run, module, undefined, depth), binding);
}

/** Where names hold what a frame says. */
export function foldingAt(
  run: PythonRun,
  module: PythonModule,
  frame: FoldFrame,
  depth = 0,
): FoldPlace {
  return new Folding(run, module, frame, depth);
}

class Folding<Frame extends FoldFrame | undefined> implements FoldPlace<Frame> {
  readonly unknown = undefined;
  readonly run: PythonRun;
  readonly module: PythonModule;
  readonly frame: Frame;
  readonly depth: number;

  constructor(run: PythonRun, module: PythonModule, frame: Frame, depth: number) {
    this.run = run;
    this.module = module;
    this.frame = frame;
    this.depth = depth;
  }

  of(node: PyNode | null | undefined): MaybeFolded {
    return node === null || node === undefined
      ? undefined
      : fold(this.run, this.module, node, this.frame, this.depth);
  }

  within(frame: FoldFrame): FoldPlace {
    return new Folding(this.run, this.module, frame, this.depth);
  }

  block(this: FoldPlace, statements: readonly PyNode[], perhaps?: MaybeFolded[]): Ending {
    return runBlock(this, statements, perhaps);
  }

  constant(value: bigint | number | boolean | null | undefined): MaybeFolded {
    return value;
  }

  string({ text, isBytes }: StringLiteral): MaybeFolded {
    if (text.length > foldedCharsMax * 4) return undefined;
    return isBytes ? Buffer.from(text, 'latin1') : text;
  }

  continued(parts: readonly PyNode[]): MaybeFolded {
    const values = parts.map((part) => this.of(part));
    if (values.every((value) => typeof value === 'string')) return values.join('');
    return values.every(isBytes) ? Buffer.concat(values) : undefined;
  }

  format({ pieces }: FormatPieces): MaybeFolded {
    let text = '';
    for (const piece of pieces) {
      const shown = typeof piece === 'string' ? piece : specified(this.of(piece.value), piece.spec);
      if (shown === undefined || (typeof piece !== 'string' && piece.isNamed)) return undefined;
      text += shown;
    }
    return text;
  }

  variable(node: PyNode): MaybeFolded {
    const name = nameOf(this.module, node);
    for (let at: FoldFrame | undefined = this.frame; at !== undefined; at = at.outer)
      if (at.names.has(name)) return at.names.get(name);
    return staticName(this.run, this.module, node, name, this.frame, this.depth);
  }

  named(target: PyNode, value: PyNode): MaybeFolded {
    const given = this.of(value);
    let home: FoldFrame | undefined = this.frame;
    // In a comprehension, the name is one of the function around it.
    while (home?.scope === '' && home.outer !== undefined) home = home.outer;
    home?.names.set(nameOf(this.module, target), given);
    return given;
  }

  unary(sign: string, operand: PyNode): MaybeFolded {
    const value = this.of(operand);
    if (sign === 'not') {
      const truth = truthOf(value);
      return truth === undefined ? undefined : !truth;
    }
    if (typeof value === 'number') return sign === '-' ? -value : value;
    if (typeof value !== 'bigint') return undefined;
    return sign === '-' ? -value : sign === '~' ? ~value : value;
  }

  binary(symbol: string, left: PyNode, right: PyNode): MaybeFolded {
    const a = this.of(left);
    if (symbol === 'and' || symbol === 'or') {
      const truth = truthOf(a);
      if (truth === undefined) return undefined;
      return truth === (symbol === 'or') ? a : this.of(right);
    }
    const b = this.of(right);
    if (a === undefined || b === undefined) return undefined;
    if (symbol === '^') this.run.fold.decodes = true;
    return operate(symbol, a, b);
  }

  choice(condition: PyNode, yes: PyNode, no: PyNode): MaybeFolded {
    const truth = truthOf(this.of(condition));
    return truth === undefined ? undefined : this.of(truth ? yes : no);
  }

  sequence(kind: FoldedList['kind'], elements: readonly DisplayPart[]): MaybeFolded {
    const items = elements.flatMap(({ node, isStarred }) =>
      isStarred ? (itemsOf(this.of(node)) ?? [undefined]) : [this.of(node)],
    );
    return listOf(items, kind);
  }

  dictionary(entries: readonly DictEntry[]): MaybeFolded {
    const pairs: (readonly [Folded, MaybeFolded])[] = [];
    for (const { key: keyNode, value } of entries) {
      if (keyNode === undefined) {
        const other = this.of(value);
        if (!isDict(other)) return undefined;
        for (const entry of other.entries.values()) pairs.push([entry.key, entry.value]);
      } else {
        const key = this.of(keyNode);
        if (key !== undefined) pairs.push([key, this.of(value)]);
      }
    }
    return dictOf(pairs);
  }

  comprehension(node: PyNode, parts: readonly PyNode[]): MaybeFolded {
    return comprehension(this, node, parts);
  }

  own(definition: PythonFunction): MaybeFolded {
    return { kind: 'own', module: this.module, definition, frame: this.frame };
  }

  ownClass(name: string): MaybeFolded {
    return { kind: 'name', qual: `class ${name}`, hidden: false };
  }

  imported(qual: string): MaybeFolded {
    return imported(this.run, this.module, qual);
  }

  parameter(definition: PythonFunction, index: number): MaybeFolded {
    const given = parameterValue(this.run, definition, index, this.depth + 1);
    return given.others.length > 0 ? undefined : foldedOf(given);
  }

  partOf(value: MaybeFolded, place: readonly number[]): MaybeFolded {
    return place.reduce((at: MaybeFolded, index) => itemsOf(at)?.[index], value);
  }

  member(node: PyNode, object: PyNode, property: PyNode): MaybeFolded {
    if (property.name !== 'PropertyName') return undefined;
    const name = nameOf(this.module, property);
    return memberOfFolded(this.run, this.module, node, this.of(object), name, this.frame);
  }

  item(_: PyNode, object: PyNode, key: PyNode): MaybeFolded {
    const value = this.of(object);
    if (value === undefined) return undefined;
    return item(this.run, this.module, value, this.of(key), key.name !== 'String');
  }

  slice(object: PyNode, bounds: readonly (PyNode | undefined)[]): MaybeFolded {
    const value = this.of(object);
    if (value === undefined) return undefined;
    const given = bounds.map((bound) => (bound === undefined ? null : this.of(bound)));
    return sliceOf(this.run, value, given);
  }

  call(node: PyNode): MaybeFolded {
    return callFolded(this, node);
  }

  itemsIn(value: MaybeFolded): readonly MaybeFolded[] {
    return isDict(value) ? [] : (itemsOf(value) ?? []);
  }

  entriesIn(value: MaybeFolded): readonly (readonly [string, MaybeFolded])[] {
    return isDict(value) ? namesOf(value) : [];
  }
}
