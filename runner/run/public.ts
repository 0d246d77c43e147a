/** What the command line may use of a run: its start, its request and its result. */
export { unpack } from '../egress/unpack.ts';
export { planSkill, runSkill } from './run.ts';
export { withRunFolder } from './run-folder.ts';
export type { EndReason, RunRequest, RunResult, RunWorld, Stop } from './run-request.ts';
