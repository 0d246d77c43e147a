/**
 * The format `skillgate.budget/1`, which says how much of its daily budget an agent has used, and
 * the arithmetic of budgets. Pure.
 */
import * as v from 'valibot';
import { exactObject, parseShape } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import type { BudgetKind } from './agent.ts';

export type Amounts = Readonly<Record<BudgetKind, number>>;

export interface Used {
  /**
   * The day of the used amounts, such as `2026-01-31`, in UTC; empty before the agent's first day.
   */
  readonly day: string;
  readonly used: Amounts;
}

export const nothingUsed: Used = {
  day: '',
  used: { requests: 0, bytes: 0, seconds: 0, runs: 0, paths: 0 },
};

/**
 * The daily limit on changed paths for an identity whose budget names no such limit. Without a
 * limit, the file lists of the identity's runs would fill this host's disk.
 */
export const pathsOfADay = 1_000_000;

/** The fraction of a day's budget that a run reserves ahead of use. */
const aheadPart = 50;

const amount = v.pipe(v.number(), v.safeInteger());
const usedShape = exactObject({
  schema: v.literal('skillgate.budget/1'),
  day: v.string(),
  used: exactObject({
    requests: amount,
    bytes: amount,
    seconds: amount,
    runs: amount,
    paths: v.optional(amount, 0),
  }),
});

/** @throws Problem `key-file-invalid` when the file is not a budget file */
export function parseUsed(bytes: Uint8Array, path: string): Used {
  const { day, used } = parseShape(usedShape, parseJson(bytes, path), 'key-file-invalid', path);
  return { day, used };
}

export function printUsed({ day, used }: Used): string {
  return `${JSON.stringify({ schema: 'skillgate.budget/1', day, used })}\n`;
}

/**
 * Returns the amounts used today. An agent gets nothing back when the clock is set back: the stored
 * day never returns to an earlier day.
 */
export function onDay(stored: Used, now: Date): Used {
  const today = now.toISOString().slice(0, 10);
  return stored.day < today ? { ...nothingUsed, day: today } : stored;
}

/**
 * Returns the amount to reserve for a run: the needed amount, and a fraction of the whole budget in
 * advance where so much is left.
 * @returns 0 when less than the needed amount is left of the day's budget
 */
export function amountAhead(
  { used }: Used,
  kind: BudgetKind,
  needed: number,
  most: number,
): number {
  const left = most - used[kind];
  return needed > left ? 0 : Math.min(needed + Math.floor(most / aheadPart), left);
}

export function add({ day, used }: Used, more: Amounts, sign: 1 | -1 = 1): Used {
  const sum = (kind: BudgetKind): number => used[kind] + sign * more[kind];
  return {
    day,
    used: {
      requests: sum('requests'),
      bytes: sum('bytes'),
      seconds: sum('seconds'),
      runs: sum('runs'),
      paths: sum('paths'),
    },
  };
}

export function only(kind: BudgetKind, amount: number): Amounts {
  return { ...nothingUsed.used, [kind]: amount };
}
