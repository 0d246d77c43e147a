/** What the command line may use of `runner/host/`. */

export { findProgram } from './host.ts';
export { readHostPolicy } from './host-policy.ts';
