/** How often something is looked at again and again. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { OptionValue } from '../command.ts';

/** @throws Problem `usage` */
export function parseEvery(given: OptionValue, secondsDefault: number): number {
  const seconds = given === undefined ? secondsDefault : Number(given);
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
  throw new Problem('usage', `Cannot read ${JSON.stringify(given)} as a number of seconds`, {
    hint: '1 to 86400',
  });
}
