/** Written by `npm run lists`: the rules in the folder files. */
import type { Rule } from '../rule.ts';
import { agentMemory, homeHarvest } from './files/agent-memory.ts';
import { computedPath } from './files/computed-path.ts';
import { browserData, credentialPath, wallet } from './files/credential-path.ts';
import { logRemoval } from './files/log-removal.ts';
import {
  agentHistory,
  containerSocket,
  destructive,
  device,
  linkEscape,
  outsideRead,
  outsideWrite,
  shellHistory,
} from './files/outside-write.ts';
import { permissions } from './files/permissions.ts';
import { unsafeExtract } from './files/unsafe-extract.ts';

export const filesRules: readonly Rule[] = [
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
];
