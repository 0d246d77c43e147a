/** The tree of a PowerShell program, as far as following its commands needs it. */

export interface WrittenPlace {
  readonly start: number;
  readonly end: number;
}

export type Expression =
  /** Text with expressions in it; a word without quotes, too. */
  | { readonly type: 'text'; readonly parts: readonly (string | Expression)[] }
  /** Lower case, `env:name` for a variable of the environment. */
  | { readonly type: 'variable'; readonly name: string; readonly isSplat: boolean }
  | { readonly type: 'typeName'; readonly name: string }
  | {
      readonly type: 'member';
      readonly of: Expression;
      readonly name: Expression;
      readonly args: readonly Expression[] | undefined;
    }
  | { readonly type: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | {
      readonly type: 'table';
      readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
    }
  | Block
  /** `(…)`, `$(…)`, `@(…)` */
  | { readonly type: 'group'; readonly body: readonly PowerShellStatement[] }
  | {
      readonly type: 'operation';
      readonly operator: string;
      readonly left: Expression | undefined;
      readonly right: Expression;
    }
  | { readonly type: 'cast'; readonly to: string; readonly value: Expression };

export interface Block {
  readonly type: 'block';
  readonly parameters: readonly Parameter[];
  readonly body: readonly PowerShellStatement[];
}

export interface Parameter {
  readonly name: string;
  readonly value: Expression | undefined;
}

export interface CommandWord {
  /** The name of an option, lower case, without its dash. */
  readonly option: string | undefined;
  /** The option as written, or the word. */
  readonly written: string;
  readonly value: Expression | undefined;
}

export interface Command {
  /** The name for a command; undefined for an expression. */
  readonly name: Expression | undefined;
  readonly isSourced: boolean;
  readonly words: readonly CommandWord[];
  readonly expression: Expression | undefined;
  readonly redirects: readonly { readonly target: Expression; readonly appends: boolean }[];
  readonly place: WrittenPlace;
}

export type PowerShellStatement =
  | {
      readonly type: 'pipeline';
      readonly commands: readonly Command[];
      readonly place: WrittenPlace;
    }
  | {
      readonly type: 'assign';
      readonly target: Expression;
      readonly operator: string;
      readonly value: readonly PowerShellStatement[];
      readonly place: WrittenPlace;
    }
  /** Some of the bodies run. */
  | {
      readonly type: 'branch';
      readonly conditions: readonly PowerShellStatement[];
      readonly bodies: readonly (readonly PowerShellStatement[])[];
      readonly place: WrittenPlace;
    }
  | {
      readonly type: 'loop';
      readonly variable: string | undefined;
      readonly over: readonly PowerShellStatement[];
      readonly body: readonly PowerShellStatement[];
      readonly place: WrittenPlace;
    }
  | {
      readonly type: 'function';
      readonly name: string;
      readonly block: Block;
      readonly place: WrittenPlace;
    };
