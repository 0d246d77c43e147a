/** Written by `npm run lists`: the rules in the folder persistence. */
import type { Rule } from '../rule.ts';
import { autostart, shippedKey } from './persistence/autostart.ts';
import {
  agentConfiguration,
  defenceTampering,
  detached,
  logWiping,
  newAccount,
} from './persistence/defence-tampering.ts';
import { folderHook, hook, shellProfile } from './persistence/folder-hook.ts';
import { historyOff } from './persistence/history-off.ts';

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
