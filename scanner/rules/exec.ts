/** Written by `npm run lists`: the rules in the folder exec. */
import type { Rule } from '../rule.ts';
import { codeFromString } from './exec/code-from-string.ts';
import { computedProgram } from './exec/computed-program.ts';
import { credentialCommand, handedOn, patchBuiltin } from './exec/credential-command.ts';
import { deserialize } from './exec/deserialize.ts';
import { downloadAndRun } from './exec/download-and-run.ts';
import { privilege } from './exec/privilege.ts';
import { shellString } from './exec/shell-string.ts';
import { stagedProgram } from './exec/staged-program.ts';
import {
  dynamicModule,
  keylogging,
  nativeCode,
  remoteProgram,
  surveillance,
  systemProgramMisuse,
  unguardedAgent,
  unreadProgram,
} from './exec/surveillance.ts';

export const execRules: readonly Rule[] = [
  codeFromString,
  computedProgram,
  credentialCommand,
  deserialize,
  downloadAndRun,
  dynamicModule,
  handedOn,
  keylogging,
  nativeCode,
  patchBuiltin,
  privilege,
  remoteProgram,
  shellString,
  stagedProgram,
  surveillance,
  systemProgramMisuse,
  unguardedAgent,
  unreadProgram,
];
