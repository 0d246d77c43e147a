/** Written by `npm run lists`: the rules in the folder resources. */
import type { Rule } from '../rule.ts';
import { decompressionBomb } from './resources/decompression-bomb.ts';
import { endlessRequests } from './resources/endless-requests.ts';
import { exhaustion } from './resources/exhaustion.ts';
import { forkBomb } from './resources/fork-bomb.ts';
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
