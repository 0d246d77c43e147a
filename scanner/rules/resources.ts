/** Written by `npm run lists`: the rules in the folder resources. */
import type { Rule } from '../rule.ts';
import { endlessRequests, exhaustion } from './resources/endless-requests.ts';
import { decompressionBomb, forkBomb } from './resources/fork-bomb.ts';
import { mining } from './resources/mining.ts';
import { regexBomb } from './resources/regex-bomb.ts';

export const resourcesRules: readonly Rule[] = [
  decompressionBomb,
  endlessRequests,
  exhaustion,
  forkBomb,
  mining,
  regexBomb,
];
