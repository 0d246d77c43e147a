/** A command of a shell script with all words folded: the input of the handlers of programs. */
import type { Confidence } from '../../../skills-index/statement/finding.ts';
import type { Span } from '../../fact/fact.ts';
import type { ShellValue } from './value.ts';

export interface Call {
  /** The program's base name, `curl` for `/usr/bin/curl`. */
  readonly name: string;
  /** The same name, for facts. */
  readonly api: string;
  /** The name as written, with its folder. */
  readonly word: ShellValue;
  readonly args: readonly ShellValue[];
  readonly span: Span;
  readonly certainty: Confidence;
  readonly stdin: ShellValue;
  /** Variables before the command: `TOKEN=x node a.js`. */
  readonly env: readonly { readonly name: string; readonly value: ShellValue }[];
  /** Whether input and output are a network connection. */
  readonly onConnection: boolean;
}

/** The way in which a program is started. */
export interface How {
  readonly span: Call['span'];
  readonly onConnection: boolean;
  readonly depth: number;
  readonly env: Call['env'];
}
