/** What the command line may use of `runner/host/`. */

export { changeHostPolicy } from './change-policy.ts';
export { findProgram, whyNotMountable } from './host.ts';
export { readHostPolicy } from './host-policy.ts';
