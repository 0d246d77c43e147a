/** Written by `npm run lists`: the rules in the folder persistence. */
import type { Rule } from '../rule.ts';
import { agentConfiguration } from './persistence/agent-configuration.ts';
import { autostart } from './persistence/autostart.ts';
import { defenceTampering } from './persistence/defence-tampering.ts';
import { detached } from './persistence/detached.ts';
import { folderHook } from './persistence/folder-hook.ts';
import { historyOff } from './persistence/history-off.ts';
import { hook } from './persistence/hook.ts';
import { logWiping } from './persistence/log-wiping.ts';
import { newAccount } from './persistence/new-account.ts';
import { shellProfile } from './persistence/shell-profile.ts';
import { shippedKey } from './persistence/shipped-key.ts';

export const persistenceRules: readonly Rule[] = [
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
  shippedKey,
];
