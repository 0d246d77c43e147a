/** What a run's change set leaves out: too many paths for the agent's budget or for a list. */
import type { ChangedFolder, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import type { BudgetAccount } from '../agents/budget.ts';

/**
 * Drops all changes of an agent that may change no more paths today. The runner keeps the list of
 * all changed paths for good, so an agent that changes paths without limit would fill the disk.
 */
export function dropOverBudget(
  agent: string,
  spend: BudgetAccount['spend'] | undefined,
  folders: ChangedFolder[],
  cleaned: LeftBehind[],
): boolean {
  const paths = folders.reduce((sum, folder) => sum + folder.changes.length, cleaned.length);
  if (paths === 0 || spend === undefined || spend('paths', paths)) return false;
  const why = `the run changed or left behind ${paths} paths, which is more than agent ${agent} may still change today (UTC)`;
  cleaned.splice(0);
  cleaned.push({
    path: '',
    why: `all changes are discarded: ${why}; an operator may raise the limit: skillgate agent grant ${agent} --budget paths=N`,
  });
  folders.splice(0);
  return true;
}

/** Names the first paths and counts the others. */
export function shorten(refused: readonly LeftBehind[], most: number): LeftBehind[] {
  const more = refused.length - most;
  return [
    ...refused.slice(0, most),
    ...(more > 0 ? [{ path: '', why: `${more} more paths are left out` }] : []),
  ];
}
