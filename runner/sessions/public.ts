/** What the command line may use of `runner/sessions/`. */
export { type BridgeCalls, type BridgeStreams, writableOf } from './bridge-server.ts';
export { cachesFolderOf, clearCaches, listCaches } from './cache-folder.ts';
export { runSession } from './session.ts';
export { openSessionHost } from './session-host.ts';
export { plannedSkills } from './skill-tree.ts';
export { whyNotToolchain } from './toolchains.ts';
