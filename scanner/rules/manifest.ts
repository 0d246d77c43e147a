/** Written by `npm run lists`: the rules in the folder manifest. */
import type { Rule } from '../rule.ts';
import { allThree } from './manifest/all-three.ts';
import { brokenPromise } from './manifest/broken-promise.ts';
import { contradiction } from './manifest/contradiction.ts';
import { declaredAttack, overBroad, unused } from './manifest/declared-attack.ts';
import { undeclared } from './manifest/undeclared.ts';
import { unnamedScript } from './manifest/unnamed-script.ts';
import { unreadable } from './manifest/unreadable.ts';

export const manifestRules: readonly Rule[] = [
  allThree,
  brokenPromise,
  contradiction,
  declaredAttack,
  overBroad,
  undeclared,
  unnamedScript,
  unreadable,
  unused,
];
