/** What the command line may use of `runner/holds/`. */
export { holdDesk, holdFiles, readHeldRequest, requestPath, startGate } from './holds.ts';
