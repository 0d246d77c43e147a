/** What the command line may use of `runner/backends/`. */

export { forwarderPort, startSecondsMax } from '../limits.ts';
export type { Sandbox, SandboxPlan } from '../sandbox/sandbox.ts';
export { backendOf, type FoundBackend, findBackend, findBackends } from './backends.ts';
export { noSandbox } from './none.ts';
