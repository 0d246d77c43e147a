/** The state of reading one program lexically. */
import type { Fact, FlowSource, Span } from '../../fact/fact.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import type { LexicalForm } from './tables/lexical-form.ts';
import type { LexicalSyntax } from './tables/lexical-syntax.ts';
import type { Piece } from './text.ts';

/** The known content of a variable or of a saved file. */
export interface Held {
  readonly sources: readonly Origin[];
  readonly urls: readonly string[];
  readonly decoded: boolean;
}

export interface Origin {
  readonly source: FlowSource;
  readonly span: Span;
}

export interface LexicalRun {
  readonly source: TaintSource;
  readonly forms: readonly LexicalForm[];
  readonly syntax: LexicalSyntax;
  readonly facts: Fact[];
  readonly embedded: EmbeddedProgram[];
  /** Statements that start a program: their strings may have a command line. */
  readonly started: Piece[];
  readonly held: Map<string, Held>;
  /** Bare connections to other machines, and ports that others reach. */
  readonly sockets: Span[];
  /** Whether a shell is started by its name, and whether a command is that is computed. */
  startsShell: boolean;
  startsComputed: boolean;
}

export function newLexicalRun(
  source: TaintSource,
  forms: readonly LexicalForm[],
  syntax: LexicalSyntax,
): LexicalRun {
  return {
    source,
    forms,
    syntax,
    facts: [],
    embedded: [],
    started: [],
    held: new Map(),
    sockets: [],
    startsShell: false,
    startsComputed: false,
  };
}
