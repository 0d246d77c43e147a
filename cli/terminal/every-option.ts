/** The interval of repeated looks (`--every`). */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { OptionValue } from '../command.ts';

/** @throws Problem `usage` */
export function parseEvery(option: OptionValue, secondsDefault: number): number {
  const seconds = option === undefined ? secondsDefault : Number(option);
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
  throw new Problem('usage', `Cannot read ${JSON.stringify(option)} as a number of seconds`, {
    hint: '1 to 86400',
  });
}
