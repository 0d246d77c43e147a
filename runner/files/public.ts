/** What the command line may use of `runner/files/`. */
export { linesOf } from './lines.ts';
export { holderLives, startTimeOf, tryLock, unlock, withLock } from './lock.ts';
export { ownersOf, requireOwner } from './ownership.ts';
export { isOurs, programOnPath } from './path-programs.ts';
export { writePrivateFile } from './private-file.ts';
export { withHandle, withParent } from './walk-folder.ts';
