/** What the command line may use of `runner/exporters/`. */
export { exportLog } from './export-log.ts';
export { postOutside } from './outgoing.ts';
