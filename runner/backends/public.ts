/** What the command line may use of `runner/backends/`. */

export type { Sandbox, SandboxPlan } from '../bubblewrap/sandbox.ts';
export { forwarderPort, startSecondsMax } from '../limits.ts';
export { backendOf, type FoundBackend, findBackend, findBackends } from './backends.ts';
export { noSandbox } from './none.ts';
