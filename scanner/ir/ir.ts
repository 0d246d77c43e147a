/**
 * The intermediate representation of programs: each language lowers its syntax trees to it, and the
 * engine reads nothing else. It is a generic syntax tree (as Semgrep's) whose every node is an
 * expression, so that languages in which statements have values need no form of their own.
 */
import type { TaintSource } from '../fact/source.ts';

/** Offsets in UTF-16 code units of the source's text, `end` excluded. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

export type Node = Extent & BareNode;

/** A node without its place. */
export type BareNode =
  | {
      readonly kind: 'const';
      readonly value: string | number | bigint | boolean | null;
      /** Where the text begins in the source, when it stands there letter by letter. */
      readonly raw?: number;
    }
  /** A text put together: interpolation, a continued literal. */
  | { readonly kind: 'text'; readonly parts: readonly Node[] }
  /** A variable of the function or of one that it captures. */
  | { readonly kind: 'var'; readonly name: string }
  /** A name that the whole skill sees, or the library's: `ENV`, `Net::HTTP`, `curl_init`. */
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'self' }
  /** `a.b`, `A::b`, `@b` (of `self`). */
  | { readonly kind: 'member'; readonly of: Node; readonly name: string | Node }
  /** `a[b]`; without a key, all that is in it. */
  | { readonly kind: 'item'; readonly of: Node; readonly key?: Node }
  /** Calls a function; with a `member` as callee, a method. */
  | {
      readonly kind: 'call';
      readonly callee: Node;
      readonly args: readonly Arg[];
      /** The program goes on when all is done that it does. */
      readonly isAwaited?: true;
      /** The text whose pieces the arguments are: a library gets it whole. */
      readonly template?: Node;
    }
  /** Makes an object of a class. */
  | { readonly kind: 'new'; readonly of: Node; readonly args: readonly Arg[] }
  /** What the next class up does with this method: `super`, `parent::f()`. */
  | { readonly kind: 'super'; readonly name?: string; readonly args?: readonly Arg[] }
  | { readonly kind: 'list'; readonly items: readonly (Node | Spread)[] }
  | {
      readonly kind: 'record';
      readonly entries: readonly ({ readonly key: Node; readonly value: Node } | Spread)[];
    }
  /** A function as a value: a block, lambda or closure. */
  | { readonly kind: 'function'; readonly func: Func }
  /** Gives a name to a function: of the class around, else of the program. */
  | { readonly kind: 'define'; readonly func: Func; readonly isStatic?: true }
  | {
      readonly kind: 'class';
      readonly name: string;
      readonly supers: readonly Node[];
      readonly body: Node;
    }
  /** `append` puts the value behind what is there; `default` only where nothing is there. */
  | {
      readonly kind: 'set';
      readonly to: AssignTarget;
      readonly from: Node;
      readonly how?: 'append' | 'default';
    }
  | { readonly kind: 'op'; readonly op: Operator; readonly args: readonly Node[] }
  | { readonly kind: 'seq'; readonly body: readonly Node[] }
  | {
      readonly kind: 'if';
      readonly test: Node;
      readonly body: Node;
      readonly otherwise?: Node | undefined;
    }
  /** One of the branches; what each case compares with is evaluated before. */
  | {
      readonly kind: 'either';
      readonly tests: readonly Node[];
      readonly of: readonly Node[];
      /** One of them is run in any case. */
      readonly isOnly?: boolean;
    }
  /** Repeats while a test holds, or once for each item: `[item]` or `[key, item]` is set. */
  | {
      readonly kind: 'loop';
      readonly before?: Node | undefined;
      readonly test?: Node | undefined;
      readonly each?: Each | undefined;
      readonly step?: Node | undefined;
      readonly body: Node;
      /** Variables of which each round has its own: functions that it makes keep them. */
      readonly fresh?: readonly string[];
    }
  | {
      readonly kind: 'try';
      readonly body: Node;
      readonly catches: readonly {
        readonly to?: AssignTarget | undefined;
        readonly body: Node;
      }[];
      readonly last?: Node | undefined;
    }
  | {
      readonly kind: 'jump';
      readonly how: 'return' | 'throw' | 'break' | 'next' | 'yield' | 'exit';
      readonly value?: Node | undefined;
      /** The `label` that a `break` leaves; else the loop around. */
      readonly label?: string | undefined;
    }
  | { readonly kind: 'label'; readonly name: string; readonly body: Node }
  /** Runs another file here: `require_relative`, `include`. */
  | { readonly kind: 'load'; readonly path: Node; readonly isRelative?: boolean }
  /** Not translated: anything. What stands in it is evaluated. */
  | { readonly kind: 'hole'; readonly of?: readonly Node[] };

export type NodeOf<Kind extends Node['kind']> = Extract<Node, { readonly kind: Kind }>;

export interface Each {
  readonly over: Node;
  readonly to: readonly AssignTarget[];
}

export interface Spread {
  readonly spread: Node;
}

/** A place that holds one value. */
export type Slot = NodeOf<'var' | 'global' | 'member' | 'item'>;

/** A place that holds a value; a list takes a value apart. */
export type AssignTarget =
  | Slot
  | (Extent & { readonly kind: 'parts'; readonly of: readonly (AssignTarget | undefined)[] });

export type Operator =
  | '+' // numbers, texts or lists
  | '.' // texts
  | '-'
  | '*'
  | '/'
  | '//' // the whole part
  | '%' // remainder, or format
  | '**'
  | '&'
  | '|'
  | '^'
  | '~'
  | '<<' // shift, or append
  | '>>'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'and'
  | 'or'
  | 'not'
  | 'in' // an item of a list, a key of a record, a part of a text
  | 'range' // both ends included
  | 'until'; // the end excluded

export interface Arg {
  readonly value: Node;
  /** Its keyword; `&` for a block. */
  readonly name?: string;
  readonly spread?: true;
}

export interface Func extends Extent {
  /** Absent for a function without a name. */
  readonly name?: string;
  readonly params: readonly Param[];
  readonly body: Node;
  /**
   * The variables of the code around that it shares (`all`), or has copies of (a list); by default
   * none.
   */
  readonly captures?: 'all' | readonly string[];
  /** A `return` inside it ends the function around. */
  readonly isBlock?: true;
  /** A call gives the value of the last statement, not only that of a `return`. */
  readonly givesLast?: true;
  /** A call gives the values of its `yield`s, one by one. */
  readonly isGenerator?: true;
  /** What it does may happen later than the call, or never. */
  readonly isAsync?: true;
  /** Nobody wrote it: it does nothing unless it is called. */
  readonly isImplied?: true;
  /** Reading the field calls it. */
  readonly isGetter?: true;
  /** Its `self` is what it is called on, not that of the code around. */
  readonly takesReceiver?: true;
}

export interface Param extends Extent {
  readonly name: string;
  readonly fallback?: Node;
  readonly rest?: 'list' | 'record';
  readonly isKeyword?: true;
  readonly isPositional?: true;
  /** Whoever calls it leaves it to the fallback. */
  readonly isInjected?: true;
  /** It gets the block of a call. */
  readonly isBlock?: true;
  /** Takes its argument apart. */
  readonly parts?: AssignTarget;
}

/** One source, lowered. */
export interface LoweredProgram {
  readonly source: TaintSource;
  readonly body: Node;
  /** Places that could not be parsed or are too deep. */
  readonly unread: readonly { readonly at: number; readonly reason: string }[];
}
