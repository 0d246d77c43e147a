/** All rules, by id. A new rule is one import and one line here. */
import type { Rule } from './rule.ts';
import { dynamicName } from './rules/env/dynamic-name.ts';
import { processEnvironment } from './rules/env/process-environment.ts';
import { secretFileLoad } from './rules/env/secret-file-load.ts';
import { secretsGathered } from './rules/env/secrets-gathered.ts';
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
import { agentHistory } from './rules/files/agent-history.ts';
import { agentMemory } from './rules/files/agent-memory.ts';
import { browserData } from './rules/files/browser-data.ts';
import { computedPath } from './rules/files/computed-path.ts';
import { containerSocket } from './rules/files/container-socket.ts';
import { credentialPath } from './rules/files/credential-path.ts';
import { destructive } from './rules/files/destructive.ts';
import { device } from './rules/files/device.ts';
import { homeHarvest } from './rules/files/home-harvest.ts';
import { linkEscape } from './rules/files/link-escape.ts';
import { logRemoval } from './rules/files/log-removal.ts';
import { outsideRead } from './rules/files/outside-read.ts';
import { outsideWrite } from './rules/files/outside-write.ts';
import { permissions } from './rules/files/permissions.ts';
import { shellHistory } from './rules/files/shell-history.ts';
import { unsafeExtract } from './rules/files/unsafe-extract.ts';
import { wallet } from './rules/files/wallet.ts';
import { credentialFileToNetwork } from './rules/flow/credential-file-to-network.ts';
import { encodedToNetwork } from './rules/flow/encoded-to-network.ts';
import { environmentToNetwork } from './rules/flow/environment-to-network.ts';
import { fileToExec } from './rules/flow/file-to-exec.ts';
import { fileToNetwork } from './rules/flow/file-to-network.ts';
import { inputToShell } from './rules/flow/input-to-shell.ts';
import { localSecretToNetwork } from './rules/flow/local-secret-to-network.ts';
import { networkToExec } from './rules/flow/network-to-exec.ts';
import { secretBesideData } from './rules/flow/secret-beside-data.ts';
import { secretInUrl } from './rules/flow/secret-in-url.ts';
import { secretToChild } from './rules/flow/secret-to-child.ts';
import { secretToComputedHost } from './rules/flow/secret-to-computed-host.ts';
import { secretToNetwork } from './rules/flow/secret-to-network.ts';
import { secretToOutput } from './rules/flow/secret-to-output.ts';
import { secretsToOneHost } from './rules/flow/secrets-to-one-host.ts';
import { untrustedToAgent } from './rules/flow/untrusted-to-agent.ts';
import { addedSinceApproved } from './rules/manifest/added-since-approved.ts';
import { allThree } from './rules/manifest/all-three.ts';
import { brokenPromise } from './rules/manifest/broken-promise.ts';
import { contradiction } from './rules/manifest/contradiction.ts';
import { declaredAttack } from './rules/manifest/declared-attack.ts';
import { overBroad } from './rules/manifest/over-broad.ts';
import { undeclared } from './rules/manifest/undeclared.ts';
import { unnamedScript } from './rules/manifest/unnamed-script.ts';
import { unreadable } from './rules/manifest/unreadable.ts';
import { unused } from './rules/manifest/unused.ts';
import { anonymity } from './rules/network/anonymity.ts';
import { cleartext } from './rules/network/cleartext.ts';
import { cloudMetadata } from './rules/network/cloud-metadata.ts';
import { computedHost } from './rules/network/computed-host.ts';
import { dnsChannel } from './rules/network/dns-channel.ts';
import { dropHost } from './rules/network/drop-host.ts';
import { hiddenHost } from './rules/network/hidden-host.ts';
import { listener } from './rules/network/listener.ts';
import { oddPort } from './rules/network/odd-port.ts';
import { rawAddress } from './rules/network/raw-address.ts';
import { rawSocket } from './rules/network/raw-socket.ts';
import { reverseShell } from './rules/network/reverse-shell.ts';
import { serviceClient } from './rules/network/service-client.ts';
import { shellSocket } from './rules/network/shell-socket.ts';
import { tlsOff } from './rules/network/tls-off.ts';
import { websocket } from './rules/network/websocket.ts';
import { computedInstructions } from './rules/obfuscation/computed-instructions.ts';
import { decodeAndRun } from './rules/obfuscation/decode-and-run.ts';
import { disguisedFile } from './rules/obfuscation/disguised-file.ts';
import { encodedProgram } from './rules/obfuscation/encoded-program.ts';
import { evasion } from './rules/obfuscation/evasion.ts';
import { hiddenCharacters } from './rules/obfuscation/hidden-characters.ts';
import { hiddenName } from './rules/obfuscation/hidden-name.ts';
import { minified } from './rules/obfuscation/minified.ts';
import { misleadingEncoding } from './rules/obfuscation/misleading-encoding.ts';
import { mixedScript } from './rules/obfuscation/mixed-script.ts';
import { obfuscator } from './rules/obfuscation/obfuscator.ts';
import { opaqueBlob } from './rules/obfuscation/opaque-blob.ts';
import { padding } from './rules/obfuscation/padding.ts';
import { selfExtracting } from './rules/obfuscation/self-extracting.ts';
import { textFromNumbers } from './rules/obfuscation/text-from-numbers.ts';
import { unanalysed } from './rules/obfuscation/unanalysed.ts';
import { agentConfiguration } from './rules/persistence/agent-configuration.ts';
import { autostart } from './rules/persistence/autostart.ts';
import { defenceTampering } from './rules/persistence/defence-tampering.ts';
import { detached } from './rules/persistence/detached.ts';
import { folderHook } from './rules/persistence/folder-hook.ts';
import { historyOff } from './rules/persistence/history-off.ts';
import { hook } from './rules/persistence/hook.ts';
import { logWiping } from './rules/persistence/log-wiping.ts';
import { newAccount } from './rules/persistence/new-account.ts';
import { shellProfile } from './rules/persistence/shell-profile.ts';
import { approvalBypass } from './rules/prose/approval-bypass.ts';
import { biasedJudgement } from './rules/prose/biased-judgement.ts';
import { concealment } from './rules/prose/concealment.ts';
import { credentialSolicitation } from './rules/prose/credential-solicitation.ts';
import { decodeInstructions } from './rules/prose/decode-instructions.ts';
import { destructiveOrders } from './rules/prose/destructive-orders.ts';
import { encodedInstructions } from './rules/prose/encoded-instructions.ts';
import { exfiltrationInstructions } from './rules/prose/exfiltration-instructions.ts';
import { hiddenText } from './rules/prose/hidden-text.ts';
import { installLure } from './rules/prose/install-lure.ts';
import { memoryTampering } from './rules/prose/memory-tampering.ts';
import { overrideInstructions } from './rules/prose/override-instructions.ts';
import { paymentDiversion } from './rules/prose/payment-diversion.ts';
import { plantedContent } from './rules/prose/planted-content.ts';
import { remoteInstructions } from './rules/prose/remote-instructions.ts';
import { secretInReply } from './rules/prose/secret-in-reply.ts';
import { selfPropagation } from './rules/prose/self-propagation.ts';
import { speaksToScanners } from './rules/prose/speaks-to-scanners.ts';
import { triggerBait } from './rules/prose/trigger-bait.ts';
import { weakenedDefence } from './rules/prose/weakened-defence.ts';
import { decompressionBomb } from './rules/resources/decompression-bomb.ts';
import { endlessRequests } from './rules/resources/endless-requests.ts';
import { exhaustion } from './rules/resources/exhaustion.ts';
import { forkBomb } from './rules/resources/fork-bomb.ts';
import { mining } from './rules/resources/mining.ts';
import { regexBomb } from './rules/resources/regex-bomb.ts';
import { activeDocument } from './rules/supply/active-document.ts';
import { archiveInBundle } from './rules/supply/archive-in-bundle.ts';
import { binaryInBundle } from './rules/supply/binary-in-bundle.ts';
import { credentialInBundle } from './rules/supply/credential-in-bundle.ts';
import { danglingReference } from './rules/supply/dangling-reference.ts';
import { dependencyConfusion } from './rules/supply/dependency-confusion.ts';
import { foreignSource } from './rules/supply/foreign-source.ts';
import { indexRedirect } from './rules/supply/index-redirect.ts';
import { installHook } from './rules/supply/install-hook.ts';
import { lifecycleScript } from './rules/supply/lifecycle-script.ts';
import { lookAlikeSkill } from './rules/supply/look-alike-skill.ts';
import { mutableReference } from './rules/supply/mutable-reference.ts';
import { typosquat } from './rules/supply/typosquat.ts';
import { unpinnedInstall } from './rules/supply/unpinned-install.ts';
import { unsafeArchive } from './rules/supply/unsafe-archive.ts';

export const rules: readonly Rule[] = [
  dynamicName,
  processEnvironment,
  secretFileLoad,
  secretsGathered,
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
  agentHistory,
  agentMemory,
  browserData,
  computedPath,
  containerSocket,
  credentialPath,
  destructive,
  device,
  homeHarvest,
  linkEscape,
  logRemoval,
  outsideRead,
  outsideWrite,
  permissions,
  shellHistory,
  unsafeExtract,
  wallet,
  credentialFileToNetwork,
  encodedToNetwork,
  environmentToNetwork,
  fileToExec,
  fileToNetwork,
  inputToShell,
  localSecretToNetwork,
  networkToExec,
  secretBesideData,
  secretInUrl,
  secretToChild,
  secretToComputedHost,
  secretToNetwork,
  secretToOutput,
  secretsToOneHost,
  untrustedToAgent,
  addedSinceApproved,
  allThree,
  brokenPromise,
  contradiction,
  declaredAttack,
  overBroad,
  undeclared,
  unnamedScript,
  unreadable,
  unused,
  anonymity,
  cleartext,
  cloudMetadata,
  computedHost,
  dnsChannel,
  dropHost,
  hiddenHost,
  listener,
  oddPort,
  rawAddress,
  rawSocket,
  reverseShell,
  serviceClient,
  shellSocket,
  tlsOff,
  websocket,
  computedInstructions,
  decodeAndRun,
  disguisedFile,
  encodedProgram,
  evasion,
  hiddenCharacters,
  hiddenName,
  minified,
  misleadingEncoding,
  mixedScript,
  obfuscator,
  opaqueBlob,
  padding,
  selfExtracting,
  textFromNumbers,
  unanalysed,
  agentConfiguration,
  autostart,
  defenceTampering,
  detached,
  folderHook,
  historyOff,
  hook,
  logWiping,
  newAccount,
  shellProfile,
  approvalBypass,
  biasedJudgement,
  concealment,
  credentialSolicitation,
  decodeInstructions,
  destructiveOrders,
  encodedInstructions,
  exfiltrationInstructions,
  hiddenText,
  installLure,
  memoryTampering,
  overrideInstructions,
  paymentDiversion,
  plantedContent,
  remoteInstructions,
  secretInReply,
  selfPropagation,
  speaksToScanners,
  triggerBait,
  weakenedDefence,
  decompressionBomb,
  endlessRequests,
  exhaustion,
  forkBomb,
  mining,
  regexBomb,
  activeDocument,
  archiveInBundle,
  binaryInBundle,
  credentialInBundle,
  danglingReference,
  dependencyConfusion,
  foreignSource,
  indexRedirect,
  installHook,
  lifecycleScript,
  lookAlikeSkill,
  mutableReference,
  typosquat,
  unpinnedInstall,
  unsafeArchive,
];
