/**
 * Every intended failure of Skillgate, with the failure's code, exit code, HTTP status, meaning and
 * next step. `skillgate explain CODE` prints a row. A code that is not in this table does not
 * compile.
 */
import { commandCodes } from './problem-codes/command.ts';
import { packageCodes } from './problem-codes/package.ts';
import { registryCodes } from './problem-codes/registry.ts';
import type { ProblemCodeRow } from './problem-codes/row.ts';
import { runCodes } from './problem-codes/run.ts';
import { skillCodes } from './problem-codes/skill.ts';
import { trustCodes } from './problem-codes/trust.ts';

export const problemCodes = {
  ...skillCodes,
  ...trustCodes,
  ...registryCodes,
  ...runCodes,
  ...packageCodes,
  ...commandCodes,
} as const satisfies Record<string, ProblemCodeRow> & Readonly<Partial<Record<CodeTwice, never>>>;

export type ProblemCode = keyof typeof problemCodes;

interface Tables {
  readonly skill: typeof skillCodes;
  readonly trust: typeof trustCodes;
  readonly registry: typeof registryCodes;
  readonly run: typeof runCodes;
  readonly package: typeof packageCodes;
  readonly command: typeof commandCodes;
}

// A problem code in two tables does not compile, because the later row would silently win.
type CodeTwice = {
  [Name in keyof Tables]: keyof Tables[Name] & CodeOf<Tables[Exclude<keyof Tables, Name>]>;
}[keyof Tables];

type CodeOf<Table> = Table extends unknown ? keyof Table : never;
