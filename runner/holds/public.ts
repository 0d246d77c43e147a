/** What the command line may use of `runner/holds/`. */
export { holdDesk, holdFiles, requestPath, startGate } from './holds.ts';
export { readHeldRequest } from './read-request.ts';
