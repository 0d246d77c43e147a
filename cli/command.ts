/**
 * What a command is given and what it gives back: the one interface between main and
 * `cli/commands/*.ts`.
 */
import type { Readable, Writable } from 'node:stream';
import type { GetFile } from '../skills-index/client/blobs.ts';

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
export type Format = 'text' | 'json' | 'jsonl' | 'ocsf' | 'sarif' | 'github' | 'markdown';

export type OptionValue = string | boolean | readonly string[] | undefined;

export type OutStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type InStream = Readable & { readonly isTTY?: boolean };

/** The world as a command sees it: nothing else is read from the process. */
export interface CommandContext {
  /** Full name as in the table, `review approve`. */
  readonly command: string;
  /** Positional arguments behind the command's name. */
  readonly args: readonly string[];
  /** Options by long name; absent ones are undefined. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; where relative paths start (`INIT_CWD` in a checkout). */
  readonly cwd: string;
  /** Data goes here, and nothing else. */
  readonly stdout: OutStream;
  /** Progress, questions and errors. */
  readonly stderr: OutStream;
  readonly stdin: InStream;
  /** Ends with `signal`. */
  readonly fetch: typeof fetch;
  /**
   * The same for files of a registry, without what makes `fetch` slow to load; `fetch` where it is
   * absent.
   */
  readonly getFile?: GetFile;
  readonly now: () => Date;
  readonly format: Format;
  readonly paths: Paths;
  /**
   * Base URL of the registry, without a slash at the end: `SKILLGATE_REGISTRY`, else the default of
   * `skill registry add`.
   */
  readonly registryBase: string;
  /**
   * Aborts at SIGINT and SIGTERM; a command that holds children or half-written files waits for it.
   */
  readonly signal: AbortSignal;
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

/** One of `exitCodes`, or what a skill that was run gave back. */
export type ExitCode = number;

export type RunCommand = (context: CommandContext) => Promise<ExitCode>;

export interface OptionRow {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given more than once; the value is then a list. */
  readonly multiple?: boolean;
  /** It takes two words, which are its value with a space between them. */
  readonly pair?: boolean;
  /** Word that stands for the value in help: `URL`. */
  readonly value?: string;
  readonly summary: string;
}

/** A row of the table that parsing, help, "did you mean" and completion walk. */
export interface CommandRow {
  /** `publish` or `review approve`. */
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name: `@scope/name[@version]`. */
  readonly usage: string;
  /** At least one: a line to paste and what it does. Help begins with them. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  readonly options: Readonly<Record<string, OptionRow>>;
  /** How many positional arguments; `Infinity` for any number. */
  readonly args: { readonly min: number; readonly max: number };
  /** From this positional on nothing is read as an option (`run @s/n COMMAND …`). */
  readonly verbatimAfter?: number;
  /** Default: text and json. */
  readonly formats?: readonly Format[];
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}
