/** The interface between the parts of the evaluator. */
import type { ts } from 'ts-morph';
import type { Asker, Writes } from '../flow/reaching-writes.ts';
import type { Assignment } from '../names/assignments.ts';
import type { Program } from '../program.ts';
import type { Functionish, GivenArgument } from '../syntax.ts';
import type { Frame, JsValue } from './values.ts';

export interface Evaluator extends Asker {
  readonly program: Program;
  readonly symbols: Symbols;
  valueOf(expression: ts.Expression, frame?: Frame): JsValue;
  /** The call of a function with these arguments, as the frame for evaluating its parts. */
  frameOf(callee: Functionish, args: readonly JsValue[], outer: Frame): Frame;
  memberOf(object: JsValue, key: JsValue, node: ts.Node): JsValue;
  /**
   * Computes the value of a thing (or of its named part) once, outside of calls that are followed
   * with their arguments.
   */
  once(thing: object, name: string, find: () => JsValue): JsValue;
  /** The result of `require`, `import()` and the like for a name. */
  moduleOf(name: JsValue, from: ts.SourceFile): JsValue;
  /**
   * For values that are run: changes that the evaluator does not see. With it, a value that may
   * have changed is unknown.
   */
  readonly writes: Writes | undefined;
  /** The expressions that a function may return or yield, without those of inner functions. */
  returnsOf(callee: Functionish): readonly ts.Expression[];
}

export interface Symbols {
  /**
   * The symbol of a name, with imports followed to the file of the skill or the library that
   * declares it.
   */
  symbolOf(name: ts.Node): ts.Symbol | undefined;
  /**
   * The meaning of a name in a `with` statement when the statement's object has no such member.
   */
  outsideOf(name: ts.Identifier): ts.Symbol | undefined;
  /** The qualified name of a symbol that the capability library declares. */
  apiOf(symbol: ts.Symbol): string | undefined;
  /** Later assignments to a variable. */
  assignments(symbol: ts.Symbol): readonly Assignment[];
  /** Assignments to a member of a variable, including those by a computed name. */
  memberAssignments(symbol: ts.Symbol, member: string): readonly Assignment[];
  /** Calls that get a function as an argument by its name. */
  handedTo(callee: Functionish): readonly ts.CallExpression[];
  /** Calls that call this function, by its name or by an expression that means it. */
  callers(callee: Functionish): readonly Caller[];
  /** Templates with this function as their tag. */
  tagged(callee: Functionish): readonly ts.TaggedTemplateExpression[];
  /** The functions and methods of the skill that a callee's name means. */
  functionOf(callee: ts.Expression): Functionish | undefined;
  /** Values assigned to a field in the methods of a class: `this.name = …`. */
  fieldAssignments(of: ts.ClassLikeDeclaration, name: string): readonly Assignment[];
  /**
   * CommonJS: values that a file puts on `module.exports` or `exports`, by name; `''` for the whole
   * object.
   */
  commonExports(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Expression[]>;
  exportOf(file: ts.SourceFile, name: string): ts.Symbol | undefined;
}

/** A call, or the making of an object of a class. */
export type CallNode = ts.CallExpression | ts.NewExpression;

/** A call of a function of the skill by an expression that means it. */
export interface CallOf extends Pick<Caller, 'call' | 'given'> {
  readonly callee: Functionish;
}

/** A call of a function of the skill. */
export interface Caller {
  readonly call: CallNode;
  /** What the function gets where `call` names it otherwise: `send.apply(null, list)`. */
  readonly given?: readonly GivenArgument[];
  /** The call that gave the called function to the function around `call`. */
  readonly handedBy?: CallOf;
}
