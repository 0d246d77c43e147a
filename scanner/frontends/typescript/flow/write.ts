/** Writes to members of objects, and questions about all of them. */
import type { ts } from 'ts-morph';
import type { Functionish } from '../syntax.ts';
import type { Assignment } from '../values/assignments.ts';

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

export interface Writes {
  /** Writes to this member of any object, including writes to any member. */
  named(key: string): readonly KnownWrite[];
  /** Writes to elements, and to any member. */
  readonly ofElements: readonly KnownWrite[];
  readonly all: readonly KnownWrite[];
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
