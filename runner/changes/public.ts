/** What the command line may use of `runner/changes/`. */

export { waitingDaysMax } from '../limits.ts';
export { acceptChanges, applyAllowed, listConflicts, requireShown } from './accept.ts';
export {
  discardExpired,
  discardWaiting,
  findWaiting,
  listUnreadable,
  listWaiting,
  readWaiting,
  requireKept,
  type WaitingChanges,
} from './waiting.ts';
export { choiceOf, isPathWanted, type NamedChoice } from './wanted-paths.ts';
