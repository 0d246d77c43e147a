/** What the command line may use of a run: its start, its request and its result. */
export { unpack } from './egress/unpack.ts';
export { recordRefusal } from './run/record-start.ts';
export { withRunFolder } from './run/run-folder.ts';
export type { EndReason, RunRequest, RunResult, RunWorld, Stop } from './run/run-request.ts';
export { planSkill, runSkill } from './run.ts';
