/** All rules, by id. A new rule is one import and one line here. */
import type { Rule } from './rule.ts';
import { processEnvironment } from './rules/env/process-environment.ts';
import { steeringVariable } from './rules/env/steering-variable.ts';
import { wholeEnvironment } from './rules/env/whole-environment.ts';
import { codeFromString } from './rules/exec/code-from-string.ts';
import { computedProgram } from './rules/exec/computed-program.ts';
import { credentialCommand } from './rules/exec/credential-command.ts';
import { deserialize } from './rules/exec/deserialize.ts';
import { downloadAndRun } from './rules/exec/download-and-run.ts';
import { dynamicModule } from './rules/exec/dynamic-module.ts';
import { handedOn } from './rules/exec/handed-on.ts';
import { keylogging } from './rules/exec/keylogging.ts';
import { nativeCode } from './rules/exec/native-code.ts';
import { patchBuiltin } from './rules/exec/patch-builtin.ts';
import { privilege } from './rules/exec/privilege.ts';
import { remoteProgram } from './rules/exec/remote-program.ts';
import { shellString } from './rules/exec/shell-string.ts';
import { stagedProgram } from './rules/exec/staged-program.ts';
import { surveillance } from './rules/exec/surveillance.ts';
import { unguardedAgent } from './rules/exec/unguarded-agent.ts';
import { agentMemory } from './rules/files/agent-memory.ts';
import { containerSocket } from './rules/files/container-socket.ts';
import { credentialPath } from './rules/files/credential-path.ts';
import { destructive } from './rules/files/destructive.ts';
import { environmentToNetwork } from './rules/flow/environment-to-network.ts';
import { fileToNetwork } from './rules/flow/file-to-network.ts';
import { networkToExec } from './rules/flow/network-to-exec.ts';
import { secretToNetwork } from './rules/flow/secret-to-network.ts';
import { secretToOutput } from './rules/flow/secret-to-output.ts';
import { contradiction } from './rules/manifest/contradiction.ts';
import { overBroad } from './rules/manifest/over-broad.ts';
import { undeclared } from './rules/manifest/undeclared.ts';
import { unnamedScript } from './rules/manifest/unnamed-script.ts';
import { unreadable } from './rules/manifest/unreadable.ts';
import { unused } from './rules/manifest/unused.ts';
import { cloudMetadata } from './rules/network/cloud-metadata.ts';
import { dropHost } from './rules/network/drop-host.ts';
import { rawAddress } from './rules/network/raw-address.ts';
import { reverseShell } from './rules/network/reverse-shell.ts';
import { tlsOff } from './rules/network/tls-off.ts';
import { decodeAndRun } from './rules/obfuscation/decode-and-run.ts';
import { hiddenCharacters } from './rules/obfuscation/hidden-characters.ts';
import { hiddenName } from './rules/obfuscation/hidden-name.ts';
import { unanalysed } from './rules/obfuscation/unanalysed.ts';
import { autostart } from './rules/persistence/autostart.ts';
import { historyOff } from './rules/persistence/history-off.ts';
import { hook } from './rules/persistence/hook.ts';
import { shellProfile } from './rules/persistence/shell-profile.ts';
import { approvalBypass } from './rules/prose/approval-bypass.ts';
import { concealment } from './rules/prose/concealment.ts';
import { credentialSolicitation } from './rules/prose/credential-solicitation.ts';
import { decodeInstructions } from './rules/prose/decode-instructions.ts';
import { exfiltrationInstructions } from './rules/prose/exfiltration-instructions.ts';
import { hiddenText } from './rules/prose/hidden-text.ts';
import { installLure } from './rules/prose/install-lure.ts';
import { overrideInstructions } from './rules/prose/override-instructions.ts';
import { remoteInstructions } from './rules/prose/remote-instructions.ts';
import { speaksToScanners } from './rules/prose/speaks-to-scanners.ts';
import { forkBomb } from './rules/resources/fork-bomb.ts';
import { mining } from './rules/resources/mining.ts';
import { binaryInBundle } from './rules/supply/binary-in-bundle.ts';
import { credentialInBundle } from './rules/supply/credential-in-bundle.ts';
import { foreignSource } from './rules/supply/foreign-source.ts';
import { lifecycleScript } from './rules/supply/lifecycle-script.ts';
import { unpinnedInstall } from './rules/supply/unpinned-install.ts';

export const rules: readonly Rule[] = [
  processEnvironment,
  steeringVariable,
  wholeEnvironment,
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
  unguardedAgent,
  agentMemory,
  containerSocket,
  credentialPath,
  destructive,
  environmentToNetwork,
  fileToNetwork,
  networkToExec,
  secretToNetwork,
  secretToOutput,
  contradiction,
  overBroad,
  undeclared,
  unnamedScript,
  unreadable,
  unused,
  cloudMetadata,
  dropHost,
  rawAddress,
  reverseShell,
  tlsOff,
  decodeAndRun,
  hiddenCharacters,
  hiddenName,
  unanalysed,
  autostart,
  historyOff,
  hook,
  shellProfile,
  approvalBypass,
  concealment,
  credentialSolicitation,
  decodeInstructions,
  exfiltrationInstructions,
  hiddenText,
  installLure,
  overrideInstructions,
  remoteInstructions,
  speaksToScanners,
  forkBomb,
  mining,
  binaryInBundle,
  credentialInBundle,
  foreignSource,
  lifecycleScript,
  unpinnedInstall,
];
