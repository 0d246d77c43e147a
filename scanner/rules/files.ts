/** Written by `npm run lists`: the rules in the folder files. */
import type { Rule } from '../rule.ts';
import { agentHistory } from './files/agent-history.ts';
import { agentMemory } from './files/agent-memory.ts';
import { browserData } from './files/browser-data.ts';
import { computedPath } from './files/computed-path.ts';
import { containerSocket } from './files/container-socket.ts';
import { credentialPath } from './files/credential-path.ts';
import { destructive } from './files/destructive.ts';
import { device } from './files/device.ts';
import { homeHarvest } from './files/home-harvest.ts';
import { linkEscape } from './files/link-escape.ts';
import { logRemoval } from './files/log-removal.ts';
import { outsideRead } from './files/outside-read.ts';
import { outsideWrite } from './files/outside-write.ts';
import { permissions } from './files/permissions.ts';
import { shellHistory } from './files/shell-history.ts';
import { unsafeExtract } from './files/unsafe-extract.ts';
import { wallet } from './files/wallet.ts';

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
