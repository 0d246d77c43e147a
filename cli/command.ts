/** Input and output of a command: the only interface between main and the files of commands. */
import type { Readable, Writable } from 'node:stream';
import { Problem } from '../skills-index/skill/problem.ts';
import type { SendRequest } from './send-request.ts';

/**
 * Directories of one user (contract: `$XDG_…_HOME/skillgate`, or all three below `SKILLGATE_HOME`).
 */
export interface Paths {
  /**
   * Keys, roots of trust, registries, host policy, agent identities. Never mountable into a
   * sandbox.
   */
  readonly config: string;
  /** Registry data and audit logs. */
  readonly data: string;
  /** Verified blobs. */
  readonly cache: string;
}

/**
 * `pretty` on the command line is another word for `text`. Every command offers `text` and `json`,
 * some the others.
 */
export type Format = 'text' | 'json' | 'jsonl' | 'sarif' | 'github' | 'markdown';

export type OptionValue = string | boolean | readonly string[] | undefined;

export type OutStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};
export type InStream = Readable & { readonly isTTY?: boolean };

/** Does a task at SIGHUP, instead of the end of the command. @returns a function that ends this */
export type OnHangUp = (task: () => void) => () => void;

/** The environment of a command. A command reads nothing else from the process. */
export interface CommandContext {
  /** Full name as in the table, `review approve`. */
  readonly command: string;
  /** Positional arguments after the command's name. */
  readonly args: readonly string[];
  /** Options by long name; absent ones are undefined. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths start here (`INIT_CWD` in a checkout). */
  readonly cwd: string;
  /** For data only. */
  readonly stdout: OutStream;
  /** For progress, questions and errors. */
  readonly stderr: OutStream;
  readonly stdin: InStream;
  /** Aborts with `signal`. */
  readonly fetch: typeof fetch;
  /** A faster-loading `fetch` for registries; absent where `fetch` itself is used. */
  readonly send?: SendRequest;
  readonly now: () => Date;
  readonly format: Format;
  readonly paths: Paths;
  /**
   * Base URL of the registry, without a slash at the end: `SKILLGATE_REGISTRY`, else the default of
   * `skill registry add`.
   */
  readonly registryBase: string;
  /**
   * Aborts at SIGINT and SIGTERM. A command with child processes or half-written files waits for
   * it.
   */
  readonly signal: AbortSignal;
  /** Absent where no process gets signals. */
  readonly onHangUp?: OnHangUp;
}

/** Contract: 11–14 are the highest finding low, medium, high, critical. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  usage: 2,
  notFound: 3,
  network: 4,
  notSignedIn: 5,
  refused: 6,
  limit: 7,
  low: 11,
  medium: 12,
  high: 13,
  critical: 14,
  interrupted: 130,
} as const;

/** One of `exitCodes`, or the exit code of a skill. */
export type ExitCode = number;

export type RunCommand = (context: CommandContext) => Promise<ExitCode>;

export interface OptionRow {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be repeated; the value is then a list. */
  readonly multiple?: boolean;
  /** Takes two words, joined by a space. */
  readonly pair?: boolean;
  /** Placeholder of the value in help, such as `URL`. */
  readonly value?: string;
  readonly summary: string;
}

/** The values of an option that a person may give several times. */
export function listOf(option: unknown): readonly string[] {
  return Array.isArray(option) ? option : [];
}

/** One row of the command table, for parsing, help, "did you mean" and completion. */
export interface CommandRow {
  /** Such as `publish` or `review approve`. */
  readonly name: string;
  readonly summary: string;
  /** The text after the name: `@scope/name[@version]`. */
  readonly usage: string;
  /** At least one line to paste, with its effect. Help begins with them. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  readonly options: Readonly<Record<string, OptionRow>>;
  /** Number of positional arguments; `Infinity` for any number. */
  readonly args: { readonly min: number; readonly max: number };
  /** After this positional no word is read as an option (`run @s/n COMMAND …`). */
  readonly verbatimAfter?: number;
  /** Another program writes the names of files into the command line: `policy pre-commit`. */
  readonly filesFromProgram?: true;
  /** The default is text and json. */
  readonly formats?: readonly Format[];
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

/** Commands by their names as in the table, where one file has several. */
export type CommandTable = Readonly<Record<string, (context: CommandContext) => Promise<ExitCode>>>;

/** @returns what runs the command of a context. @throws Problem `usage` */
export function runnerOf(commands: CommandTable): (context: CommandContext) => Promise<ExitCode> {
  return async (context) => {
    const command = commands[context.command];
    if (command === undefined) throw new Problem('usage', `There is no command ${context.command}`);
    return await command(context);
  };
}
