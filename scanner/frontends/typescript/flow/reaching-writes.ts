/**
 * Writes by the objects that they may reach: a program has many objects and many writes, and few of
 * them meet.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import type { Steps } from '../../../fact/steps.ts';
import type { Assignment } from '../names/assignments.ts';
import type { Functionish } from '../syntax.ts';
import { alternatives, type JsValue } from '../values/values.ts';

/** Some writes of a program, in a fixed order. */
export class IndexedWrites implements ReachingWrites {
  readonly #writes: readonly KnownWrite[];
  readonly #byVariable = new Map<ts.Symbol, number[]>();
  /** Writes to receivers whose value is known for good. */
  readonly #known = new Reached();
  /** The other writes: their receivers are asked each time. */
  #open: readonly number[];
  /** The values of the other receivers for now, while a circle is answered as a whole. */
  #forNow: { readonly stage: number; readonly reached: Reached } | undefined;
  #shared:
    | {
        readonly last: Reached | undefined;
        readonly size: number;
        readonly all: FoundWrites;
        readonly ofThis: FoundWrites;
      }
    | undefined;

  constructor(writes: readonly KnownWrite[]) {
    this.#writes = writes;
    this.#open = writes.map((_, at) => at);
    for (const [at, { variable }] of writes.entries())
      if (variable !== undefined) keep(this.#byVariable, variable, () => []).push(at);
  }

  reaching(
    self: Asker,
    made: ts.Node,
    holder: ts.Symbol | undefined,
    hasOtherNames: () => boolean,
  ): FoundWrites {
    if (this.#writes.length === 0) return none;
    const isAny = hasOtherNames();
    const reached = this.#reached(self);
    const found = new Set(holder === undefined ? [] : this.#byVariable.get(holder));
    for (const { toThing } of reached)
      for (const at of toThing.get(made) ?? []) if (isAny || this.#isOfThis(at)) found.add(at);
    if (found.size === 0) return this.#toAny(reached, isAny);
    for (const { toAny } of reached)
      for (const at of toAny) if (isAny || this.#isOfThis(at)) found.add(at);
    self.steps.take(1 + found.size);
    return { writes: this.#inOrder(found), isShared: false };
  }

  toModule(self: Asker, file: ts.SourceFile): readonly KnownWrite[] {
    if (this.#writes.length === 0) return [];
    const found = this.#reached(self).flatMap(({ toThing }) => toThing.get(file) ?? []);
    return this.#inOrder(new Set(found));
  }

  // Writes to receivers that may be any object reach most objects: those have one list.
  #toAny(reached: readonly Reached[], isAny: boolean): FoundWrites {
    const size = reached.reduce((sum, { toAny }) => sum + toAny.length, 0);
    if (size === 0) return none;
    const last = reached.at(-1);
    const known = this.#shared;
    if (known?.last !== last || known?.size !== size) {
      const all = this.#inOrder(new Set(reached.flatMap(({ toAny }) => toAny)));
      const ofThis = all.filter(isOfThis);
      this.#shared = {
        last,
        size,
        all: { writes: all, isShared: true },
        ofThis: ofThis.length === 0 ? none : { writes: ofThis, isShared: true },
      };
    }
    return (isAny ? this.#shared?.all : this.#shared?.ofThis) ?? none;
  }

  #isOfThis(at: number): boolean {
    const write = this.#writes[at];
    return write !== undefined && isOfThis(write);
  }

  // By the receivers that are known for good, and by the others as they are known now.
  #reached(self: Asker): readonly Reached[] {
    if (this.#open.length === 0) return [this.#known];
    const stage = self.stage();
    if (stage !== undefined && this.#forNow?.stage === stage)
      return [this.#known, this.#forNow.reached];
    const reached = new Reached();
    if (stage !== undefined) this.#forNow = { stage, reached };
    self.steps.take(this.#open.length);
    for (const at of this.#open) {
      const receiver = this.#writes[at]?.receiver;
      if (receiver === undefined) continue;
      const value = self.valueOf(receiver);
      // A receiver's value may depend on this very question, which then came here, too.
      if (this.#known.has(at)) continue;
      const isKnown = self.answerTo(receiver) !== undefined;
      (isKnown ? this.#known : reached).add(at, value);
    }
    this.#open = this.#open.filter((at) => !this.#known.has(at));
    return [this.#known, reached];
  }

  #inOrder(found: ReadonlySet<number>): readonly KnownWrite[] {
    return [...found].sort((a, b) => a - b).flatMap((at) => this.#writes[at] ?? []);
  }
}

const none: FoundWrites = { writes: [], isShared: true };

// `this.line = …` in a method of the object literal.
function isOfThis({ receiver }: KnownWrite): boolean {
  return receiver.kind === ts.SyntaxKind.ThisKeyword;
}

/** Numbers of writes by the things that their receivers may be. */
class Reached {
  readonly #numbers = new Set<number>();
  readonly toThing = new Map<ts.Node, number[]>();
  /** Writes that may reach any object. */
  readonly toAny: number[] = [];

  has(at: number): boolean {
    return this.#numbers.has(at);
  }

  add(at: number, receiver: JsValue): void {
    this.#numbers.add(at);
    let isAny = false;
    for (const value of alternatives(receiver)) {
      for (const thing of thingsOf(value)) keep(this.toThing, thing, () => []).push(at);
      isAny ||= mayBeAny(value);
    }
    if (isAny) this.toAny.push(at);
  }
}

function thingsOf(value: JsValue): readonly ts.Node[] {
  switch (value.kind) {
    case 'unknown':
    case 'array':
    case 'growing':
      return value.made ?? [];
    case 'object':
    case 'class':
      return [value.node];
    case 'module':
      return [value.file];
    default:
      return [];
  }
}

function mayBeAny(value: JsValue): boolean {
  switch (value.kind) {
    case 'unknown':
      return value.made === undefined;
    case 'method':
    case 'constructor':
    case 'bytes':
    case 'instance':
      return true;
    default:
      return false;
  }
}

// Writes to members of objects, and questions about all of them.

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
