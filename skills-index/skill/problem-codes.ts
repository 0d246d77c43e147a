/**
 * Every way Skillgate can fail on purpose: the code people see, the exit code of the command line, the HTTP status of the
 * registry, what it means and what to do. `skill explain CODE` prints a row; a code that is not here does not compile.
 */
import { commandCodes } from './problem-codes/command.ts';
import { registryCodes } from './problem-codes/registry.ts';
import { runCodes } from './problem-codes/run.ts';
import { skillCodes } from './problem-codes/skill.ts';
import { trustCodes } from './problem-codes/trust.ts';

export interface ProblemCodeRow {
  /** Exit code of the command line (contract: 1 internal, 2 usage, 3 not found, 4 network, 5 not signed in, 6 refused, 7 limit). */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** HTTP status when the registry answers with it. */
  readonly status: number;
  readonly means: string;
  readonly fix: string;
}

export const problemCodes = {
  ...skillCodes,
  ...trustCodes,
  ...registryCodes,
  ...runCodes,
  ...commandCodes,
} as const satisfies Record<string, ProblemCodeRow>;

export type ProblemCode = keyof typeof problemCodes;
