/** What the parts of the evaluator ask each other for. */
import type { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import type { Writes } from '../changes/write.ts';
import type { Program } from '../program.ts';
import type { Functionish } from '../syntax.ts';
import type { Assignment } from './assignments.ts';
import type { Frame, JsValue } from './values.ts';

export interface Evaluator {
  readonly program: Program;
  readonly symbols: Symbols;
  readonly steps: Steps;
  valueOf(expression: ts.Expression, frame?: Frame): JsValue;
  /** The call of a function with these arguments, to evaluate its parts in. */
  frameOf(callee: Functionish, args: readonly JsValue[], outer: Frame): Frame;
  memberOf(object: JsValue, key: JsValue, node: ts.Node): JsValue;
  /**
   * Finds what a thing is (or has by a name) once, outside calls that are followed with their
   * arguments.
   */
  once(thing: object, name: string, find: () => JsValue): JsValue;
  /** What `require`, `import()` and the like give for a name. */
  moduleOf(name: JsValue, from: ts.SourceFile): JsValue;
  /**
   * For values that are run: what may change them without the evaluator's seeing it. Where it is
   * given, what may have changed is unknown.
   */
  readonly writes: Writes | undefined;
  /**
   * The expressions that a function may return or yield; those of functions inside it are theirs.
   */
  returnsOf(callee: Functionish): readonly ts.Expression[];
}

export interface Symbols {
  /**
   * The declaration's symbol that a name means, imports followed to the file of the skill or the
   * library where it is made.
   */
  symbolOf(name: ts.Node): ts.Symbol | undefined;
  /** What a name in a `with` statement means if the statement's object has no such member. */
  outsideOf(name: ts.Identifier): ts.Symbol | undefined;
  /** Its qualified name when the capability library declares it. */
  apiOf(symbol: ts.Symbol): string | undefined;
  /** Later assignments to a variable. */
  assignments(symbol: ts.Symbol): readonly Assignment[];
  /** Assignments to a member of a variable, those by a computed name included. */
  memberAssignments(symbol: ts.Symbol, member: string): readonly Assignment[];
  /** Calls that a function is handed to by its name. */
  handedTo(callee: Functionish): readonly ts.CallExpression[];
  /** Calls whose callee is by its name this function. */
  callers(callee: Functionish): readonly (ts.CallExpression | ts.NewExpression)[];
  /** The functions and methods of the skill that a callee's name means. */
  functionOf(callee: ts.Expression): Functionish | undefined;
  /** What is assigned to a field in the methods of a class: `this.name = …`. */
  fieldAssignments(of: ts.ClassLikeDeclaration, name: string): readonly Assignment[];
  /** CommonJS: what a file puts on `module.exports` or `exports`, by name; `''` for all of it. */
  commonExports(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Expression[]>;
  exportOf(file: ts.SourceFile, name: string): ts.Symbol | undefined;
}
