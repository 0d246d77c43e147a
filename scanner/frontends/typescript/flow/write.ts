/** Writes to members of objects, and questions about all of them. */
import type { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import type { Assignment } from '../names/assignments.ts';
import type { Functionish } from '../syntax.ts';
import type { JsValue } from '../values/values.ts';

export interface Write {
  readonly receiver: ts.Expression;
  /** `*` for any member. */
  readonly key: string;
  /** The written value, when an assignment names it. */
  readonly assigned?: Assignment;
  /** The method of the receiver that writes; absent for other writes. */
  readonly method?: string;
  /** Values that a call may write. */
  readonly given?: readonly ts.Expression[];
}

/** A write whose receiver's name has been looked up. */
export interface KnownWrite extends Write {
  /** The variable whose name is the whole receiver. */
  readonly variable: ts.Symbol | undefined;
}

/** What a search among writes asks an evaluator. */
export interface Asker {
  readonly steps: Steps;
  valueOf(expression: ts.Expression): JsValue;
  /** The value of an expression when it is remembered for good: no open question changes it. */
  answerTo(expression: ts.Expression): JsValue | undefined;
  /**
   * While a circle is answered as a whole: the number of the stage. Whoever asks then keeps values
   * for the stage, so the answer that is under way holds no longer than the stage.
   */
  stage(): number | undefined;
}

export interface FoundWrites {
  readonly writes: readonly KnownWrite[];
  /** Whether other objects get the same list. */
  readonly isShared: boolean;
}

export interface ReachingWrites {
  /**
   * The writes that may reach an object or class.
   * @param holder the variable that first gets the object
   * @param hasOtherNames whether the object may get a name other than the holder's
   */
  reaching(
    self: Asker,
    made: ts.Node,
    holder: ts.Symbol | undefined,
    hasOtherNames: () => boolean,
  ): FoundWrites;
  /** The writes to the exports of a file. */
  toModule(self: Asker, file: ts.SourceFile): readonly KnownWrite[];
}

export interface Writes {
  /** Writes to this member of any object, including writes to any member. */
  named(key: string): readonly ReachingWrites[];
  /** Writes to elements, and to any member. */
  readonly ofElements: readonly ReachingWrites[];
  readonly all: readonly ReachingWrites[];
  /** Values written to a variable's object through the variable's name. */
  writtenTo(variable: ts.Symbol): readonly ts.Expression[];
  /** The variable that first gets an object, array or function. */
  holderOf(made: ts.Node): ts.Symbol | undefined;
  /** Whether this object may get another name than its variable's. */
  leaves(made: ts.Node): boolean;
  /** Whether a function may be called, or get another `this`, where its name does not appear. */
  isOpen(callee: Functionish): boolean;
  /** All classes that extend another. */
  readonly derived: readonly ts.ClassLikeDeclaration[];
}
