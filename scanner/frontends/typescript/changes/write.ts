/** Writes to members of objects, and what is asked of all of them. */
import type { ts } from 'ts-morph';
import type { Functionish } from '../syntax.ts';
import type { Assignment } from '../values/assignments.ts';

export interface Write {
  readonly receiver: ts.Expression;
  /** `*` for any member. */
  readonly key: string;
  /** What is written, where an assignment says it. */
  readonly assigned?: Assignment;
  /** The method of the receiver that writes; absent where something else does. */
  readonly method?: string;
  /** What a call may write. */
  readonly given?: readonly ts.Expression[];
}

export interface Writes {
  /** Writes to this member of anything, those to any member included. */
  named(key: string): readonly Write[];
  /** Writes to elements, and to any member. */
  readonly ofElements: readonly Write[];
  readonly all: readonly Write[];
  /** What is written to a variable's object by the variable's name. */
  writtenTo(variable: ts.Symbol): readonly ts.Expression[];
  /** The variable that an object, array or function is first put into. */
  holderOf(made: ts.Node): ts.Symbol | undefined;
  /** Whether what is made here may get another name than its variable's. */
  leaves(made: ts.Node): boolean;
  /** Whether a function may be called, or get another `this`, where its name does not show it. */
  isOpen(callee: Functionish): boolean;
  /** The classes that extend anything. */
  readonly derived: readonly ts.ClassLikeDeclaration[];
}
