/** What the command line may use of `runner/files/`. */
export { giveTrees } from './given-folder.ts';
export { linesOf } from './lines.ts';
export { holderLives, startTimeOf, tryLock, unlock, withLock } from './lock.ts';
export { isOurs, programOnPath } from './path-programs.ts';
export { writePrivateFile } from './private-file.ts';
export { readBelow } from './read-below.ts';
export { removeTree } from './remove-tree.ts';
