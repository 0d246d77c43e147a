/** Written by `npm run lists`: the rules in the folder exec. */
import type { Rule } from '../rule.ts';
import { codeFromString } from './exec/code-from-string.ts';
import { computedProgram } from './exec/computed-program.ts';
import { credentialCommand } from './exec/credential-command.ts';
import { deserialize } from './exec/deserialize.ts';
import { downloadAndRun } from './exec/download-and-run.ts';
import { dynamicModule } from './exec/dynamic-module.ts';
import { handedOn } from './exec/handed-on.ts';
import { keylogging } from './exec/keylogging.ts';
import { nativeCode } from './exec/native-code.ts';
import { patchBuiltin } from './exec/patch-builtin.ts';
import { privilege } from './exec/privilege.ts';
import { remoteProgram } from './exec/remote-program.ts';
import { shellString } from './exec/shell-string.ts';
import { stagedProgram } from './exec/staged-program.ts';
import { surveillance } from './exec/surveillance.ts';
import { systemProgramMisuse } from './exec/system-program-misuse.ts';
import { unguardedAgent } from './exec/unguarded-agent.ts';
import { unreadProgram } from './exec/unread-program.ts';

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
