/** What the command line may use of `runner/agents/`. */
export { withAgentSlot } from './agent-slots.ts';
export {
  budgetFileOf,
  createAgent,
  type DamagedAgent,
  type GrantChange,
  grantAgent,
  isDamaged,
  listAgents,
  memoryFolderOf,
  revokeAgent,
  widerGrant,
} from './agent-store.ts';
export { agentFile, readAgent } from './agents.ts';
export { breakerFile, readBreakers } from './breakers.ts';
export { readUsed } from './budget.ts';
