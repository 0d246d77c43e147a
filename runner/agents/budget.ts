/**
 * Spends the budget of an agent identity. The runner writes amounts to the budget's file before
 * using the amounts, so a killed runner never overspends.
 */

import type { Budget, BudgetKind } from '../../skills-index/run/agents/agent.ts';
import * as count from '../../skills-index/run/agents/budget.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { withLock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';

export const policyBytesMax = 256 * 1024;

/** The part of an agent's budget that one run or session may still use. */
export interface BudgetAccount {
  /**
   * Takes an amount from the budget, whole or not at all. Returns false when less than the amount
   * is left of the day's budget.
   */
  spend(kind: BudgetKind, amount: number): boolean;
  /** Aborts when the day's budget has no seconds left. */
  readonly usedUp: AbortSignal;
  /** Returns reserved and unused amounts to the budget. */
  close(): void;
}

/**
 * Begins a run of an agent identity: takes one run and one second from the identity's budget.
 * @param file `$DATA/agents/NAME/budget.json`
 * @throws Problem `budget-used` naming the exhausted budget; `key-file-invalid` when the file is
 * damaged
 */
export function openBudgetAccount(
  file: string,
  agent: { readonly budget?: Budget; readonly name: string },
  now: () => Date,
): BudgetAccount {
  const { name } = agent;
  const budget: Budget = { paths: count.pathsOfADay, ...agent.budget };
  const stop = new AbortController();
  let reserved = count.nothingUsed;
  const change = (act: (stored: count.Used) => count.Used): void =>
    withLock(`${file}.lock`, () =>
      writePrivateFile(file, count.printUsed(act(count.onDay(readUsed(file), now())))),
    );
  const reserve = (kind: BudgetKind, amount: number, most: number): void =>
    change((stored) => {
      if (stored.day !== reserved.day) reserved = { ...count.nothingUsed, day: stored.day };
      const more = count.only(
        kind,
        count.amountAhead(stored, kind, Math.max(0, amount - reserved.used[kind]), most),
      );
      reserved = count.add(reserved, more);
      return count.add(stored, more);
    });
  const spend = (kind: BudgetKind, amount: number): boolean => {
    const most = budget[kind];
    if (most === undefined) return true;
    if (reserved.used[kind] < amount || count.onDay(reserved, now()) !== reserved)
      reserve(kind, amount, most);
    if (reserved.used[kind] < amount) return false;
    reserved = count.add(reserved, count.only(kind, amount), -1);
    return true;
  };
  const giveBack = (): void => {
    if (Object.values(reserved.used).every((amount) => amount === 0)) return;
    change((stored) =>
      stored.day === reserved.day ? count.add(stored, reserved.used, -1) : stored,
    );
    reserved = count.nothingUsed;
  };
  for (const kind of ['runs', 'seconds'] as const) {
    if (spend(kind, 1)) continue;
    giveBack();
    throw new Problem(
      'budget-used',
      `Cannot start: agent ${name} has used its ${budget[kind]} ${kind} of today (UTC)`,
    );
  }
  const spendSecond = (): void => {
    try {
      if (spend('seconds', 1)) return;
    } catch {
      // The file of the budget cannot be read or written, so nobody knows what is left. An error
      // that a timer throws would end the runner with all its runs.
    }
    stop.abort();
  };
  const timer = setInterval(spendSecond, 1_000).unref();
  const close = (): void => {
    clearInterval(timer);
    giveBack();
  };
  return { spend, usedUp: stop.signal, close };
}

/** Returns the amounts that an identity used on its last day, including reserved amounts. */
export function readUsed(file: string): count.Used {
  const bytes = readPrivateFile(file, {
    bytesMax: policyBytesMax,
    secret: true,
    code: 'key-file-invalid',
  });
  return bytes === undefined ? count.nothingUsed : count.parseUsed(bytes, file);
}
